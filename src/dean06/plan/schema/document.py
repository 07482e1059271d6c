"""plan.yaml, groups.yaml, pilots.yaml, registrations.yaml, rules.yaml, required_ids.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dean06.plan.schema.base import (
    Date,
    Identifier,
    JsonValue,
    Lines,
    Slug,
    Spec,
    Text,
    Title,
    UnitCode,
)

UnitKind = Literal[
    "province",
    "department",
    "central_body",
    "mass_organisation",
    "enterprise",
    "district",
    "commune",
    "police_post",
    "one_stop_desk",
    "school",
    "clinic",
    "village",
    "digital_team",
]
DayOfMonth = Annotated[int, Field(ge=1, le=28)]


class Signer(Spec):
    """Who signed, and in what capacity ("KT. CHỦ TỊCH")."""

    capacity: Title
    post: Title
    name: Title
    lines: Lines | None = None


class Source(Spec):
    """The text of the plan as shipped: every `lines` of the other files counts lines of this file."""

    file: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    normalised: bool


class ReportingPeriod(Spec):
    """A period opens on one day of a month and its report is due before a day of the next."""

    opens_day: DayOfMonth
    due_before_day: DayOfMonth
    citation: Text


class LegalBasis(Spec):
    """A document the plan rests on or refers to; number and date are null when the source has none."""

    id: Slug | Identifier
    type: Title
    number: Title | None
    date: Date | None
    issuer: Title | None
    title_vi: Title | None = None
    role_vi: Title | None = None
    lines: Lines


class Recipient(Spec):
    """One entry of "Nơi nhận"."""

    text_vi: Text
    lines: Lines


class Purpose(Spec):
    """A purpose of section I: shown on the plan page, never measured."""

    id: Identifier
    text_vi: Text
    text_en: Text
    lines: Lines


class Correction(Spec):
    """A slip of the source: what is written stays in quotes, `read` is how it is to be understood.

    An empty `read` means the words do not belong to the text (a page number).
    """

    lines: Lines
    written: Title
    read: Annotated[str, Field(max_length=600)]
    note_vi: Text | None = None


class PlanSpec(Spec):
    """plan.yaml: identity of the document. Number and day may be blank in the source."""

    id: Slug
    title_vi: Title
    title_en: Title
    title_lines: Lines | None = None
    number: Title | None
    symbol: Title
    issued_on: Date | None
    issued_text: Title
    issued_lines: Lines | None = None
    issuer_vi: Title
    issuer_en: Title
    issuer_lines: Lines | None = None
    signer: Signer
    source: Source
    starts_on: Date
    period: ReportingPeriod
    legal_bases: tuple[LegalBasis, ...] = ()
    references: tuple[LegalBasis, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    corrections: tuple[Correction, ...] = ()


class Members(Spec):
    """Who belongs to a group: exactly one of the four ways is given."""

    kinds: tuple[UnitKind, ...] | None = None
    units: tuple[UnitCode, ...] | None = None
    registered: Identifier | None = None
    open: Text | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Members:
        given = [name for name in ("kinds", "units", "registered", "open") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("phải nêu đúng một trong: kinds, units, registered, open")
        return self


class GroupSpec(Spec):
    """A named set of units; an open group names parties that nobody lists ("các ngân hàng")."""

    id: Slug
    label_vi: Title
    label_en: Title
    members: Members
    lines: Lines | None = None


class PilotSpec(Spec):
    """A pilot model (P0, M1 …)."""

    id: Identifier
    order: Annotated[int, Field(ge=0, le=999)]
    name_vi: Title
    name_en: Title
    lead: UnitCode | None = None
    scope_vi: Text | None = None
    objects_vi: Text | None = None
    lines: Lines


class RegistrationSpec(Spec):
    """A unit registered to a pilot; `valid_to` is the first day it no longer holds."""

    unit: UnitCode
    pilot: Identifier
    valid_from: Date
    valid_to: Date | None = None
    document: Title | None = None
    lines: Lines

    @model_validator(mode="after")
    def _not_empty(self) -> RegistrationSpec:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to phải sau valid_from")
        return self


class RuleSpec(Spec):
    """A dated rule; `valid_to` is the first day it no longer holds."""

    code: Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
    value: JsonValue
    valid_from: Date
    valid_to: Date | None
    citation: Text

    @model_validator(mode="after")
    def _not_empty(self) -> RuleSpec:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to phải sau valid_from")
        return self


__all__ = [
    "GroupSpec",
    "PilotSpec",
    "PlanSpec",
    "Purpose",
    "RegistrationSpec",
    "RuleSpec",
    "UnitKind",
]
