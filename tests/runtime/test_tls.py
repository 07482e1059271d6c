"""TLS as the web server ends it itself: versions, suites, certificates; spoken with by OpenSSL's client."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime.certificates import HOST, Authority, authority, self_signed
from tests.runtime.web_server import WebServer, web_server

from dean06.runtime import checks, environment, tls
from dean06.runtime.failures import StartError
from dean06.runtime.supervisor import is_healthy

RECOMMENDED = {  # RFC 9325, section 4.2, with ECDSA or RSA; RFC 8446, section 9.1
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
}
WEAK = (
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-ECDSA-AES128-CCM8",
    "AES256-GCM-SHA384",
    "DHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-NULL-SHA",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="module")
def server(root: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = root.issue(folder)
    with web_server(folder, {"TLS_CERT": str(cert), "TLS_KEY": str(key), "ALLOWED_HOSTS": HOST}) as running:
        yield running


def client(root: Authority) -> ssl.SSLContext:
    """An old and tolerant client: whatever it cannot agree on, the server refused."""
    context = ssl.create_default_context(cafile=str(root.trusted))
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:COMPLEMENTOFALL:eNULL:@SECLEVEL=0")
    return context


def agreed(server: WebServer, context: ssl.SSLContext) -> tuple[str, str]:
    """(version, suite) of a handshake."""
    with server.connect() as line, context.wrap_socket(line, server_hostname=HOST) as safe:
        return str(safe.version()), str((safe.cipher() or ("",))[0])


def test_the_newest_version_is_preferred_and_1_2_is_spoken(server: WebServer, root: Authority) -> None:
    assert agreed(server, client(root))[0] == "TLSv1.3"
    older = client(root)
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    assert agreed(server, older)[0] == "TLSv1.2"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_older_versions_are_refused(server: WebServer, root: Authority, version: ssl.TLSVersion) -> None:
    old = client(root)
    old.minimum_version = old.maximum_version = version
    with pytest.raises((ssl.SSLError, ConnectionError)) as refused:
        agreed(server, old)
    assert "no protocols available" not in str(refused.value).lower(), "our own client does not speak it"


def test_only_recommended_suites_are_spoken(server: WebServer, root: Authority) -> None:
    offered = client(root)
    offered.maximum_version = ssl.TLSVersion.TLSv1_2
    names = [each["name"] for each in offered.get_ciphers() if each["protocol"] != "TLSv1.3"]
    assert set(WEAK) & set(names), "the client offers weak suites too"
    taken: list[str] = []
    while True:  # take away whatever the server chose, until it finds none
        offered.set_ciphers(":".join([*(name for name in names if name not in taken), "@SECLEVEL=0"]))
        try:
            taken.append(agreed(server, offered)[1])
        except (ssl.SSLError, ConnectionError):
            break
    assert set(taken) == RECOMMENDED


@pytest.mark.parametrize("suite", WEAK)
def test_a_weak_suite_is_refused(server: WebServer, root: Authority, suite: str) -> None:
    weak = client(root)
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers(f"{suite}:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        agreed(server, weak)


def test_a_page_comes_over_tls_with_safe_cookies_and_nothing_over_a_plain_connection(
    server: WebServer, root: Authority
) -> None:
    line = http.client.HTTPSConnection("127.0.0.1", server.port, context=_for_loopback(root), timeout=10)
    line.request("GET", "/dang-nhap", headers={"Host": HOST})
    answer = line.getresponse()
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "__Host-csrftoken=" in answer.headers["Set-Cookie"]
    assert "Secure" in answer.headers["Set-Cookie"]
    plain = server.exchange(b"GET /dang-nhap HTTP/1.1\r\nHost: dean06.example\r\n\r\n")
    assert b"HTTP/1.1 200" not in plain
    assert b"html" not in plain


def _for_loopback(root: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(root.trusted))
    context.check_hostname = False
    return context


def test_our_own_look_trusts_this_certificate_and_no_other(
    server: WebServer, root: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, _key = root.issue(tmp_path)
    own = server.log.parent / f"{HOST}.pem"
    monkeypatch.setenv("TLS_CERT", str(own))
    assert is_healthy(f"https://127.0.0.1:{server.port}")
    monkeypatch.setenv("TLS_CERT", str(cert))  # of the same authority, with another key
    assert not is_healthy(f"https://127.0.0.1:{server.port}")


# --- what is checked before the server listens -----------------------------------------------------


def chosen(cert: Path, key: Path, **more: str) -> environment.Environment:
    told = {"DATA_DIR": "/srv/d", "TLS_CERT": str(cert), "TLS_KEY": str(key), "DEMO": "none", **more}
    return environment.read(told)


@pytest.fixture
def trusting(root: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The machine trusts the root of the tests, and visitors come by its host name."""
    monkeypatch.setenv("SSL_CERT_FILE", str(root.trusted))
    monkeypatch.setenv("ALLOWED_HOSTS", f"localhost,{HOST}")
    return root


def test_a_certificate_that_the_machine_trusts_is_taken(trusting: Authority, tmp_path: Path) -> None:
    both = trusting.issue(tmp_path)
    checks.check_transport(chosen(*both))
    assert chosen(*both).address == "https://127.0.0.1:8006"


def test_a_certificate_nobody_trusts_is_refused(trusting: Authority, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=f"không được máy này tin cậy cho tên miền {HOST}"):
        checks.check_transport(chosen(*self_signed(tmp_path)))


def test_a_certificate_of_another_name_is_refused(trusting: Authority, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=f"không được máy này tin cậy cho tên miền {HOST}"):
        checks.check_transport(chosen(*trusting.issue(tmp_path, "other.example")))


def test_a_certificate_that_ended_is_refused(trusting: Authority, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="không được máy này tin cậy"):
        checks.check_transport(chosen(*trusting.issue(tmp_path, days=-1)))


def test_behind_a_proxy_the_certificate_is_the_proxys_to_trust(trusting: Authority, tmp_path: Path) -> None:
    checks.check_transport(chosen(*self_signed(tmp_path), HTTPS="1"))


def test_a_key_that_others_read_is_refused(trusting: Authority, tmp_path: Path) -> None:
    cert, key = trusting.issue(tmp_path)
    key.chmod(0o644)
    with pytest.raises(StartError, match="TLS_KEY"):
        checks.check_transport(chosen(cert, key))


def test_a_key_of_another_certificate_is_refused(trusting: Authority, tmp_path: Path) -> None:
    cert, _ = trusting.issue(tmp_path)
    _, key = trusting.issue(tmp_path, "other.example")
    with pytest.raises(StartError, match="TLS_CERT"):
        checks.check_transport(chosen(cert, key))


@pytest.mark.parametrize(("given", "missing"), [("TLS_CERT", "TLS_KEY"), ("TLS_KEY", "TLS_CERT")])
def test_one_without_the_other_is_refused(given: str, missing: str) -> None:
    with pytest.raises(StartError, match=missing):
        tls.from_variables({given: "/srv/x.pem"})


@pytest.mark.parametrize("variables", [{}, {"HTTPS": "1"}])
def test_peoples_data_are_not_served_in_plain_text_to_other_machines(variables: dict[str, str]) -> None:
    """Also behind a proxy: the way between the two is a network as well."""
    told = {"DATA_DIR": "/srv/d", "HOST": "0.0.0.0", "DEMO": "none", **variables}
    with pytest.raises(StartError, match="TLS_CERT"):
        checks.check_transport(environment.read(told))
    checks.check_transport(environment.read({**told, "HOST": "127.0.0.1"}))
    checks.check_transport(environment.read({**told, "DEMO": "small"}))
