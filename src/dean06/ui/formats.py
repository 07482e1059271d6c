"""Numbers, shares, dates and periods as Vietnamese administrative pages write them.

With English chosen, numbers follow English habit (1,234.5); dates stay day/month/year.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Number = int | float | Decimal
NBSP = "\N{NO-BREAK SPACE}"
NOTHING = "–"


def _separators() -> tuple[str, str]:
    """Thousands and decimal separators of the chosen language."""
    return (",", ".") if (get_language() or "vi").startswith("en") else (".", ",")


def number(value: Number | None, places: int | None = None) -> str:
    """1.234 or 1.234,5; at most two decimals unless `places` fixes them; a dash for nothing."""
    if value is None:
        return NOTHING
    if isinstance(value, int) and not places:  # most numbers of a page: a dashboard writes a thousand
        text = f"{value:,d}"
    else:
        exact = Decimal(str(value))
        step = Decimal(1).scaleb(-(2 if places is None else places))
        text = f"{exact.quantize(step, ROUND_HALF_UP):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    thousands, point = _separators()
    return text.translate({ord(","): thousands, ord("."): point, ord("-"): "−"})


def percent(value: Number | None) -> str:
    """67,5 %: one decimal, left out when zero.

    Rounding never claims the whole or nothing: 99,96 is written 99,9 % and 0,01 is written 0,1 %, because
    on a leader's page "100 %" must mean that no case is missing.
    """
    if value is None:
        return NOTHING
    exact = Decimal(str(value))
    rounded = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if rounded == 100 and exact < 100:
        rounded = Decimal("99.9")
    elif rounded == 0 and exact > 0:
        rounded = Decimal("0.1")
    return f"{number(rounded)}{NBSP}%"


def day(value: date | datetime | None) -> str:
    """05/09/2023 in Vietnamese time."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%d/%m/%Y")


def moment(value: datetime | None) -> str:
    """05/09/2023 14:30 in Vietnamese time."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return local.strftime("%d/%m/%Y %H:%M")


def _short(value: date) -> str:
    return f"{value.day}/{value.month}"


def period(key: str) -> str:
    """ "2023-09" → "Kỳ tháng 9/2023 (15/8–14/9)".

    A report period runs from the 15th of the month before to the 14th (plan §V.9, line on reporting).
    Raises ValueError when `key` is not YYYY-MM.
    """
    year, month = (int(part) for part in key.split("-"))
    end = date(year, month, 14)
    start = (end.replace(day=1) - timedelta(days=1)).replace(day=15)
    span = f"{_short(start)}–{_short(end)}"
    return _("Kỳ tháng %(month)d/%(year)d (%(span)s)") % {"month": month, "year": year, "span": span}


def period_short(key: str) -> str:
    """ "2023-09" → "9/2023", for axes and narrow columns."""
    year, month = key.split("-")
    return f"{int(month)}/{year}"


def file_size(size: int) -> str:
    """Bytes as kB or MB with one decimal."""
    if size < 1_000_000:
        return f"{number(Decimal(size) / 1000, 0)}{NBSP}kB"
    return f"{number(Decimal(size) / 1_000_000)}{NBSP}MB"
