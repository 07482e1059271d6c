"""What to do about somebody who showed a document: one answer out of four, with every reason for it.

Deterministic and total: the same facts, policy and day give the same answer, in every language that runs
`tests/cases/decide.json`. A policy is data (`data/policies.toml`). Whether a card was lost or replaced is
never among the facts: no list of such cards is public, so no answer here speaks of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from vnid.dates import PartialDate
from vnid.errors import Language, VnidError

CMND_LAST_DAY: Final = date(2024, 12, 31)
"""Luật Căn cước 26/2023/QH15, Đ46."""


class Outcome(StrEnum):
    """The four answers, from the best to the worst."""

    ACCEPT = "accept"
    ACCEPT_WITH_NOTE = "accept_with_note"
    ASK_PERSON = "ask_person"
    REFUSE = "refuse"


class Severity(IntEnum):
    """How heavy a reason weighs."""

    NOTE = 1
    ASK = 2
    REFUSE = 3


class Assurance(IntEnum):
    """What is proved about the data, each more than the one before."""

    DECLARED = 0
    INTACT = 1
    ISSUED = 2
    NOT_COPIED = 3


_OUTCOMES: Final = (Outcome.ACCEPT, Outcome.ACCEPT_WITH_NOTE, Outcome.ASK_PERSON, Outcome.REFUSE)
OUTCOME_TEXTS: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.ACCEPT: ("Chấp nhận", "Accept"),
    Outcome.ACCEPT_WITH_NOTE: ("Chấp nhận, có lưu ý", "Accept with a note"),
    Outcome.ASK_PERSON: ("Cần người có trách nhiệm xem xét", "A responsible person decides"),
    Outcome.REFUSE: ("Không chấp nhận", "Refuse"),
}
_BAD_ISSUERS: Final = {
    "bad": "issuer_bad",
    "revoked": "issuer_revoked",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read and checked; each value's "not_done" or None says that it was not.

    `source`: "typed", "qr", "mrz", "chip" or "vneid". `document`: "can_cuoc", "cccd", "cmnd", "passport" or
    "unknown". The next four are the facts of `vnid.trust`. `warnings`: codes of numbers and QR codes.
    `conflicts`: fields in which sources differ. `photo`: "matches", "differs" or "not_done".
    """

    source: str
    document: str = "unknown"
    data_hashes: str = "not_done"
    sod_signature: str = "not_done"
    issuer: str = "not_done"
    clone_check: str = "not_done"
    birth_date: PartialDate | None = None
    issue_date: date | None = None
    expiry_date: date | None = None
    degraded: bool = False
    warnings: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    photo: str = "not_done"
    vneid_level: int = 0
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What a place needs; see data/policies.toml."""

    name: str
    vi: str
    en: str
    minimum: Assurance
    issuer_unknown: Severity
    photo: str
    expired: Severity
    doubt: Severity
    degraded: Severity
    clone: Severity
    vneid: int
    consent: bool
    documents: frozenset[str]
    source: str
    min_age: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and its reasons with their weights, the heaviest first."""

    outcome: Outcome
    reasons: tuple[tuple[str, Severity], ...] = field(default=())

    def text(self, language: Language = "vi") -> str:
        """The answer and its reasons in sentences."""
        english = language == "en"
        told = " ".join(reason_texts()[code][english] for code, _severity in self.reasons)
        return f"{OUTCOME_TEXTS[self.outcome][english]}. {told}".strip()


@cache
def reason_texts() -> dict[str, tuple[str, str]]:
    """Each reason in Vietnamese and English."""
    told = _data("reasons.toml")
    return {code: (texts["vi"], texts["en"]) for code, texts in told.items()}


@cache
def policies() -> dict[str, Policy]:
    """The policies that come with the package, by name."""
    return {name: parse_policy(name, told) for name, told in _data("policies.toml").items()}


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("vnid").joinpath("data", name).read_text(encoding="utf-8"))


def parse_policy(name: str, told: Mapping[str, Any]) -> Policy:
    """A policy from its table. Raises VnidError `policy` naming the key that is missing or wrong."""
    try:
        key = "minimum"
        minimum = Assurance[told[key].upper()]
        severities = {}
        for key in ("issuer_unknown", "expired", "doubt", "degraded", "clone"):
            severities[key] = Severity[told[key].upper()]
        key = "photo"
        if told[key] not in ("required", "wanted", "none"):
            raise ValueError(told[key])
        key = "documents"
        documents = frozenset(told[key])
        key = "rest"
        return Policy(
            name=name,
            vi=told["vi"],
            en=told["en"],
            minimum=minimum,
            photo=told["photo"],
            vneid=int(told["vneid"]),
            consent=bool(told["consent"]),
            documents=documents,
            source=told["source"],
            min_age=told.get("min_age"),
            **severities,
        )
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise VnidError("policy", f"{name}.{key}") from error


