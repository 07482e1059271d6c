"""An authority that listens, a folder for logs, and the verifier asked about bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificates
from hypothesis import HealthCheck, settings

from dean06 import verify_log
from dean06.gateways.timestamping.live import LiveTimestamper
from dean06.gateways.timestamping.simulator import SimulatedAuthority
from tests.core.audit.logs import Log, Record, Stamper

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def listening() -> Iterator[SimulatedAuthority]:
    with SimulatedAuthority() as authority:
        yield authority


@pytest.fixture(scope="module")
def stamper(listening: SimulatedAuthority) -> Stamper:
    client = LiveTimestamper(listening.url(), load_pem_x509_certificates(listening.root_pem))
    return lambda message: client.stamp(message).token


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, listening: SimulatedAuthority) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    (folder / "root.pem").write_bytes(listening.root_pem)
    return folder


@pytest.fixture
def log_of_two() -> Log:
    return Log({"action-0": [Record("action-0", 0, f'{{"n": {n}}}') for n in (1, 2)]}).rechain()


def check(place: Path, data: bytes, **known: str) -> tuple[int, dict[str, Any]]:
    (place / "log.jsonl").write_bytes(data)
    return verify_log.verify(str(place / "log.jsonl"), **known)


def found(place: Path, data: bytes, **known: str) -> dict[str, Any]:
    """What is told of a file that must not pass."""
    code, told = check(place, data, **known)
    assert code == 1, told
    assert told["problem"]
    return told
