"""A database of the first version: what stood in clear is sealed, and reads and is found as before."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import server

SCRIPT = """
    import django
    django.setup()
    from datetime import date
    import uuid
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from dean06.core import clock, vault
    from dean06.core.access import policies
    first = [("people", "0001_people"), ("units", "0001_units"), ("clock", "0001_clock")]
    executor = MigrationExecutor(connection)
    executor.migrate(first)
    policies.apply(connection)
    apps = executor.loader.project_state(first).apps
    unit = apps.get_model("units", "Unit").objects.create(key="xa-mot", kind="commune", name="Xã Một")
    key, number = uuid.uuid4(), "000188777345"
    apps.get_model("people", "Person").objects.create(
        unit=unit, key=key, full_name="Đỗ Thị Ân", birth_date=date(1988, 5, 4), sex="female",
        number_cipher=vault.encrypt(number, context=f"people_person.number_cipher:{key}"),
        number_index=vault.blind_index(number, purpose="people"),
        usage_key=vault.blind_index(number, purpose="usage"),
        number_tail="345", key_id=vault.ring().active_id, recorded_at=clock.machine_now(),
    )
    MigrationExecutor(connection).migrate([("people", "0003_no_tail")])
    with connection.cursor() as cursor:
        cursor.execute("select p::text from people_person p")
        text = cursor.fetchone()[0]
    assert "Thị" not in text and "1988" not in text and ",345," not in text, text
    from dean06.core.people import queries
    from dean06.core.people.models import Person
    (row,) = queries.named(Person.objects.all(), "an do")
    assert row.index_id == vault.ring().index_id
    number = vault.decrypt(bytes(row.number_cipher), context=row.context)
    print(row.full_name, row.birth_date, number, row.number_tail)
"""


@pytest.fixture
def empty() -> Iterator[str]:
    """A database without any table."""
    name = f"race_{uuid.uuid4().hex[:12]}"
    server.create_database(name, template=None)
    yield name
    server.drop_database(name)


def test_what_stood_in_clear_is_sealed_and_found(empty: str, tmp_path: Path) -> None:
    settled = {"DATABASE_URL": server.url(True, empty), "KEYS_DIR": str(tmp_path / "keys")}
    settled |= {"DATABASE_APP_URL": server.url(True, empty), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)],
        env=os.environ | settled,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout.decode().strip() == "Đỗ Thị Ân 1988-05-04 000188777345 345"
    with psycopg.connect(server.url(True, empty)) as connection:
        columns = connection.execute(
            "select column_name from information_schema.columns where table_name = 'people_person'"
        ).fetchall()
    assert not {"full_name", "birth_date", "sort_key", "number_tail"} & {str(name) for (name,) in columns}