def assurance(facts: Facts) -> Assurance:
    """What is proved about the data. VNeID of level 2 has the value of the card (NĐ 69/2024)."""
    if facts.source == "vneid":
        return Assurance.ISSUED if facts.vneid_level >= 2 else Assurance.DECLARED
    if facts.source != "chip" or facts.data_hashes != "ok" or facts.sod_signature != "ok":
        return Assurance.DECLARED
    if facts.issuer != "trusted":
        return Assurance.INTACT
    return Assurance.NOT_COPIED if facts.clone_check == "ok" else Assurance.ISSUED


def decide(facts: Facts, policy: Policy, now: date) -> Decision:
    """The answer of a place about what was shown on a day. Never raises for facts of these types."""
    found = sorted(
        (*_proof(facts, policy), *_document(facts, policy, now), *_person(facts, policy, now)),
        key=_by_weight,
    )
    worst = found[0][1] if found else 0
    return Decision(_OUTCOMES[worst], tuple(found))


def _by_weight(reason: tuple[str, Severity]) -> tuple[int, str]:
    return -reason[1], reason[0]


def _proof(facts: Facts, policy: Policy) -> Iterator[tuple[str, Severity]]:
    """What the chip, or the account, proved or failed to prove."""
    if facts.source == "vneid":
        if not policy.vneid:
            yield "vneid_not_taken", Severity.REFUSE
        elif facts.vneid_level < policy.vneid:
            yield "vneid_level_low", Severity.REFUSE
        return
    if facts.source == "chip":
        yield from _chip(facts, policy)
    proved = assurance(facts)
    if proved >= policy.minimum:
        return
    if facts.source == "chip" and facts.issuer == "unknown_issuer" and proved is Assurance.INTACT:
        yield "issuer_unknown", policy.issuer_unknown
    elif not (facts.source == "chip" and facts.issuer == "expired" and proved is Assurance.INTACT):
        yield "proof_too_weak", Severity.ASK


def _chip(facts: Facts, policy: Policy) -> Iterator[tuple[str, Severity]]:
    if facts.data_hashes == "bad":
        yield "data_changed", Severity.REFUSE
    if facts.sod_signature == "bad":
        yield "signature_bad", Severity.REFUSE
    if facts.issuer in _BAD_ISSUERS:
        yield _BAD_ISSUERS[facts.issuer], Severity.REFUSE
    if facts.issuer == "expired" and policy.minimum >= Assurance.ISSUED:
        yield "issuer_expired", Severity.ASK
    if facts.clone_check == "bad":
        yield "copy_suspected", Severity.REFUSE
    elif facts.clone_check == "not_done" and policy.minimum >= Assurance.INTACT:
        yield "copy_not_checked", policy.clone
    if policy.consent and not facts.consent:
        yield "consent_missing", Severity.REFUSE


def _document(facts: Facts, policy: Policy, now: date) -> Iterator[tuple[str, Severity]]:
    if facts.source != "vneid" and facts.document not in policy.documents:
        yield "document_not_accepted", Severity.REFUSE
    if facts.document == "cmnd" and now > CMND_LAST_DAY:
        yield "document_dead", max(policy.expired, Severity.NOTE)
    elif facts.expiry_date is not None and facts.expiry_date < now:
        yield "expired", policy.expired
    if facts.issue_date is not None and facts.issue_date > now:
        yield "issued_in_future", Severity.ASK
    if facts.degraded:
        yield "degraded", policy.degraded
    if facts.warnings:
        yield "doubt", policy.doubt
    if facts.conflicts:
        yield "conflict", Severity.REFUSE if "pin" in facts.conflicts else Severity.ASK


def _person(facts: Facts, policy: Policy, now: date) -> Iterator[tuple[str, Severity]]:
    if facts.photo == "differs":
        yield "photo_differs", Severity.REFUSE
    elif facts.photo == "not_done" and policy.photo != "none":
        yield "photo_not_compared", Severity.ASK if policy.photo == "required" else Severity.NOTE
    if policy.min_age is None:
        return
    if facts.birth_date is None:
        yield "age_unknown", Severity.ASK
        return
    if _age(facts.birth_date.first, now) < policy.min_age:
        yield "too_young", Severity.REFUSE
    elif _age(facts.birth_date.last, now) < policy.min_age:
        yield "age_unknown", Severity.ASK


def _age(born: date, now: date) -> int:
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))
