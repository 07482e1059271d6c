"""Who may speak to other systems: of the gateways only live.py, and nothing else in the program."""

from __future__ import annotations

import ast
from pathlib import Path

import dean06

ROOT = Path(dean06.__file__).parent
CLIENTS = ("http.client", "urllib.request", "httpx", "requests", "urllib3", "aiohttp", "smtplib", "ftplib")
OTHERS = {
    "runtime/supervisor.py": "asks its own web server whether it answers",
    "usage_conformance/client.py": "a tool by itself, against a register that its user names",
}


def clients(text: str) -> set[str]:
    """The clients that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{name}" for name in names)]
        found |= {one for one in CLIENTS for name in names if name == one or name.startswith(f"{one}.")}
    return found


def test_only_live_gateways_hold_a_client() -> None:
    holders = {
        path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if clients(path.read_text("utf-8"))
    }
    ours = {path for path in holders if path.startswith("gateways/") and path.endswith("/live.py")}
    assert holders - ours <= set(OTHERS)
    assert "gateways/timestamping/live.py" in ours


def test_control() -> None:
    assert clients("import urllib.request") == {"urllib.request"}
    assert clients("from urllib import request, parse") == {"urllib.request"}
    assert clients("from httpx import Client") == {"httpx"}
    assert clients("from urllib.parse import urlsplit\nimport http") == set()
