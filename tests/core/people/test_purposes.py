"""Every purpose of this room stands in the catalogue of usage, on the demo's day and today."""

from __future__ import annotations

from datetime import date

import pytest

from dean06.core.people import purposes
from dean06.core.usage.purposes import in_force

CODES = (purposes.READ, purposes.FIND, purposes.ANSWER, *sorted(purposes.CODES))


@pytest.mark.parametrize("day", [date(2023, 12, 10), date(2026, 11, 23)])
@pytest.mark.parametrize("code", CODES)
def test_the_purpose_has_a_legal_basis(db: None, code: str, day: date) -> None:
    purpose = in_force(code, day)
    assert purpose is not None
    assert purpose.basis
    assert purpose.needs_reason is (code in {*purposes.CODES, purposes.ANSWER}), "whoever gets the number"
