"""Until when cards hold: milestones, two years before them, the extension of 2024, the end of the CMND."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid.dates import PartialDate, parse_date
from vnid.validity import CardModel, DocumentKind, card_model, expected_expiry, term_end, validity

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("issued", "model"),
    [
        (date(2020, 12, 31), None),
        (date(2021, 1, 1), CardModel.CCCD_2021),
        (date(2024, 6, 30), CardModel.CCCD_2021),
        (date(2024, 7, 1), CardModel.CAN_CUOC_2024),
    ],
)
def test_the_model_follows_the_day_of_issue(issued: date, model: CardModel | None) -> None:
    assert card_model(issued) is model


@pytest.mark.parametrize(
    ("born", "issued", "expiry"),
    [
        ("15/01/1999", date(2022, 1, 15), date(2024, 1, 15)),  # two years to the day: still the next birthday
        ("15/01/1999", date(2022, 1, 16), date(2039, 1, 15)),  # a day less: the one after it
        ("15/01/1999", date(2024, 1, 15), date(2039, 1, 15)),  # on the birthday itself
        ("15/01/1984", date(2022, 3, 1), date(2044, 1, 15)),
        ("15/01/1970", date(2022, 3, 1), date(2030, 1, 15)),
        ("15/01/1965", date(2023, 1, 15), date(2025, 1, 15)),
        ("15/01/1965", date(2023, 1, 16), None),  # 58: for life
        ("15/01/1950", date(2022, 3, 1), None),
        ("15/01/2015", date(2024, 6, 30), date(2040, 1, 15)),  # before the law that knows children's cards
        ("15/01/2015", date(2024, 7, 1), date(2029, 1, 15)),
        ("15/08/2011", date(2024, 7, 1), date(2036, 8, 15)),  # 12 years and 10 months: past 14 already
    ],
)
def test_the_expected_day(born: str, issued: date, expiry: date | None) -> None:
    expected = expected_expiry(parse_date(born), issued)
    assert expected is not None
    assert expected.days == ((expiry,) if expiry else ())
    assert expected.fits(expiry)
    assert not expected.fits(date(2031, 7, 7))
    assert "Đ21" in expected.source


def test_a_birthday_on_the_29th_of_february_has_two_readings() -> None:
    expected = expected_expiry(parse_date("29/02/2000"), date(2022, 1, 1))
    assert expected is not None
    assert expected.days == (date(2025, 2, 28), date(2025, 3, 1))
    assert expected.fits(date(2025, 2, 28))
    assert expected.fits(date(2025, 3, 1))
    assert not expected.fits(None)


def test_without_a_day_of_birth_nothing_is_expected() -> None:
    assert expected_expiry(PartialDate(1999), date(2022, 1, 1)) is None
    assert expected_expiry(parse_date("15/01/2023"), date(2022, 1, 1)) is None
    assert expected_expiry(parse_date("15/01/1999"), date(2010, 1, 1)) is None


@given(st.dates(date(1900, 1, 1), date(2040, 1, 1)), st.dates(date(2016, 1, 1), date(2060, 1, 1)))
def test_the_expected_day_is_two_years_off_and_a_birthday(born: date, issued: date) -> None:
    expected = expected_expiry(PartialDate(born.year, born.month, born.day), issued)
    if born > issued:
        assert expected is None
        return
    assert expected is not None
    for day in expected.days:
        assert (day - issued).days >= 729
        assert day.year - born.year in {14, 25, 40, 60}


@pytest.mark.parametrize(
    ("kind", "expiry", "last", "moved"),
    [
        (DocumentKind.CCCD, date(2024, 1, 14), date(2024, 1, 14), False),
        (DocumentKind.CCCD, date(2024, 1, 15), date(2024, 6, 30), True),
        (DocumentKind.CMND, date(2024, 6, 29), date(2024, 6, 30), True),
        (DocumentKind.CCCD, date(2024, 6, 30), date(2024, 6, 30), False),
        (DocumentKind.CMND, date(2030, 5, 1), date(2024, 12, 31), True),
        (DocumentKind.CCCD, date(2030, 5, 1), date(2030, 5, 1), False),
        (DocumentKind.CAN_CUOC, date(2024, 2, 1), date(2024, 2, 1), False),
    ],
)
def test_the_last_day_and_the_rule_that_moved_it(
    kind: DocumentKind, expiry: date, last: date, moved: bool
) -> None:
    assert validity(kind, expiry, last).valid
    assert not validity(kind, expiry, last + DAY).valid
    found = validity(kind, expiry, last)
    assert found.until == last
    assert bool(found.rule) is moved


def test_a_card_for_life_has_no_end_but_no_cmnd_is_for_life() -> None:
    assert validity(DocumentKind.CCCD, None, date(2090, 1, 1)).valid
    assert validity(DocumentKind.CAN_CUOC, None, date(2090, 1, 1)).until is None
    assert not validity(DocumentKind.CMND, None, date(2025, 1, 1)).valid


def test_a_cmnd_holds_fifteen_years() -> None:
    assert term_end(DocumentKind.CMND, date(2012, 3, 4)) == date(2027, 3, 4)
    assert term_end(DocumentKind.CCCD, date(2012, 3, 4)) is None
