"""Ids: every required one present, none twice, none that the closed list does not know."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from dean06.plan.schema.problem import Problem
from dean06.plan.schema.source import PlanSource


def check_ids(source: PlanSource) -> list[Problem]:
    """The plan says all that its closed list names, each once."""
    problems = list(_duplicates("mã", _item_ids(source)))
    problems += _duplicates("mã nhóm", ((g.value.id, g.problem("", "id")) for g in source.groups))
    problems += _duplicates(
        "thứ tự mô hình", ((p.value.order, p.problem("", "order")) for p in source.pilots)
    )
    problems += _duplicates("mã bắt buộc", ((r.value, r.problem("")) for r in source.required_ids))
    problems += _completeness(source)
    problems += _pilots(source)
    return problems


def _item_ids(source: PlanSource) -> Iterator[tuple[Hashable, Problem]]:
    """Ids of purposes, pilots and items: one space of names."""
    if source.plan is not None:
        for number, purpose in enumerate(source.plan.value.purposes):
            yield purpose.id, source.plan.problem("", "purposes", number, "id")
    for entry in (*source.pilots, *source.items):
        yield entry.value.id, entry.problem("", "id")  # type: ignore[attr-defined]


def _duplicates(what: str, entries: Iterable[tuple[Hashable, Problem]]) -> Iterator[Problem]:
    first: dict[Hashable, Problem] = {}
    for name, place in entries:
        if name in first:
            other = first[name]
            message = f"{what} '{name}' bị trùng (đã có ở {other.file}:{other.line})"
            yield Problem(place.file, place.line, message)
        else:
            first[name] = place


def _completeness(source: PlanSource) -> Iterator[Problem]:
    present = {name for name, _ in _item_ids(source)} | source.unread_ids
    required = {entry.value for entry in source.required_ids}
    for entry in source.required_ids:
        if entry.value not in present:
            yield entry.problem(f"thiếu mục bắt buộc '{entry.value}' trong kế hoạch")
    for name, place in _item_ids(source):
        if name not in required:
            message = f"mục '{name}' không có trong danh sách required_ids.yaml"
            yield Problem(place.file, place.line, message)


def _pilots(source: PlanSource) -> Iterator[Problem]:
    """An item named after a pilot must find it; kinds that steer the whole plan stand outside pilots."""
    pilots = {pilot.value.id for pilot in source.pilots} | source.unread_ids
    for item in source.items:
        if item.value.kind not in ("reporting", "purpose", "charge") and item.value.pilot not in pilots:
            message = f"mục '{item.value.id}': mô hình '{item.value.pilot}' không có trong pilots.yaml"
            yield item.problem(message, "id")
