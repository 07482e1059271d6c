"""What a search finds, group by group; every group stays inside the scope of the request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import CharField, F, Func, Q, TextChoices
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.units import queries as units
from dean06.core.units.models import Kind
from dean06.pilots.guidance.models import Material, Video
from dean06.plan import engine
from dean06.plan.models import Item, ItemIndicator, Plan
from dean06.ui import formats
from dean06.web.plan.lines import label_of
from vnid.text import fold

LIMIT = 200  # of one group: who finds more than that types another word
MAX_WORDS = 8
_POINTS = frozenset({Kind.ONE_STOP_DESK, Kind.POLICE_POST})


class Group(TextChoices):
    """What can be found, in the order in which results stand."""

    ITEMS = "items", gettext_lazy("Chỉ tiêu, nhiệm vụ")
    UNITS = "units", gettext_lazy("Đơn vị")
    POINTS = "points", gettext_lazy("Điểm hướng dẫn (bản ghi P0)")
    RECORDS = "records", gettext_lazy("Bản ghi")
    INDICATORS = "indicators", gettext_lazy("Chỉ số")


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: what it is called, what it is, and its page."""

    group: Group
    title: str
    note: str
    url: str
    code: str = ""


def find(plan: Plan, text: str) -> list[Hit]:
    """Everything found, group by group, best first inside each. Empty text finds nothing."""
    words = fold(text).split()[:MAX_WORDS]
    if not words:
        return []
    found = [(hit, hit.unit.kind in _POINTS) for hit in units.search(text, limit=2 * LIMIT)]
    return [
        *_items(plan, words),
        *[_unit(hit) for hit, point in found if not point][:LIMIT],
        *[_point(hit) for hit, point in found if point][:LIMIT],
        *_records(words),
        *_indicators(plan, words),
    ]


def _all_in(words: Iterable[str], text: str) -> bool:
    folded = fold(text)
    return all(word in folded for word in words)


def _items(plan: Plan, words: Sequence[str]) -> list[Hit]:
    """Items whose id, label or quote holds every word; those found by id or label first."""
    whole = " ".join(words)
    ranked: list[tuple[int, Hit]] = []
    for item in (
        Item.objects.filter(plan=plan)
        .select_related("pilot")
        .order_by(F("pilot__order").asc(nulls_last=True), "order")
    ):
        name = f"{item.code} {item.label_vi} {item.label_en}"
        if not _all_in(words, f"{name} {item.quote}"):
            continue
        rank = 0 if fold(item.code) == whole else 1 if _all_in(words, name) else 2
        note = " · ".join(part for part in (str(item.get_kind_display()), _lines(item)) if part)
        href = reverse("web:target", args=[item.code])
        ranked.append((rank, Hit(Group.ITEMS, label_of(item), note, href, item.code)))
    return [hit for _rank, hit in sorted(ranked, key=lambda one: one[0])][:LIMIT]


def _lines(item: Item) -> str:
    return _("dòng %(lines)s") % {"lines": item.lines}


def _unit(hit: units.UnitHit) -> Hit:
    unit = hit.unit
    parts = (
        str(unit.kind.label),
        unit.parent_name,
        _("tên, mã khác: %(name)s") % {"name": hit.matched} if hit.matched else "",
        "" if hit.current else _not_current(hit),
    )
    note = " · ".join(part for part in parts if part)
    return Hit(Group.UNITS, unit.name, note, reverse("units:detail", args=[unit.id]))


def _not_current(hit: units.UnitHit) -> str:
    """Why the unit does not stand today: it is still to come, or ended with or without heirs."""
    unit = hit.unit
    if unit.valid_from is not None and unit.valid_from > clock.today():
        return _("thành lập từ %(day)s") % {"day": formats.day(unit.valid_from)}
    heirs = ", ".join(heir.unit.name for heir in hit.heirs)
    return _("đã kết thúc; kế thừa: %(heirs)s") % {"heirs": heirs} if heirs else _("đã kết thúc")


def _point(hit: units.UnitHit) -> Hit:
    note = " · ".join(part for part in (str(hit.unit.kind.label), hit.unit.parent_name) if part)
    return Hit(Group.POINTS, hit.unit.name, note, reverse("guidance:point", args=[hit.unit.id]))


def _contains(field: str, words: Iterable[str]) -> tuple[dict[str, Func], Q]:
    wanted = Q()
    for word in words:
        wanted &= Q(folded__contains=word)
    return {"folded": Func(F(field), function="vn_fold", output_field=CharField())}, wanted


def _records(words: Sequence[str]) -> list[Hit]:
    """Posters and panels by title, videos by title."""
    folded, wanted = _contains("title", words)
    rows = Material.objects.filter(revoked_at=None).alias(**folded).filter(wanted).select_related("unit")
    hits = [
        Hit(
            Group.RECORDS,
            row.title,
            f"{row.get_kind_display()} · {row.unit.name}",
            reverse("guidance:record", args=["vat-pham", row.pk]),
        )
        for row in rows.order_by("-hung_on", "-pk")[:LIMIT]
    ]
    videos = Video.objects.alias(**folded).filter(wanted).order_by("title")[:LIMIT]
    library = [
        Hit(Group.RECORDS, row.title, _("Video hướng dẫn"), reverse("guidance:video", args=[row.pk]))
        for row in videos
    ]
    return (hits + library)[:LIMIT]


def _indicators(plan: Plan, words: Sequence[str]) -> list[Hit]:
    english = (get_language() or "vi").startswith("en")
    measured = dict(
        ItemIndicator.objects.filter(item__plan=plan)
        .order_by(F("item__pilot__order").desc(nulls_first=True), "-item__order")
        .values_list("indicator", "item__code")
    )
    hits = []
    for one in engine.every():
        title = str(one.title_en if english else one.title_vi)
        if one.code in measured and _all_in(words, f"{one.code} {one.title_vi} {one.title_en}"):
            item = measured[one.code]
            hits.append(Hit(Group.INDICATORS, title, one.code, reverse("web:target", args=[item]), item))
    return hits[:LIMIT]
