"""A database or a service on another host: TLS with a checked certificate, or no connection at all."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from tests.runtime.certificates import Authority, authority, self_signed

from dean06.config import env
from dean06.runtime import environment
from dean06.runtime.failures import StartError

LOCAL = (
    "postgresql:///dean06",
    "postgresql://me@/dean06?host=%2Frun%2Fpg",
    "postgresql://me:x@127.0.0.1:5432/dean06",
    "postgresql://me:x@localhost/dean06",
    "postgresql://me:x@[::1]/dean06",
    "postgresql://me:x@db.example/dean06?sslmode=verify-full",
    "postgresql://me:x@db.example/dean06?sslmode=verify-full&sslrootcert=/srv/ca.pem",
)
OPEN = (
    "postgresql://me:x@db.example/dean06",
    "postgresql://me:x@db.example/dean06?sslmode=require",
    "postgresql://me:x@db.example/dean06?sslmode=verify-ca",
    "postgresql://me:x@10.0.0.7/dean06?sslmode=disable",
    "postgresql://me:x@localhost,db.example/dean06",
    "postgresql://me:x@localhost/dean06?hostaddr=10.0.0.7",
    "postgresql:///dean06?service=elsewhere",
)


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_APP_URL"])
@pytest.mark.parametrize("url", OPEN)
def test_a_database_elsewhere_without_checked_tls_is_refused(name: str, url: str) -> None:
    with pytest.raises(StartError) as refused:
        environment.read({"DATA_DIR": "/srv/d", name: url})
    assert name in refused.value.vi
    assert "sslmode" in refused.value.vi
    assert ":x@" not in str(refused.value)
    with pytest.raises(ImproperlyConfigured, match="sslmode"):
        env.database(url, role=None)


@pytest.mark.parametrize("url", LOCAL)
def test_a_database_of_this_machine_or_with_checked_tls_is_taken(url: str) -> None:
    assert environment.read({"DATA_DIR": "/srv/d", "DATABASE_URL": url}).database_url == url
    assert env.database(url, role=None)["ENGINE"].endswith("postgresql")


@pytest.mark.parametrize(
    ("name", "value"), [("PGHOST", "db.example"), ("PGHOSTADDR", "10.0.0.7"), ("PGSERVICE", "elsewhere")]
)
def test_the_driver_is_led_elsewhere_by_no_variable(name: str, value: str) -> None:
    with pytest.raises(StartError, match="sslmode"):
        environment.read({"DATA_DIR": "/srv/d", "DATABASE_URL": "postgresql:///dean06", name: value})


class FakeDatabase:
    """Speaks PostgreSQL up to TLS and then writes down what a client that trusts it would send."""

    def __init__(self, files: tuple[Path, Path]) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*files)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.told: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            try:
                line.recv(8)  # SSLRequest
                line.sendall(b"S")
                with self._context.wrap_socket(line, server_side=True) as safe:
                    self.told.append(safe.recv(4096))
            except OSError:
                self.told.append(b"")

    def close(self) -> None:
        self._listening.close()


def stranger(folder: Path, root: Authority) -> tuple[Path, Path]:
    return self_signed(folder, "localhost")


def misnamed(folder: Path, root: Authority) -> tuple[Path, Path]:
    return root.issue(folder, "other.example")


def right(folder: Path, root: Authority) -> tuple[Path, Path]:
    return root.issue(folder, "localhost")


@pytest.fixture
def root(tmp_path: Path) -> Authority:
    return authority(tmp_path)


@pytest.fixture(params=[stranger, misnamed, right])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, root: Authority
) -> Iterator[tuple[FakeDatabase, bool]]:
    fake = FakeDatabase(request.param(tmp_path, root))
    yield fake, request.param is right
    fake.close()


def test_nothing_is_told_to_a_database_whose_certificate_does_not_hold(
    database: tuple[FakeDatabase, bool], root: Authority
) -> None:
    """Signed by itself, or of another host: the client leaves before it says who it is."""
    fake, trusted = database
    url = (
        f"postgresql://somebody:x@localhost:{fake.port}/dean06?sslmode=verify-full&sslrootcert={root.trusted}"
    )
    with pytest.raises(psycopg.OperationalError) as error:
        psycopg.connect(url, connect_timeout=5)
    assert any(b"somebody" in told for told in fake.told) is trusted
    assert ("certificate" in str(error.value)) is not trusted


@pytest.mark.parametrize("url", ["https://tsa.example/", "http://127.0.0.1:8099/", "http://localhost/", ""])
def test_a_service_is_asked_by_https_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TSA_URL", url)
    assert env.env_service("TSA_URL") == url


@pytest.mark.parametrize("url", ["http://tsa.example/", "ftp://tsa.example/", "tsa.example", "http:///x"])
def test_a_service_elsewhere_is_not_asked_in_plain_text(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TSA_URL", url)
    with pytest.raises(ImproperlyConfigured, match="TSA_URL must be an https address"):
        env.env_service("TSA_URL")


def test_plain_text_to_a_service_is_a_decision_somebody_wrote_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSA_URL", "http://tsa.example/")
    monkeypatch.setenv("TSA_URL_PLAIN", "1")
    assert env.env_service("TSA_URL") == "http://tsa.example/"
