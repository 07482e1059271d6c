"""Tokens of other programs: from a file of the owner alone, for ninety days from its last writing."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.runtime.tokens import fresh

from dean06.runtime.bearer import DAYS, LEAST, WARN_DAYS, token
from dean06.runtime.secret_files import SecretError

WORD = "t" * 40
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def written(path: Path, at: datetime = NOW, mode: int = 0o600) -> dict[str, str]:
    path.write_text(f"{WORD}\n", encoding="utf-8")
    path.chmod(mode)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return {"USAGE_API_TOKEN_FILE": str(path)}


def test_it_is_taken_for_ninety_days_from_the_last_writing(tmp_path: Path) -> None:
    found = token("USAGE_API_TOKEN", written(tmp_path / "token"))
    assert found is not None
    assert (found.name, found.ends) == ("USAGE_API_TOKEN_FILE", NOW + DAYS * DAY)
    last = found.ends - timedelta(seconds=1)
    assert found.opens(f"Bearer {WORD}", last)
    assert found.opens(f"bearer  {WORD}", last)
    assert not found.opens(f"Bearer {WORD}", found.ends)
    assert not found.opens(f"Bearer {WORD}", NOW + 10 * DAYS * DAY)


def test_a_file_written_again_begins_anew(tmp_path: Path) -> None:
    token("USAGE_API_TOKEN", written(tmp_path / "token"))
    again = token("USAGE_API_TOKEN", written(tmp_path / "token", NOW + 80 * DAY))
    assert again is not None
    assert again.opens(f"Bearer {WORD}", NOW + 100 * DAY)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", WORD, f"Basic {WORD}", f"Bearer {WORD}x", "Bearer ổ"]
)
def test_anything_else_opens_nothing(header: str) -> None:
    assert fresh(WORD).opens(f"Bearer {WORD}")
    assert not fresh(WORD).opens(header)
    assert not fresh("").opens(header)


def test_its_end_is_told_two_weeks_before() -> None:
    assert not fresh(WORD, (WARN_DAYS + 1) * DAY).ends_soon
    assert fresh(WORD, (WARN_DAYS - 1) * DAY).ends_soon
    assert not fresh(WORD, (WARN_DAYS - 1) * DAY).ended
    assert fresh(WORD, -DAY).ended


@pytest.mark.parametrize(
    "given", [{"USAGE_API_TOKEN": WORD}, {"USAGE_API_TOKEN": WORD, "USAGE_API_TOKEN_FILE": "/none"}]
)
def test_a_token_in_the_variable_itself_has_no_age_and_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SecretError, match="USAGE_API_TOKEN_FILE"):
        token("USAGE_API_TOKEN", given)


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for length, taken in ((LEAST - 1, False), (LEAST, True)):
        file.write_text("t" * length, encoding="utf-8")
        file.chmod(0o600)
        if taken:
            assert token("USAGE_API_TOKEN", {"USAGE_API_TOKEN_FILE": str(file)}) is not None
            continue
        with pytest.raises(SecretError, match=str(LEAST)):
            token("USAGE_API_TOKEN", {"USAGE_API_TOKEN_FILE": str(file)})


def test_without_one_there_is_none() -> None:
    assert token("USAGE_API_TOKEN", {}) is None


def test_a_file_that_others_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="chmod 600"):
        token("USAGE_API_TOKEN", written(tmp_path / "token", mode=0o644))
