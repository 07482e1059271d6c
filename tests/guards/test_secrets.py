"""No secret lies in the repository, nor in what is built from it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_SECRET = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/]"
    rb"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}\b|\bxox[abp]-[\w-]{20,}"
    rb"|(?i:\b(?:secret_key|api_key|client_secret|access_token|password)\b)\s*[:=]\s*"
    rb"[\"'](?=[^\"']*[0-9])[A-Za-z0-9+/_-]{32,}[\"']"
    rb"|postgres(?:ql)?://\w+:(?!(?:secret|password|hidden)@)[\w.+-]{8,}@"
)


def in_files(paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {found[0][:40]!r}"
        for path in paths
        if path.is_file() and (found := _SECRET.search(path.read_bytes()))
    ]


def test_no_file_of_the_repository_holds_a_secret() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    assert len(paths) > 300
    assert in_files([path for path in paths if path != Path(__file__)]) == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ",
        "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE",
        "AKIAABCDEFGHIJKLMNOP",
        "SECRET_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789'",
        "postgresql://me:S0meth1ng-long@db/x",
    ],
)
def test_control_secrets_are_seen(text: str) -> None:
    assert _SECRET.search(text.encode())


def test_key_files_are_kept_out_of_the_repository() -> None:
    for name in (".data/keys/vault-0001-aa.key", ".data/secret_key", ".data/backup.key"):
        done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
        assert done.returncode == 0, name
