"""A data directory short enough for a socket and open to the account that runs PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_OURS = ("DATABASE_URL", "DATABASE_APP_URL", "DATA_DIR", "DEAN06_DB_ROLE", "HOST", "PORT", "WORKERS", "DEMO")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="dean06-rt-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def bare_environment(data_dir: Path) -> dict[str, str]:
    """The variables of a fresh machine with this data directory: none of the test run's own."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    return kept | {"DATA_DIR": str(data_dir), "DEMO": "none", "HOST": "127.0.0.1"}
