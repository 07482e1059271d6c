"""The ways to understand an ambiguous target, with the value that each of them gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import get_language

from dean06.plan import engine
from dean06.plan.models import Item, ItemIndicator, Reading
from dean06.ui import formats
from dean06.ui.figures import Figure
from dean06.web.plan.lines import shown
from dean06.web.plan.place import Place

READING = "reading"


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """One way to understand the target with the value it gives."""

    code: str
    text: str
    indicator: str
    figure: Figure | None
    chosen: bool
    shown: bool
    decided: str
    settled: bool  # somebody decided with a document or on a day; the system's own choice is none
    href: str


def readings_of(item: Item, place: Place) -> tuple[list[ReadingFact], str]:
    """All readings with their values side by side, and the indicator of the one asked for ("" = chosen)."""
    asked = place.params.get(READING, "")
    rows = {row.code: row for row in Reading.objects.filter(item=item)}
    links = list(ItemIndicator.objects.filter(item=item).order_by("order", "id"))
    table = engine.observations_for([link.indicator for link in links], [place.unit.id], [place.period])
    looked_at = next((link for link in links if link.reading == asked), None)
    known = {link.reading: link for link in links}
    adopted = getattr(item, "adopted_goal", None)  # where the item comes from `items_with_codes`
    goal = item.goal if adopted is None else adopted
    facts = []
    for code in rows or ([link.reading for link in links] if len(links) > 1 else []):
        link = known.get(code)
        seen = link is not None and (link == looked_at if looked_at else link.chosen)
        raw = table.get(link.indicator, place.unit.id, place.period) if link else None
        counted = link is not None and engine.is_registered(link.indicator)
        figure = shown(raw, goal=goal, direction=item.direction, source="counted") if counted else None
        fact = _reading(code, rows.get(code), link, figure)
        facts.append(replace(fact, shown=seen, href=_reading_url(fact, place)))
    return facts, looked_at.indicator if looked_at else ""


def _reading_url(fact: ReadingFact, place: Place) -> str:
    return place.url(reading="" if fact.chosen else fact.code) if fact.figure else ""


def _reading(
    code: str, row: Reading | None, link: ItemIndicator | None, figure: Figure | None
) -> ReadingFact:
    english = (get_language() or "vi").startswith("en")
    text = link.label_vi if link else ""
    if row is not None:
        text = row.text_en if english and row.text_en else row.text_vi
    return ReadingFact(
        code=code,
        text=text,
        indicator=link.indicator if link else "",
        figure=figure,
        chosen=row.chosen if row else bool(link and link.chosen),
        shown=False,
        decided=decided_text(row.decided_by, row.document, row.decided_on) if row else "",
        settled=bool(row and row.chosen and (row.document or row.decided_on)),
        href="",
    )


def decided_text(by: str, document: str, on: date | None) -> str:
    """Who decided, in which document, of which day: "Sở Mẫu, 12/QĐ, 20/06/2023"."""
    return ", ".join(part for part in (by, document, formats.day(on) if on else "") if part)
