"""A figure as a page shows it: the share, its two numbers, the goal, and how it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from dean06.ui import formats


class Source(StrEnum):
    """How a figure is known; the same words as plan.Item.known_by."""

    COUNTED = "counted"
    IMPORTED = "imported"
    DECLARED = "declared"
    NOT_MEASURABLE = "not_measurable"


class State(StrEnum):
    MEASURED = "measured"
    NOTHING_AROSE = "nothing_arose"  # denominator 0: no case arose, neither 0 % nor 100 %
    NOT_MEASURABLE = "not_measurable"
    MISSING = "missing"  # nothing has been counted or stated yet


@dataclass(frozen=True, slots=True)
class Badge:
    """A short mark: text and icon always together, so that colour is never the only sign."""

    label: str
    icon: str
    tone: str  # "good" | "bad" | "warn" | "info" | "mute"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """`goal` and `value` are percentages (0–100). `value`: only for a stated figure without parts."""

    numerator: int | None = None
    denominator: int | None = None
    goal: Decimal | None = None
    direction: str = "up"
    source: Source = Source.COUNTED
    value: Decimal | None = None

    @property
    def state(self) -> State:
        """What there is to show: a share, nothing that arose, nothing yet, or nothing measurable."""
        if self.source == Source.NOT_MEASURABLE:
            return State.NOT_MEASURABLE
        if self.denominator == 0:
            return State.NOTHING_AROSE
        return State.MISSING if self.percent is None else State.MEASURED

    @property
    def percent(self) -> Decimal | None:
        """The exact share in percent, or None when there is none to show."""
        if self.numerator is not None and self.denominator:
            return Decimal(self.numerator) * 100 / Decimal(self.denominator)
        return None if self.denominator == 0 else self.value

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal or a share. Compared exactly, not as rounded."""
        percent = self.percent
        if self.goal is None or percent is None:
            return None
        return percent <= self.goal if self.direction == "down" else percent >= self.goal

    @property
    def width(self) -> str:
        """Length of the bar in percent for SVG, 0–100 with a full stop."""
        return f"{min(max(self.percent or Decimal(0), Decimal(0)), Decimal(100)):.2f}"

    @property
    def goal_at(self) -> str:
        """Where the goal's mark stands on the bar, 0–100 with a full stop."""
        return f"{min(max(self.goal or Decimal(0), Decimal(0)), Decimal(100)):.2f}"

    @property
    def text(self) -> str:
        """What stands where the percentage stands."""
        match self.state:
            case State.MEASURED:
                return formats.percent(self.percent)
            case State.NOTHING_AROSE:
                return _("Không phát sinh")
            case State.NOT_MEASURABLE:
                return _("Không đo được")
            case State.MISSING:
                return _("Chưa có số liệu")

    @property
    def fraction(self) -> str:
        """ "149/220", always beside the percentage; empty when the source stated only a share."""
        if self.numerator is None or self.denominator is None:
            return ""
        return f"{formats.number(self.numerator)}/{formats.number(self.denominator)}"

    @property
    def goal_text(self) -> str:
        """The goal in words; "≤" where less is better."""
        if self.goal is None:
            return _("Không ghi mục tiêu")
        sign = "≤ " if self.direction == "down" else ""
        return _("Mục tiêu %(goal)s") % {"goal": sign + formats.percent(self.goal)}

    @property
    def description(self) -> str:
        """The whole figure in one sentence, for screen readers."""
        parts = [self.text, self.fraction, self.goal_text, source_badge(self.source).label]
        return ", ".join(part for part in parts if part)


def source_badge(source: str) -> Badge:
    """The mark that keeps counted, imported and declared figures apart (plan figures are never mixed)."""
    match Source(source):
        case Source.COUNTED:
            return Badge(_("Đếm từ bản ghi"), "calculator", "info", _("Hệ thống đếm từ các bản ghi"))
        case Source.IMPORTED:
            title = _("Số liệu của hệ thống khác, có văn bản kèm theo")
            return Badge(_("Nhập từ nguồn"), "file-import", "mute", title)
        case Source.DECLARED:
            return Badge(_("Tự khai"), "signature", "mute", _("Do người có trách nhiệm khai và ký"))
        case Source.NOT_MEASURABLE:
            return Badge(_("Không đo được"), "eye-off", "mute", _("Xem lý do ở trang chỉ tiêu"))


def verdict_badge(met: bool | None) -> Badge | None:
    """Đạt or chưa đạt; nothing when there is no goal to compare with."""
    if met is None:
        return None
    if met:
        return Badge(_("Đạt"), "check", "good")
    return Badge(_("Chưa đạt"), "circle-dashed", "mute")


# Fewer days than this and the badge asks for attention.
SOON_DAYS = 15


def deadline_badge(deadline: date | None, today: date, *, met: bool | None = None) -> Badge:
    """Không ghi hạn, còn N ngày, đến hạn hôm nay or quá hạn N ngày, counted on the business date `today`.

    A goal already reached is never shown as overdue.
    """
    if deadline is None:
        return Badge(_("Không ghi hạn"), "calendar-off", "mute")
    left = (deadline - today).days
    title = _("Hạn %(date)s") % {"date": formats.day(deadline)}
    if left < 0 and met:
        return Badge(_("Hạn %(date)s") % {"date": formats.day(deadline)}, "calendar", "mute", title)
    if left < 0:
        return Badge(
            _("Quá hạn %(n)s ngày") % {"n": formats.number(-left)}, "clock-exclamation", "bad", title
        )
    if left == 0:
        return Badge(_("Đến hạn hôm nay"), "clock-exclamation", "warn", title)
    tone = "warn" if left <= SOON_DAYS and not met else "mute"
    return Badge(_("Còn %(n)s ngày") % {"n": formats.number(left)}, "clock", tone, title)
