"""`dean06 migrate`: bring the database's schema, roles and row policies up to date."""

from __future__ import annotations

import time

import psycopg

from dean06.cli.output import JsonOption, print_json, say
from dean06.runtime import environment
from dean06.runtime.database import django_session, make_roles

_LOCK = 0x6465616E3036  # "dean06": two migrations at once wait for each other


def pending() -> list[str]:
    """Migrations not applied yet, as app.name. Django must be set up."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def apply_all(owner_url: str) -> list[str]:
    """Create the roles and apply what is pending; returns the names. Django must be set up as owner.

    Raises StartError when the owner may not create roles or schema objects.
    """
    from django.core.management import call_command

    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK])
        make_roles(connection)
        names = pending()
        call_command("migrate", verbosity=0, interactive=False)
    return names


def migrate(as_json: JsonOption = False) -> None:
    """Cập nhật lược đồ cơ sở dữ liệu / apply pending migrations."""
    began = time.monotonic()
    with django_session(environment.read(), "owner") as urls:
        names = apply_all(urls.owner)
    seconds = round(time.monotonic() - began, 2)
    if as_json:
        print_json({"applied": names, "seconds": seconds})
    else:
        say(f"Đã áp dụng {len(names)} bước cập nhật lược đồ trong {seconds} giây.")
