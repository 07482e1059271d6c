"""The oldest PostgreSQL that is accepted."""

from __future__ import annotations

import pytest

from dean06.runtime import database
from dean06.runtime.failures import Exit, StartError


def test_postgresql_14_is_refused_in_both_languages() -> None:
    with pytest.raises(StartError) as caught:
        database._check_version(14)
    assert caught.value.code is Exit.DATABASE
    assert caught.value.vi == "PostgreSQL tại DATABASE_URL là bản 14; cần bản 15 trở lên."
    assert caught.value.en == "The PostgreSQL at DATABASE_URL is version 14; version 15 or newer is needed."


@pytest.mark.parametrize("major", [15, 16, 18])
def test_postgresql_15_and_newer_are_accepted(major: int) -> None:
    database._check_version(major)  # raises when refused
