"""A province filled once for the tests that only look at it: the real plan and the small demo.

Made by the program's own first start (`dean06 prepare`) in a database cloned from the template.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests import server
from tests.scratch import scratch


@dataclass(frozen=True)
class Filled:
    """A database with the plan of `plans/` and the small demo, and the folder with its photos."""

    database: str
    data_dir: Path
    password: str

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment of a process that works for this province."""
        return {
            "DATABASE_URL": server.url(True, self.database),
            "DATABASE_APP_URL": server.url(False, self.database),
            "DATA_DIR": str(self.data_dir),
            "DEMO": "small",
        }

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """What stands in the database, past row-level security; a statement is committed."""
        with psycopg.connect(server.url(True, self.database), autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *values: object) -> str:
        """The first column of the first row, as text."""
        return str(self.rows(query, *values)[0][0])


@contextmanager
def filled_province() -> Iterator[Filled]:
    """Make it, and drop it afterwards."""
    from dean06.web.demo.accounts import password

    name = f"filled_{uuid.uuid4().hex[:12]}"
    server.create_database(name)
    try:
        with scratch("filled") as folder:
            filled = Filled(name, folder / "data", password())
            subprocess.run(
                [sys.executable, "-m", "dean06", "prepare", "--json"],
                env={**os.environ, **filled.variables},
                check=True,
                capture_output=True,
            )
            yield filled
    finally:
        server.drop_database(name)
