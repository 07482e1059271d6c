"""Everything that the page of one unit shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dean06.core.units import queries
from dean06.core.units.models import Alias, Code, Succession, Unit
from dean06.core.units.queries import Heir, HistoryEvent, HistoryKind, UnitFact
from dean06.plan.models import Plan, Registration
from dean06.plan.queries import UnitItem, current_plan, items_of_unit
from dean06.ui import formats
from dean06.ui.figures import Badge

Address = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Linked:
    """Another unit and the address of its page."""

    unit: UnitFact
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event in words; `day` None is before the data reach."""

    day: date | None
    title: str
    other: Linked | None
    document: str
    mark: Badge | None


@dataclass(frozen=True, slots=True)
class Page:
    """`day` is the date the unit is described at: the date asked for, or its last (first) day.

    `codes`: scheme in words, code, time.
    """

    unit: UnitFact
    stored: Unit
    day: date
    exists: bool
    identity: Sequence[tuple[str, object]]
    codes: Sequence[tuple[str, str, str]]
    aliases: Sequence[Alias]
    above: Sequence[Linked]
    below: Sequence[UnitFact]
    heirs: Sequence[Linked]
    happenings: Sequence[Happening]
    registrations: Sequence[Registration]
    items: Sequence[UnitItem]


def unit_page(unit_id: int, asked: date, address: Address) -> Page:
    """Raises NotFound for an unknown unit."""
    known = queries.fact(unit_id, asked)
    day = queries.last_day(known, asked)
    unit = queries.fact(unit_id, day)
    stored = Unit.objects.get(pk=unit_id)
    return Page(
        unit=unit,
        stored=stored,
        day=day,
        exists=unit.valid_on(asked),
        identity=_identity(unit, stored),
        codes=[_code(code) for code in Code.objects.filter(unit_id=unit_id).order_by("scheme", "valid_from")],
        aliases=list(Alias.objects.filter(unit_id=unit_id).order_by("kind", "alias")),
        above=[Linked(other, address(other.id)) for other in queries.ancestors(unit_id, day)],
        below=queries.children(unit_id, day),
        heirs=[_heir(heir, address) for heir in queries.heirs(unit_id, asked)],
        happenings=[_happening(event, address) for event in reversed(queries.history(unit_id))],
        registrations=list(
            Registration.objects.filter(unit_id=unit_id)
            .select_related("pilot", "plan")
            .order_by("pilot__order")
        ),
        items=items_of_unit(current_plan(), unit_id) if Plan.objects.exists() else [],
    )


def _heir(heir: Heir, address: Address) -> Linked:
    note = formats.percent(heir.share * 100)
    if not heir.current:
        note += _(", cũng đã kết thúc từ %(day)s") % {"day": formats.day(heir.unit.valid_to)}
    return Linked(heir.unit, address(heir.unit.id), note)


def _identity(unit: UnitFact, stored: Unit) -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = [
        (_("Tên"), unit.name),
        (_("Loại"), unit.kind.label),
        (_("Mã"), unit.code),
        (_("Mã định danh"), unit.key),
        (_("Hiệu lực"), _span(unit.valid_from, unit.valid_to)),
    ]
    if unit.name_en:
        pairs.insert(1, (_("Tên tiếng Anh"), unit.name_en))
    if stored.document:
        pairs.append((_("Văn bản"), stored.document))
    if stored.source:
        pairs.append((_("Nguồn dữ liệu"), stored.source))
    return pairs


def _code(code: Code) -> tuple[str, str, str]:
    schemes = {"dean06": _("trong hệ thống"), "gso": _("Tổng cục Thống kê")}
    times = [_("từ %(day)s") % {"day": formats.day(code.valid_from)}] if code.valid_from else []
    times += [_("đến trước %(day)s") % {"day": formats.day(code.valid_to)}] if code.valid_to else []
    return schemes.get(code.scheme, code.scheme), code.code, ", ".join(times)


def _span(start: date | None, end: date | None) -> str:
    first = _("từ %(day)s") % {"day": formats.day(start)} if start else _("không rõ ngày bắt đầu")
    last = _("đến trước %(day)s") % {"day": formats.day(end)} if end else _("đang hiệu lực")
    return f"{first}, {last}"


def verified_badge(verified: bool) -> Badge:
    """Whether date and document were compared with the original."""
    if verified:
        return Badge(_("Đã đối chiếu"), "circle-check", "good")
    title = _("Ngày hoặc văn bản chưa được đối chiếu với bản gốc.")
    return Badge(_("Chưa đối chiếu"), "alert-triangle", "warn", title)


def _happening(event: HistoryEvent, address: Address) -> Happening:
    other = Linked(event.unit, address(event.unit.id)) if event.unit else None
    stepped = event.kind in {HistoryKind.BECAME, HistoryKind.CAME_FROM}
    marked = stepped or event.document
    return Happening(
        event.day, _title(event), other, event.document, verified_badge(event.verified) if marked else None
    )


def _title(event: HistoryEvent) -> str:
    match event.kind:
        case HistoryKind.FOUNDED:
            return _("Bắt đầu hiệu lực") if event.day else _("Đã có từ trước khi có dữ liệu")
        case HistoryKind.ENDED:
            return _("Kết thúc hiệu lực")
        case HistoryKind.PLACED:
            return _("Trực thuộc")
        case HistoryKind.RENAMED:
            return _("Đổi tên; trước đó là “%(name)s”") % {"name": event.text}
        case HistoryKind.BECAME:
            return _step(event, _("chuyển cho"))
        case HistoryKind.CAME_FROM:
            return _step(event, _("nhận từ"))


def _step(event: HistoryEvent, direction: str) -> str:
    label = str(Succession.SuccessionKind(event.step).label)
    share = event.share * 100 if event.share is not None else None
    if share is None or share == 100:
        return f"{label}, {direction}"
    return f"{label} ({formats.percent(share)}), {direction}"
