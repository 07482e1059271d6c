"""The plan at a glance: headline counts, filters and the lines of each pilot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.plan.models import ItemParty, Pilot, Plan
from dean06.plan.periods import Period
from dean06.plan.queries import DUTY_KINDS, TARGET_KINDS
from dean06.ui import formats
from dean06.ui.figures import source_badge
from dean06.ui.language import localized
from dean06.web.plan.find import FIND, Wish, found, ordered, wish_of
from dean06.web.plan.lines import Line, Status, label_of, lines_of, status_label
from dean06.web.plan.place import Place

TAB_TARGETS, TAB_DUTIES = "", "nhiem-vu"
PILOT, KNOWN, STATUS, TAB = "pilot", "known", "status", "tab"
_KNOWN = ("counted", "imported", "declared", "not_measurable")


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    count: int
    href: str
    current: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class ChipRow:
    label: str
    chips: Sequence[Chip]

    @property
    def shown(self) -> bool:
        """True when there is something to choose, or a choice to take back."""
        return len(self.chips) > 2 or not self.chips[0].current


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one pilot, or of one responsible party (duties)."""

    key: str
    title: str
    lines: Sequence[Line]
    reached: int
    judged: int  # lines with a goal and a figure


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    note: str = ""
    href: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    tiles: Sequence[Tile]
    tabs: Sequence[Chip]
    chips: Sequence[ChipRow]
    sections: Sequence[Section]
    lines: Sequence[Line]
    duties: bool
    today: date
    wish: Wish
    clear_url: str
    xlsx_url: str
    csv_url: str


def overview(plan: Plan, place: Place) -> Overview:
    """Everything the first page shows for a unit and a period."""
    wish = wish_of(place)
    everything = lines_of(plan, place.unit.id, place.period, place.first, quotes=bool(wish.words))
    all_targets = [line for line in everything if line.item.kind in TARGET_KINDS]
    targets = found(all_targets, wish.words)
    duties = found([line for line in everything if line.item.kind in DUTY_KINDS], wish.words)
    on_duties = place.params.get(TAB) == TAB_DUTIES
    among = duties if on_duties else targets
    kept = [line for line in among if _kept(line, place)]
    groups = _by_party(plan, kept) if on_duties else _by_pilot(kept)
    sections = [replace(group, lines=ordered(group.lines, wish.sort)) for group in groups]
    return Overview(
        tiles=_tiles(all_targets, place),
        tabs=_tabs(place, len(targets), len(duties), on_duties),
        chips=_chips(among, place),
        sections=sections,
        lines=[line for section in sections for line in section.lines],
        duties=on_duties,
        today=clock.today(),
        wish=wish,
        clear_url=place.url(**{PILOT: "", KNOWN: "", STATUS: "", FIND: ""}),
        xlsx_url=place.url(export="xlsx"),
        csv_url=place.url(export="csv"),
    )


def pilot_code(line: Line) -> str:
    """ "P0" … ; items outside the pilots (reporting) have none."""
    return line.item.pilot.code if line.item.pilot is not None else ""


def pilot_name(pilot: Pilot | None) -> str:
    """The pilot's name in the language of the page."""
    if pilot is None:
        return _("Chế độ báo cáo, tổ chức thực hiện")
    return localized(pilot)


def _kept(line: Line, place: Place) -> bool:
    wanted = {PILOT: pilot_code(line), KNOWN: line.item.known_by, STATUS: line.status.value}
    return all(not place.params.get(name) or place.params[name] == value for name, value in wanted.items())


def _tiles(lines: Sequence[Line], place: Place) -> list[Tile]:
    status = Counter(line.status for line in lines)
    judged = status[Status.REACHED] + status[Status.NOT_REACHED]
    return [
        Tile(
            _("Chỉ tiêu đạt"),
            f"{formats.number(status[Status.REACHED])}/{formats.number(judged)}",
            _("trong số có mục tiêu và có số liệu"),
        ),
        Tile(
            _("Chưa đạt"),
            formats.number(status[Status.NOT_REACHED]),
            href=_only(place, Status.NOT_REACHED),
        ),
        _watched_tile(lines),
        Tile(
            _("Chưa triển khai trên hệ thống"),
            formats.number(status[Status.PLANNED]),
            _("nội dung sẽ có ở các bản sau"),
            _only(place, Status.PLANNED),
        ),
        Tile(
            _("Không đo được"),
            formats.number(status[Status.NOT_MEASURABLE]),
            _("lý do ở trang chỉ tiêu"),
            _only(place, Status.NOT_MEASURABLE),
        ),
        due_tile(place.running, clock.today()),
    ]


