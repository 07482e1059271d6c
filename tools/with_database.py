"""Runs a command as the owner of an empty, throw-away database: `with_database.py COMMAND …`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dean06.runtime.database import embedded_urls
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres


def main(command: list[str]) -> int:
    """Exit code of `command`."""
    with tempfile.TemporaryDirectory(prefix="dean06-check-") as folder:
        Path(folder).chmod(0o755)  # the account that runs PostgreSQL must pass through
        data_dir = Path(folder) / "data"
        with EmbeddedPostgres(data_dir, options=UNSAFE_FAST):
            variables = dict(os.environ)
            embedded_urls(data_dir).export(variables, "owner")
            return subprocess.run(command, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
