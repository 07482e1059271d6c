"""Secrets from files: read, and refused when others can read them; the secret itself is never told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dean06.runtime import environment
from dean06.runtime.failures import StartError
from dean06.runtime.secret_files import MOST_BYTES, SecretError, secret

WORD = "synthetic-and-long-enough"
URL = f"postgresql://dean06_owner:{WORD}@db.example:5432/dean06?sslmode=verify-full"


def kept(folder: Path, text: str = WORD, mode: int = 0o600) -> str:
    path = folder / "secret"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_a_secret_comes_from_the_variable_or_from_the_file(tmp_path: Path) -> None:
    path = kept(tmp_path, WORD + "\n")
    assert secret("X", {}) is None
    assert secret("X", {"X": "plain"}) == "plain"
    assert secret("X", {"X_FILE": path}) == WORD
    assert secret("X", {"X": WORD, "X_FILE": path}) == WORD
    assert secret("X", {"X": "", "X_FILE": ""}) is None


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o660, 0o666])
def test_a_file_that_others_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SecretError, match="chmod 600") as told:
        secret("X", {"X_FILE": kept(tmp_path, mode=mode)})
    assert WORD not in str(told.value)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640, 0o440])
def test_a_file_for_its_owner_or_group_is_read(tmp_path: Path, mode: int) -> None:
    assert secret("X", {"X_FILE": kept(tmp_path, mode=mode)}) == WORD


def test_what_is_no_secret_is_refused_in_words(tmp_path: Path) -> None:
    cases = {
        "không đọc được": str(tmp_path / "missing"),
        "không phải một tệp thường": "/dev/null",
        "trống": kept(tmp_path, " \n"),
    }
    for words, path in cases.items():
        with pytest.raises(SecretError, match=words):
            secret("X", {"X_FILE": path})
    with pytest.raises(SecretError, match="không phải một tệp thường"):
        secret("X", {"X_FILE": kept(tmp_path, "x" * (MOST_BYTES + 1))})
    with pytest.raises(SecretError, match="khác nhau") as told:
        secret("X", {"X": "other", "X_FILE": kept(tmp_path)})
    assert WORD not in str(told.value)


def test_the_address_of_the_database_may_stand_in_a_file(tmp_path: Path) -> None:
    assert environment.read({"DATABASE_URL_FILE": kept(tmp_path, URL)}).database_url == URL
    with pytest.raises(StartError) as told:
        environment.read({"DATABASE_URL_FILE": kept(tmp_path, URL, 0o644)})
    assert "DATABASE_URL_FILE" in str(told.value.vi)
    assert WORD not in f"{told.value.vi} {told.value.en}"


def started(**variables: str) -> subprocess.CompletedProcess[str]:
    usual = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.SECRET_KEY)"],
        env={**usual, "DJANGO_SETTINGS_MODULE": "dean06.config.settings", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_signs_with_the_key_of_the_file_and_will_not_start_with_one_open_to_all(
    tmp_path: Path,
) -> None:
    assert started(SECRET_KEY_FILE=kept(tmp_path)).stdout.strip() == WORD
    refused = started(SECRET_KEY_FILE=kept(tmp_path, mode=0o644))
    assert refused.returncode != 0
    assert "SECRET_KEY_FILE" in refused.stderr
    assert WORD not in refused.stderr + refused.stdout


def test_the_key_that_the_program_made_itself_is_private_and_stays_so(tmp_path: Path) -> None:
    first = started(DATA_DIR=str(tmp_path)).stdout.strip()
    assert len(first) >= 50
    path = tmp_path / "secret_key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert started(DATA_DIR=str(tmp_path)).stdout.strip() == first
    path.chmod(0o644)
    assert started(DATA_DIR=str(tmp_path)).returncode != 0
