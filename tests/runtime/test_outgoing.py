"""Connections out of web and jobs: only to what the variables name, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dean06.runtime.outgoing import hosts

TRY = """
import socket, sys, urllib.request
from dean06.runtime import outgoing
gate = outgoing.enforce()
kind, address = sys.argv[1], sys.argv[2]
gate._lookup = lambda host, *rest, **options: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
def attempt():
    if kind == "address":
        with socket.socket() as line:
            line.settimeout(0.2)
            line.connect((address, 9))
    elif kind == "datagram":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(b"x", (address, 9))
    elif kind == "six":
        with socket.socket(socket.AF_INET6) as line:
            line.settimeout(0.2)
            line.connect((address, 9, 0, 0))
    else:
        socket.create_connection((kind, 443), timeout=0.2)
try:
    attempt()
except outgoing.NotListedError:
    print("refused")
except OSError:
    print("tried")
else:
    print("tried")
"""


def outcome(kind: str, address: str, **variables: str) -> str:
    kept = {name: value for name, value in os.environ.items() if "PROXY" not in name.upper()}
    for name in ("DATABASE_URL", "DATABASE_APP_URL", "TSA_URL", "VNEID_ISSUER"):
        kept.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", TRY, kind, address],
        env=kept | variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("address", "192.0.2.7"),
        ("address", "169.254.169.254"),  # where clouds give their keys away
        ("address", "10.0.0.1"),
        ("datagram", "192.0.2.7"),
        ("six", "2001:db8::7"),
        ("evil.example", "192.0.2.7"),
        ("tsa.example.evil.example", "192.0.2.7"),
    ],
)
def test_what_no_variable_names_is_not_reached(kind: str, address: str) -> None:
    assert outcome(kind, address, TSA_URL="https://tsa.example/x") == "refused"


@pytest.mark.parametrize(
    "variables",
    [
        {"TSA_URL": "https://tsa.example/x"},
        {"VNEID_ISSUER": "https://TSA.example/realms/x"},
        {"HTTPS_PROXY": "http://tsa.example:3128"},
        {"OUTGOING_HOSTS": "keys.example, tsa.example"},
        {"DATABASE_URL": "postgresql://me@tsa.example/x?sslmode=verify-full"},
    ],
)
def test_what_a_variable_names_is_tried(variables: dict[str, str]) -> None:
    assert outcome("tsa.example", "192.0.2.7", **variables) == "tried"


@pytest.mark.parametrize(("kind", "address"), [("address", "127.0.0.1"), ("six", "::1")])
def test_this_machine_is_reached(kind: str, address: str) -> None:
    assert outcome(kind, address) == "tried"


def test_the_list_is_made_of_the_variables_alone(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.touch(mode=0o600)
    file.write_text("postgresql://me:x@db.example/dean06?sslmode=verify-full")
    assert hosts({}) == frozenset()
    assert hosts({"TSA_URL": "http://127.0.0.1:9/", "DATABASE_URL": "postgresql:///x"}) == frozenset()
    assert hosts({"DATABASE_URL_FILE": str(file)}) == {"db.example"}


def test_web_and_jobs_close_themselves_before_anything_else() -> None:
    for module, name in (("serve", "load"), ("worker", "main")):
        text = Path(sys.modules["dean06"].__path__[0], "runtime", f"{module}.py").read_text(encoding="utf-8")
        body = text.split(f"def {name}(", 1)[1].split("\ndef ", 1)[0]
        assert body.index("outgoing.enforce()") < body.index(
            "import application" if module == "serve" else "django.setup"
        )
