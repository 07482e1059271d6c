"""items.yaml: targets, requirements, conditions, scopes, duties – everything the plan asks for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dean06.plan.schema.base import (
    Date,
    Identifier,
    IndicatorCode,
    Label,
    Lines,
    PartyCode,
    Percent,
    Spec,
    Text,
    Title,
)

ItemKind = Literal["target", "requirement", "condition", "scope", "duty", "reporting", "purpose", "charge"]
KnownBy = Literal["counted", "imported", "declared", "not_measurable", "none"]
ReadingId = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_-]*$")]


class IndicatorLink(Spec):
    """An indicator that measures the item, under one reading of its text."""

    code: IndicatorCode
    reading: ReadingId
    chosen: bool


class Reading(Spec):
    """One way to understand an ambiguous text."""

    id: ReadingId
    text_vi: Text
    text_en: Text
    indicator: IndicatorCode | None = None


class Ambiguity(Spec):
    """What is unclear, the readings, and who decided which one holds (null: nobody yet)."""

    text_vi: Text
    readings: Annotated[tuple[Reading, ...], Field(min_length=2)]
    chosen: ReadingId | None
    decided_by: Title | None
    decided_on: Date | None
    document: Title | None

    @model_validator(mode="after")
    def _decided(self) -> Ambiguity:
        ids = [reading.id for reading in self.readings]
        if len(set(ids)) != len(ids):
            raise ValueError("hai cách đọc trùng mã")
        if self.chosen is None and (self.decided_by or self.decided_on):
            raise ValueError("có người quyết định (decided_by, decided_on) nhưng chưa chọn cách đọc (chosen)")
        if self.chosen is not None and self.chosen not in ids:
            raise ValueError(f"cách đọc được chọn '{self.chosen}' không có trong readings ({', '.join(ids)})")
        if self.chosen is not None and not self.decided_by:
            raise ValueError("đã chọn cách đọc thì phải ghi người quyết định (decided_by)")
        return self


class ItemSpec(Spec):
    """One thing the plan asks for, with its place in the text and how it is known."""

    id: Identifier
    kind: ItemKind
    label_vi: Label
    label_en: Label
    quote: Text
    lines: Lines
    goal: Percent | None = None
    goal_note_vi: Text | None = None
    direction: Literal["up", "down"] = "up"
    nature: Literal["stock", "flow"] = "stock"
    deadline: Date | None = None
    deadline_note_vi: Text | None = None
    binding: Literal["binding", "suggested"]
    responsible: tuple[PartyCode, ...] = ()
    cooperating: tuple[PartyCode, ...] = ()
    known_by: KnownBy
    known_by_reason_vi: Text | None = None
    unit_of_count_vi: Title | None = None
    indicators: tuple[IndicatorLink, ...] = ()
    planned: bool = False
    numerator_vi: Text | None = None
    denominator_vi: Text | None = None
    ambiguity: Ambiguity | None = None
    same_as: Identifier | None = None

    @property
    def pilot(self) -> str:
        """The part of the id before the first hyphen: "P0" of "P0-T1", "R" of "R-3"."""
        return self.id.partition("-")[0]

    @property
    def indicator_codes(self) -> frozenset[str]:
        """Codes of every indicator of the item, whatever the reading."""
        return frozenset(link.code for link in self.indicators)


__all__ = ["Ambiguity", "IndicatorLink", "ItemKind", "ItemSpec", "KnownBy", "Reading"]
