"""Decisions: the shared cases, and what must hold for every fact and policy."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid.dates import PartialDate
from vnid.decide import (
    OUTCOME_TEXTS,
    Assurance,
    Facts,
    Outcome,
    Policy,
    Severity,
    assurance,
    decide,
    parse_policy,
    policies,
    reason_texts,
)
from vnid.errors import VnidError

FILE = Path(__file__).parents[1] / "cases" / "decide.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
NOW = date(2026, 11, 24)
ORDER = list(Outcome)


def facts(told: dict[str, Any]) -> Facts:
    """Facts as the file writes them: dates ISO 8601, a birth date perhaps without day or month."""
    read = dict(told)
    if read.get("birth_date"):
        read["birth_date"] = PartialDate(*(int(part) for part in read["birth_date"].split("-")))
    for name in ("issue_date", "expiry_date"):
        if read.get(name):
            read[name] = date.fromisoformat(read[name])
    for name in ("warnings", "conflicts"):
        read[name] = tuple(read.get(name, ()))
    return Facts(**read)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_shared_case(case: dict[str, Any]) -> None:
    found = decide(facts(case["facts"]), policies()[case["policy"]], date.fromisoformat(case["now"]))
    assert found.outcome.value == case["outcome"]
    assert [[code, severity.name.lower()] for code, severity in found.reasons] == case["reasons"]


def test_the_cases_show_every_reason_every_answer_and_every_policy() -> None:
    assert len(CASES) >= 120
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert {case["outcome"] for case in CASES} == set(Outcome)
    assert {case["policy"] for case in CASES} == set(policies())
    shown = {code for case in CASES for code, _severity in case["reasons"]}
    assert set(reason_texts()) - shown == {"vneid_not_taken"}, (
        "no policy that comes with the package refuses it"
    )


def test_a_place_may_refuse_vneid() -> None:
    policy = replace(policies()["clinic"], vneid=0)
    assert decide(Facts("vneid", vneid_level=2), policy, NOW).reasons[0] == (
        "vneid_not_taken",
        Severity.REFUSE,
    )


CHECKS = st.sampled_from(["ok", "bad", "not_done"])
DAYS = st.none() | st.dates(date(1940, 1, 1), date(2060, 1, 1))
FACTS = st.builds(
    Facts,
    source=st.sampled_from(["typed", "qr", "mrz", "chip", "vneid"]),
    document=st.sampled_from(["can_cuoc", "cccd", "cmnd", "passport", "unknown"]),
    data_hashes=CHECKS,
    sod_signature=CHECKS,
    issuer=st.sampled_from(["trusted", "unknown_issuer", "expired", "revoked", "bad", "not_done"]),
    clone_check=CHECKS,
    birth_date=st.none() | st.builds(PartialDate, st.integers(1930, 2026), st.just(0) | st.integers(1, 12)),
    issue_date=DAYS,
    expiry_date=DAYS,
    degraded=st.booleans(),
    warnings=st.sampled_from([(), ("pin_sex_differs",)]),
    conflicts=st.sampled_from([(), ("pin",), ("name",)]),
    photo=st.sampled_from(["matches", "differs", "not_done"]),
    vneid_level=st.integers(0, 2),
    consent=st.booleans(),
)
POLICIES = st.sampled_from(sorted(policies().values(), key=lambda policy: policy.name))


@given(FACTS, POLICIES)
def test_every_fact_has_an_answer_with_sentences(known: Facts, policy: Policy) -> None:
    found = decide(known, policy, NOW)
    heaviest = max((severity for _code, severity in found.reasons), default=0)
    assert ORDER.index(found.outcome) == heaviest
    assert {code for code, _severity in found.reasons} <= set(reason_texts())
    assert found.text("vi") != found.text("en")
    assert found == decide(known, policy, NOW)


@given(FACTS, POLICIES, st.data())
def test_more_proof_never_makes_the_answer_worse(known: Facts, policy: Policy, data: st.DataObject) -> None:
    better: dict[str, Any] = {
        "photo": "matches" if known.photo == "not_done" else known.photo,
        "degraded": False,
        "warnings": (),
        "conflicts": (),
        "consent": True,
        "vneid_level": 2,
        "clone_check": "ok" if known.clone_check == "not_done" else known.clone_check,
        "data_hashes": "ok" if known.data_hashes == "not_done" else known.data_hashes,
        "sod_signature": "ok" if known.sod_signature == "not_done" else known.sod_signature,
        "issuer": "trusted" if known.issuer in ("not_done", "unknown_issuer") else known.issuer,
    }
    name = data.draw(st.sampled_from(sorted(better)))
    more = replace(known, **{name: better[name]})
    before, after = (ORDER.index(decide(each, policy, NOW).outcome) for each in (known, more))
    assert after <= before, name


@given(FACTS)
def test_nothing_is_proved_by_what_is_printed(known: Facts) -> None:
    if known.source in ("typed", "qr", "mrz"):
        assert assurance(known) is Assurance.DECLARED
    if assurance(known) is Assurance.NOT_COPIED:
        assert (known.data_hashes, known.sod_signature, known.issuer, known.clone_check) == (
            "ok",
            "ok",
            "trusted",
            "ok",
        )


def test_every_policy_says_where_it_comes_from() -> None:
    for policy in policies().values():
        assert len(policy.source) > 20
        assert policy.vi != policy.en
    assert all(vi != en for vi, en in (*reason_texts().values(), *OUTCOME_TEXTS.values()))


GOOD: dict[str, Any] = {
    "vi": "a",
    "en": "b",
    "minimum": "declared",
    "issuer_unknown": "note",
    "photo": "none",
    "expired": "note",
    "doubt": "note",
    "degraded": "note",
    "clone": "note",
    "vneid": 1,
    "consent": False,
    "documents": ["cccd"],
    "source": "c",
}


@pytest.mark.parametrize(
    ("key", "value"),
    [("minimum", "sure"), ("photo", "maybe"), ("expired", "later"), ("clone", 3), ("documents", 4)],
)
def test_a_policy_that_is_wrong_names_its_key(key: str, value: object) -> None:
    assert parse_policy("x", GOOD).name == "x"
    for told in ({**GOOD, key: value}, {name: each for name, each in GOOD.items() if name != key}):
        with pytest.raises(VnidError) as refused:
            parse_policy("x", told)
        assert refused.value.field == f"x.{key}"


def test_the_file_of_cases_uses_the_names_of_facts() -> None:
    known = {each.name for each in fields(Facts)}
    assert all(set(case["facts"]) <= known for case in CASES)
