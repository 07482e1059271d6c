"""The list of a unit's targets and duties: what its columns show, and what can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dean06.plan.models import Item
from dean06.ui import formats
from dean06.ui.figures import deadline_badge, source_badge
from dean06.ui.tables import Column, Empty, Filter, Table
from dean06.web.plan.export import source_text, two_places
from dean06.web.plan.lines import Status, status_label
from dean06.web.plan.overview import pilot_code
from dean06.web.plan.place import Place
from dean06.web.plan.todo import Task
from vnid.text import sort_key

LATE: Final = "late"
RESPONSIBLE, COOPERATING = "responsible", "cooperating"
Choice = tuple[str, str]


def task_table(place: Place, tasks: Sequence[Task], today: date) -> Table[Task]:
    """The list for a unit and period; `tasks` are all of them: nothing is offered that none has."""
    return Table(
        key="tasks",
        caption=_("Chỉ tiêu, nhiệm vụ theo kế hoạch"),
        noun=_("mục"),
        css="plan-table",
        columns=(*_naming(place), *_figures(place, today)),
        filters=_filters(tasks, today),
        search=lambda task: f"{task.line.item.code} {task.line.item.label_vi} {task.line.item.label_en}",
        search_label=_("Tìm theo mã, nội dung"),
        row_class=lambda task: "row-quiet" if task.line.quiet else "",
        empty=Empty(
            _("Kế hoạch không giao việc riêng cho đơn vị này"),
            _("Xem tổng quan kế hoạch để biết số liệu của đơn vị."),
        ),
    )


def _naming(place: Place) -> tuple[Column[Task], ...]:
    def page(task: Task) -> str:
        return reverse("web:target", args=[task.line.item.code]) + place.link

    return (
        Column("code", _("Mã"), "line.item.code", "code", "c-code", rank=_plan_order),
        Column("kind", _("Loại"), _kind, in_page=False),
        Column(
            "label",
            _("Nội dung"),
            "line.label",
            "label",
            "main c-label",
            link=page,
            rank=lambda task: sort_key(task.line.label),
        ),
        Column("role", _("Vai trò"), "role_text", "role", "c-role"),
        Column("goal", _("Mục tiêu (%)"), "line.goal", in_page=False),
        Column("source", _("Nguồn số liệu"), lambda task: source_text(task.line), in_page=False),
        Column("numerator", _("Tử số"), "line.figure.numerator", in_page=False),
        Column("denominator", _("Mẫu số"), "line.figure.denominator", in_page=False),
    )


def _figures(place: Place, today: date) -> tuple[Column[Task], ...]:
    return (
        Column(
            "result",
            _("Kết quả"),
            _result,
            "result",
            "c-result",
            export=lambda task: two_places(task.line.figure.percent),
            rank=lambda task: task.line.figure.percent,
        ),
        Column(
            "gaps", _("Còn thiếu"), lambda task: _gaps(task, place), "gaps", "num c-goal", export=_missing
        ),
        Column("status", _("Tình trạng"), "line.status_text", in_page=False),
        Column(
            "deadline",
            _("Hạn"),
            lambda task: deadline_badge(task.line.item.deadline, today, met=task.line.figure.met),
            "deadline",
            "c-deadline",
            export=lambda task: task.line.item.deadline,
        ),
    )


def _plan_order(task: Task) -> tuple[int, int]:
    """Where the plan has the item; those outside the pilots last."""
    pilot = task.line.item.pilot
    return pilot.order if pilot is not None else 1_000, task.line.item.order


def _kind(task: Task) -> str:
    return str(task.line.item.get_kind_display())


def _result(task: Task) -> SafeString:
    template = "plan/nothing.html" if task.line.quiet else "plan/result.html"
    return render_to_string(template, {"line": task.line})


def _missing(task: Task) -> int | None:
    return task.line.gaps if task.line.code else None


def _gaps(task: Task, place: Place) -> SafeString | None:
    if not task.line.gaps:
        return None
    href = reverse("web:target", args=[task.line.item.code]) + place.link
    return format_html('<a href="{}#gaps">{}</a>', href, formats.number(task.line.gaps))


def _filters(tasks: Sequence[Task], today: date) -> list[Filter]:
    """The choices that tell tasks apart; one that all share is no choice."""

    def choice(key: str, label: str, words: Iterable[Choice], value: Callable[[Task], str]) -> Filter:
        found = {value(task) for task in tasks}
        kept = [(one, word) for one, word in words if one in found]
        return Filter(key, label, kept, keep=lambda task, chosen: value(task) == chosen)

    pilots = sorted({pilot_code(task.line) for task in tasks} - {""})
    sources = [
        (one, source_badge(one).label) for one in ("counted", "imported", "declared", "not_measurable")
    ]
    every = [
        choice("pilot", _("Mô hình"), [(code, code) for code in pilots], lambda task: pilot_code(task.line)),
        choice("kind", _("Loại"), _kinds(), lambda task: str(task.line.item.kind)),
        choice("known", _("Nguồn số liệu"), sources, lambda task: str(task.line.item.known_by)),
        choice("role", _("Vai trò"), _roles(), role_of),
    ]
    return [_states(tasks, today), *(one for one in every if len(one.choices) > 1)]


def _kinds() -> list[Choice]:
    return [(kind.value, str(kind.label)) for kind in Item.Kind]


def _roles() -> list[Choice]:
    return [(RESPONSIBLE, _("Chịu trách nhiệm")), (COOPERATING, _("Phối hợp"))]


def role_of(task: Task) -> str:
    """The unit's role as the filter takes it."""
    return RESPONSIBLE if task.responsible else COOPERATING


def _states(tasks: Sequence[Task], today: date) -> Filter:
    found = {task.line.status for task in tasks}
    choices = [(LATE, _("Quá hạn")), *((one.value, status_label(one)) for one in Status if one in found)]

    def keep(task: Task, chosen: str) -> bool:
        return task.late(today) if chosen == LATE else task.line.status == chosen

    return Filter("status", _("Tình trạng"), choices, keep=keep)
