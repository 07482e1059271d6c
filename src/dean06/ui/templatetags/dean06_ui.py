"""Components and formats for templates: `{% load dean06_ui %}`. frontend/README.md shows each one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from dean06.core import clock
from dean06.ui import browsers, charts, figures, formats, icons, language, marks
from dean06.ui.tables.state import ListState, display
from dean06.ui.tree import Node

register = template.Library()

register.filter("vn_number", formats.number)
register.filter("vn_percent", formats.percent)
register.filter("vn_date", formats.day)
register.filter("vn_moment", formats.moment)
register.filter("browser_name", browsers.browser_name)
register.filter("on_business_clock", clock.shown)
register.filter("vn_size", formats.file_size)


@register.filter
def localized(thing: object, field: str = "name") -> str:
    """`{{ unit|localized }}`, `{{ item|localized:"label" }}`: the name in the reader's language."""
    return language.localized(thing, field) if thing else ""


@register.filter
def period_name(period: object) -> str:
    """ "Kỳ tháng 9/2023 (15/8–14/9)" from a Period or its key."""
    return formats.period(str(getattr(period, "key", period)))


@register.filter
def period_short(period: object) -> str:
    """ "9/2023" from a Period or its key."""
    return formats.period_short(str(getattr(period, "key", period)))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Inline SVG icon; `label` only where no text stands beside it."""
    return icons.icon(name, label)


@register.simple_tag
def optional_url(route: str) -> str:
    """The address of a route, or nothing where its room is not installed."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("components/figure_bar.html")
def figure_bar(figure: figures.Figure, *, label: str = "", compact: bool = False) -> dict[str, Any]:
    """A figure as a bar against its goal, with numerator/denominator and source mark.

    `label` names the bar for screen readers; `compact` leaves out the goal in words and the source's text.
    """
    return {
        "figure": figure,
        "label": label,
        "compact": compact,
        "source": figures.source_badge(figure.source),
        "mark": figures.verdict_badge(figure.met),
    }


@register.simple_tag
def badge(mark: figures.Badge | None) -> SafeString:
    """Any Badge; nothing for None."""
    return marks.mark(mark)


@register.simple_tag
def verdict(figure: figures.Figure) -> SafeString:
    """Đạt / Chưa đạt of a figure against its goal."""
    return marks.mark(figures.verdict_badge(figure.met))


@register.simple_tag
def deadline(due: date | None, today: date, met: bool | None = None) -> SafeString:
    """Không ghi hạn / Còn N ngày / Quá hạn N ngày."""
    return marks.mark(figures.deadline_badge(due, today, met=met))


@register.simple_tag
def source(known_by: str) -> SafeString:
    """Đếm từ bản ghi / Nhập từ nguồn / Tự khai / Không đo được."""
    return marks.mark(figures.source_badge(known_by))


@register.inclusion_tag("components/stat.html")
def stat(label: str, value: str, *, note: str = "", href: str = "", tone: str = "") -> dict[str, Any]:
    """A stat tile: `tone` "bad" only for what is overdue."""
    return {"label": label, "value": value, "note": note, "href": href, "tone": tone}


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", *, action: str = "", href: str = "", symbol: str = "inbox"
) -> dict[str, Any]:
    """Nothing to show: says why and names the next step."""
    return {"title": title, "text": text, "action": action, "href": href, "symbol": symbol}


@register.simple_tag
def sparkline(points: Sequence[charts.Point], goal: Decimal | float | int | None = None) -> SafeString:
    """A small trend, 0–100 %."""
    return charts.sparkline(points, goal=goal)


@register.inclusion_tag("components/chart.html")
def chart(chart: charts.Chart) -> dict[str, Any]:
    """A large chart with its table."""
    return {"chart": chart}


@register.inclusion_tag("components/ranked_bars.html")
def ranked_bars(rows: Sequence[Mapping[str, Any]], *, goal: Decimal | None = None) -> dict[str, Any]:
    """Units in order: rows of {"label", "figure", "href"}; with a goal line."""
    return {"rows": rows, "goal": goal}


@register.inclusion_tag("components/definitions.html")
def definitions(pairs: Sequence[tuple[str, object]]) -> dict[str, Any]:
    """A definition list of (term, value); numbers, dates, Badges and Figures are written as in lists."""
    return {"pairs": [(term, display(value)) for term, value in pairs]}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, Any]:
    """`{% breadcrumb "Kế hoạch" plan_url "P0" "" %}`: label and address in turn; the last is the page."""
    pairs = list(zip(parts[::2], [*parts[1::2], ""], strict=False))
    return {"pairs": pairs}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, hint: str = "") -> dict[str, Any]:
    """One form field: label, control, hint and errors tied together with aria-describedby."""
    help_id, error_id = f"{bound.auto_id}-hint", f"{bound.auto_id}-error"
    hint = hint or str(bound.help_text)
    described = [i for i, shown in ((help_id, hint), (error_id, bound.errors)) if shown]
    kind = getattr(bound.field.widget, "input_type", "") or type(bound.field.widget).__name__.lower()
    attrs: dict[str, str | bool] = {"class": _control_class(kind)}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["class"] = f"{attrs['class']} is-invalid"
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "hint": hint,
        "help_id": help_id,
        "error_id": error_id,
    }


def _control_class(kind: str) -> str:
    if kind in {"checkbox", "radio"}:
        return "form-check-input"
    return "form-select" if kind == "select" else "form-control"


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any, title: str = "") -> dict[str, Any]:
    """The summary above a form: each error links to its field; takes focus after a refused post."""
    return {
        "form": form,
        "title": title,
        "fields": [bound for bound in form.visible_fields() if bound.errors],
    }


@register.inclusion_tag("components/upload.html")
def upload(
    bound: BoundField, *, max_bytes: int, accept: str = "image/jpeg,image/png", hint: str = ""
) -> dict[str, Any]:
    """A file field with preview and an early check of type and size (the server decides)."""
    return {
        "bound": bound,
        "accept": accept,
        "max_bytes": max_bytes,
        "hint": hint or str(bound.help_text),
        "control": bound.as_widget(
            attrs={
                "class": "form-control" + (" is-invalid" if bound.errors else ""),
                "accept": accept,
                "data-max-bytes": str(max_bytes),
                "aria-describedby": f"{bound.auto_id}-hint {bound.auto_id}-error",
            }
        ),
    }


@register.inclusion_tag("components/timeline.html")
def timeline(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened: events of {"at": date|datetime, "title", "text", "who", "icon"}, newest first."""
    return {"events": events}


@register.inclusion_tag("components/tree.html")
def tree(nodes: Sequence[Node]) -> dict[str, Any]:
    """A tree of dean06.ui.tree.Node; opens and closes by keyboard and without JavaScript."""
    return {"nodes": nodes}


@register.inclusion_tag("components/table.html", takes_context=True)
def list_table(context: Mapping[str, Any], state: ListState) -> dict[str, Any]:
    """The list built by `tables.build` or handed to a page by `tables.table_response`."""
    return {"list": state, "request": context.get("request")}


@register.filter
def is_date(value: object) -> bool:
    """True for a day or a moment."""
    return isinstance(value, date)


@register.filter
def shown(value: object) -> str:
    """Any value as lists write it: number, date, Badge, Figure, text, a dash for nothing."""
    return display(value)


@register.filter
def is_datetime(value: object) -> bool:
    """True for a moment with a time of day."""
    return isinstance(value, datetime)
