"""The database of a command: an external PostgreSQL, or the embedded one started when needed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg

from dean06.core.access.roles import APP_ROLE, ensure_roles
from dean06.runtime import postgres
from dean06.runtime.binaries import OLDEST_MAJOR
from dean06.runtime.environment import Environment
from dean06.runtime.failures import Exit, StartError
from dean06.runtime.layout import Layout
from dean06.runtime.unreachable import unreachable

Role = Literal["app", "owner"]


@dataclass(frozen=True)
class DatabaseUrls:
    """`owner` may change the schema; `app` is bound by row-level security (None: owner with SET ROLE)."""

    owner: str
    app: str | None
    data_dir: Path

    def export(self, variables: MutableMapping[str, str], role: Role) -> None:
        """Write the variables that the settings read, for this process or for a child."""
        variables["DATABASE_URL"] = self.owner
        variables.pop("DATABASE_APP_URL", None)
        if self.app is not None:
            variables["DATABASE_APP_URL"] = self.app
        variables["DEAN06_DB_ROLE"] = role
        variables["DATA_DIR"] = str(self.data_dir)
        variables.setdefault("DJANGO_SETTINGS_MODULE", "dean06.config.settings")


def embedded_urls(data_dir: Path) -> DatabaseUrls:
    """The URLs of the embedded server of `data_dir`."""
    layout = Layout(data_dir)
    return DatabaseUrls(
        postgres.socket_url(layout, postgres.OWNER), postgres.socket_url(layout, postgres.APP), data_dir
    )


def external_urls(environment: Environment) -> DatabaseUrls:
    """The URLs given by DATABASE_URL, after a connection, a check of the version and of the roles.

    Raises StartError when the server does not answer, is older than 15, or lacks the roles for good.
    """
    url = environment.database_url
    if url is None:
        raise ValueError("DATABASE_URL is not set")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            _check_version(connection.info.server_version // 10_000)
            known = connection.execute("select 1 from pg_roles where rolname = %s", [APP_ROLE]).fetchone()
            if known is None:  # sessions take this role as they begin
                make_roles(connection)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise unreachable(url, error) from error
    return DatabaseUrls(url, environment.database_app_url, environment.data_dir)


def _check_version(major: int) -> None:
    if major < OLDEST_MAJOR:
        raise StartError(
            Exit.DATABASE,
            f"PostgreSQL tại DATABASE_URL là bản {major}; cần bản {OLDEST_MAJOR} trở lên.",
            f"The PostgreSQL at DATABASE_URL is version {major}; version {OLDEST_MAJOR} or newer is needed.",
        )


def make_roles(connection: psycopg.Connection[Any]) -> None:
    """Create the roles where they are missing. Raises StartError when the account may not."""
    try:
        ensure_roles(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise _no_right_to_roles() from error


@contextlib.contextmanager
def database(environment: Environment) -> Iterator[DatabaseUrls]:
    """URLs of a running database for the time of the block.

    The embedded server is started unless it runs already, and stopped by whoever started it.
    """
    if environment.database_url is not None:
        yield external_urls(environment)
        return
    with postgres.running(environment.data_dir):
        yield embedded_urls(environment.data_dir)


@contextlib.contextmanager
def django_session(environment: Environment, role: Role) -> Iterator[DatabaseUrls]:
    """Django, set up on the command's database; connections are closed before the server stops."""
    with database(environment) as urls:
        urls.export(os.environ, role)
        import django
        from django.db import connections

        django.setup()
        try:
            yield urls
        finally:
            connections.close_all()


def _no_right_to_roles() -> StartError:
    return StartError(
        Exit.DATABASE,
        "Tài khoản trong DATABASE_URL không được tạo vai trò dean06_app, dean06_wide; "
        "hãy cấp CREATEROLE hoặc tạo trước hai vai trò theo docs/operations.md.",
        "The account in DATABASE_URL may not create the roles dean06_app and dean06_wide; "
        "grant CREATEROLE or create both beforehand as docs/operations.md shows.",
    )
