"""One real PostgreSQL for the whole test run, one cloned database for each worker.

Loaded by `-p tests.server` before Django reads its settings. The first process starts the server and
migrates a template as the owner of the tables; every process (pytest-xdist worker or not) then clones
it and connects as the role that row-level security binds.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys

import psycopg
from psycopg import sql

from dean06.core.access.roles import APP_ROLE, ensure_roles
from dean06.runtime.postgres import OWNER, EmbeddedPostgres
from tests.scratch import Scratch, sweep

TEMPLATE = "dean06_template"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "120"}


def url(owner: bool, database: str) -> str:
    """The URL of `database` for the owner or for the bound role."""
    pattern = os.environ["TEST_OWNER_URL" if owner else "TEST_APP_URL"]
    return pattern.replace("DATABASE", database)


def create_database(name: str, template: str | None = TEMPLATE) -> None:
    """A new database, cloned from the migrated template unless told otherwise."""
    with psycopg.connect(url(True, "postgres"), autocommit=True) as connection:
        statement = sql.SQL("create database {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" template {}").format(sql.Identifier(template))
        connection.execute(statement)


def drop_database(name: str) -> None:
    """Drop a cloned database, ending whoever is still connected."""
    with psycopg.connect(url(True, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _start() -> None:
    sweep()
    scratch = Scratch("test")
    folder = scratch.path
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data", options=_FAST)
    atexit.register(scratch.remove)
    atexit.register(server.stop)  # before the other
    server.start()
    os.environ["TEST_OWNER_URL"] = server.url(OWNER, "DATABASE")
    os.environ["TEST_APP_URL"] = server.url(APP_ROLE, "DATABASE")
    os.environ["DATA_DIR"] = str(folder / "app")
    with psycopg.connect(url(True, "postgres"), autocommit=True) as connection:
        ensure_roles(connection)
    create_database(TEMPLATE, template=None)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v0", "--skip-checks"],
        env=os.environ
        | {
            "DATABASE_URL": url(True, TEMPLATE),
            "DEAN06_DB_ROLE": "owner",
            "DJANGO_SETTINGS_MODULE": "dean06.config.settings",
        },
        check=True,
    )


def _enter() -> None:
    name = "dean06_" + os.environ.get("PYTEST_XDIST_WORKER", f"main_{os.getpid()}")
    create_database(name)
    os.environ["TEST_DATABASE"] = name
    os.environ["DATABASE_URL"] = url(True, name)
    os.environ["DATABASE_APP_URL"] = url(False, name)
    os.environ.pop("DEAN06_DB_ROLE", None)


os.environ.setdefault("SECRET_KEY", "for tests only, never used where people work")
if "TEST_OWNER_URL" not in os.environ:
    _start()
_enter()