def _only(place: Place, status: Status) -> str:
    """The targets in this state, whatever else was chosen."""
    return place.url(status=status.value, tab="", known="", pilot="", q="")


def _watched_tile(lines: Sequence[Line]) -> Tile:
    """How many targets have a source that works, by the way they are known."""
    known = Counter(line.item.known_by for line in lines if line.status != Status.PLANNED)
    measured = [
        (_("đếm"), known["counted"]),
        (_("nhập"), known["imported"]),
        (_("tự khai"), known["declared"]),
    ]
    total = sum(count for _name, count in measured)
    words = ", ".join(f"{formats.number(count)} {name}" for name, count in measured)
    return Tile(_("Đang theo dõi"), formats.number(total), words)


def due_tile(running: Period, today: date) -> Tile:
    """When the next report of the running period is due (plan lines 360-362: before the 15th)."""
    left = (running.cutoff - today).days
    words = _("còn %(n)s ngày, trước ngày 15") if left else _("hôm nay là ngày cuối, trước ngày 15")
    return Tile(_("Báo cáo kỳ tới"), formats.day(running.cutoff), words % {"n": formats.number(left)})


def _tabs(place: Place, targets: int, duties: int, on_duties: bool) -> list[Chip]:
    reset = {PILOT: "", KNOWN: "", STATUS: ""}
    return [
        Chip(_("Chỉ tiêu, yêu cầu"), targets, place.url(tab=TAB_TARGETS, **reset), not on_duties),
        Chip(_("Nhiệm vụ, báo cáo"), duties, place.url(tab=TAB_DUTIES, **reset), on_duties),
    ]


def _chips(lines: Sequence[Line], place: Place) -> list[ChipRow]:
    pilots = {pilot_code(line): pilot_name(line.item.pilot) for line in lines}
    by_pilot = [(code, code, name) for code, name in pilots.items() if code]
    by_source = [(known, source_badge(known).label, source_badge(known).title) for known in _KNOWN]
    by_status = [(status.value, status_label(status), "") for status in Status]
    known = Counter(line.item.known_by for line in lines)
    statuses = Counter(line.status.value for line in lines)
    return [
        ChipRow(_("Mô hình"), _row(PILOT, place, Counter(map(pilot_code, lines)), by_pilot)),
        ChipRow(_("Nguồn số liệu"), _row(KNOWN, place, known, by_source)),
        ChipRow(_("Tình trạng"), _row(STATUS, place, statuses, by_status)),
    ]


def _row(name: str, place: Place, counts: Counter[str], values: Sequence[tuple[str, str, str]]) -> list[Chip]:
    chosen = place.params.get(name, "")
    every = Chip(_("Tất cả"), sum(counts.values()), place.url(**{name: ""}), not chosen)
    return [every] + [
        Chip(text, counts[value], place.url(**{name: value}), chosen == value, title)
        for value, text, title in values
        if counts[value] or chosen == value
    ]


def _by_pilot(lines: Sequence[Line]) -> list[Section]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(pilot_code(line), []).append(line)
    return [
        _section(code or "R", pilot_name(members[0].item.pilot), members) for code, members in groups.items()
    ]


def _by_party(plan: Plan, lines: Sequence[Line]) -> list[Section]:
    names = responsible_names(plan)
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(names.get(line.item.pk, _("Không ghi đơn vị")), []).append(line)
    return [_section(f"d{at}", name, members) for at, (name, members) in enumerate(groups.items())]


def responsible_names(plan: Plan) -> dict[int, str]:
    """Who answers for each item, as the plan writes it: item id → "Sở A; các huyện"."""
    parties = (
        ItemParty.objects.filter(item__plan=plan, role="responsible")
        .select_related("unit")
        .order_by("item__order", "order")
    )
    names: dict[int, list[str]] = {}
    for party in parties:
        names.setdefault(party.item_id, []).append(party_name(party))
    return {item_id: "; ".join(parts) for item_id, parts in names.items()}


def party_name(party: ItemParty) -> str:
    """A unit's name, or a group as the plan writes it."""
    if party.unit is not None:
        return localized(party.unit)
    return localized(party, "label") or party.group_code


def _section(key: str, title: str, lines: Sequence[Line]) -> Section:
    status = Counter(line.status for line in lines)
    reached = status[Status.REACHED]
    return Section(key, title, lines, reached, reached + status[Status.NOT_REACHED])


__all__ = ["Chip", "Overview", "Section", "Tile", "due_tile", "label_of", "overview", "party_name"]
