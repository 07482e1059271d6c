"""What a register must keep: one function a rule, each of which can fail."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dean06.usage_conformance.client import Answer, Target

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
NUMBER_LIKE = re.compile(r"\d(?:[ .-]?\d){8,}")
MAX_LIMIT = 1000
FRESH_SECONDS = 60
TEXTS = ("logtime", "action", "receiverCode", "receiverSystem")


class Failed(Exception):
    """The register does not keep the rule; the text says what came instead."""


@dataclass(frozen=True)
class Check:
    """A rule with its code; `needs` names what of the target it cannot do without."""

    code: str
    title: str
    run: Callable[[Target], None]
    needs: str = ""


CHECKS: list[Check] = []


def check(code: str, *, needs: str = "") -> Callable[[Callable[[Target], None]], Callable[[Target], None]]:
    """Register a rule; its title is the first line of the function's text."""

    def add(function: Callable[[Target], None]) -> Callable[[Target], None]:
        CHECKS.append(Check(code, (function.__doc__ or code).strip().splitlines()[0], function, needs))
        return function

    return add


def demand(kept: bool, message: str) -> None:
    """Raise Failed with the message unless kept."""
    if not kept:
        raise Failed(message)


def status(answer: Answer, *wanted: int) -> Answer:
    """The answer, when its status is one of those wanted."""
    demand(answer.status in wanted, f"status {answer.status} instead of {' or '.join(map(str, wanted))}")
    return answer


def moment(value: object, name: str) -> datetime:
    """A time as RFC 3339 has it."""
    demand(isinstance(value, str) and RFC_3339.fullmatch(str(value)) is not None, f"{name} is not RFC 3339")
    return datetime.fromisoformat(str(value).upper())


def page(target: Target, **asked: Any) -> tuple[int, list[dict[str, Any]]]:
    """totalUsages and usages of a findUsage that must succeed."""
    value = status(target.find(**asked), 200).value
    demand(isinstance(value, dict), "the answer is no JSON object")
    total, rows = value.get("totalUsages"), value.get("usages")
    demand(type(total) is int and total >= 0, "totalUsages is no count")
    demand(
        isinstance(rows, list) and all(isinstance(row, dict) for row in rows), "usages is no list of objects"
    )
    return total, rows


@check("heartbeat")
def heartbeat(target: Target) -> None:
    """heartbeat answers 200 with status UP and its time."""
    value = status(target.get("heartbeat"), 200).value
    demand(isinstance(value, dict) and value.get("status") == "UP", "status is not UP")
    moment(value.get("time"), "time")


@check("token.none")
def no_token(target: Target) -> None:
    """Nothing is answered without a token."""
    for answer in (target.get("heartbeat", ""), target.get("usagePeriod", ""), target.find(token="")):
        status(answer, 401)


@check("token.wrong")
def wrong_token(target: Target) -> None:
    """Nothing is answered with a wrong token, not even one that begins like the right one."""
    for token in ("wrong", target.token[:-1], target.token + "x"):
        status(target.find(token=token), 401)


@check("period.reach")
def reach(target: Target) -> None:
    """usagePeriod gives two times of RFC 3339 in order, or two nulls; the second is not in the future."""
    value = status(target.get("usagePeriod"), 200).value
    demand(isinstance(value, dict), "the answer is no JSON object")
    start, end = value.get("periodStart"), value.get("periodEnd")
    if start is None or end is None:
        demand(start is end, "one end is null and the other is not")
        return
    first, last = moment(start, "periodStart"), moment(end, "periodEnd")
    now = moment(target.get("heartbeat").value["time"], "time")
    demand(first <= last, "periodStart is after periodEnd")
    demand(last <= now + timedelta(seconds=60), "periodEnd is in the future")


@check("period.covers")
def covers(target: Target) -> None:
    """Every look told of lies inside usagePeriod."""
    value = target.get("usagePeriod").value
    first = moment(value.get("periodStart"), "periodStart")
    _total, rows = page(target, limit=MAX_LIMIT)
    demand(
        all(moment(row["logtime"], "logtime") >= first for row in rows), "a look is older than periodStart"
    )
    total, _rows = page(target, periodEnd=value["periodStart"])
    demand(total == 0, "there are looks before periodStart")


@check("period.no_more", needs="has_oldest")
def no_more(target: Target) -> None:
    """usagePeriod claims no more than exists: it begins with the oldest look."""
    first = moment(target.get("usagePeriod").value.get("periodStart"), "periodStart")
    total, _rows = page(target, limit=1)
    _total, rows = page(target, limit=1, offset=total - 1)
    oldest = moment(rows[0]["logtime"], "logtime")
    demand(first >= oldest, f"periodStart lies {oldest - first} before the oldest look")


@check("find.shape")
def shape(target: Target) -> None:
    """Each look has a time, an action, and the code and system of who received the data."""
    total, rows = page(target)
    demand(total >= 3 and len(rows) >= 3, "the subject has fewer than three looks")
    for row in rows:
        for name in TEXTS:
            demand(isinstance(row.get(name), str) and row[name].strip() != "", f"a look has no {name}")
        moment(row["logtime"], "logtime")


@check("find.words")
def words(target: Target) -> None:
    """The action stands in human words, not in a code."""
    for row in page(target)[1]:
        action = str(row.get("action", ""))
        demand(len(action.split()) >= 3, f"the action has fewer than three words: {action!r}")
        demand(re.search(r"[a-z]+[._][a-z]+", action) is None, f"the action holds a code: {action!r}")


@check("find.newest_first")
def newest_first(target: Target) -> None:
    """The newest look comes first."""
    times = [moment(row["logtime"], "logtime") for row in page(target, limit=MAX_LIMIT)[1]]
    demand(times == sorted(times, reverse=True), "the looks are not in order, newest first")


@check("find.paging")
def paging(target: Target) -> None:
    """Pages of one put together are the whole, and totalUsages does not change with the page."""
    total, whole = page(target, limit=MAX_LIMIT)
    some = min(total, 12)
    pages = [page(target, limit=1, offset=number) for number in range(some)]
    demand(all(len(rows) == 1 for _total, rows in pages), "a page of one has not one look")
    demand([rows[0] for _total, rows in pages] == whole[:some], "the pages are not the parts of the whole")
    demand({count for count, _rows in pages} == {total}, "totalUsages changes with the page")
    demand(page(target, offset=total + 5)[1] == [], "there are looks after the last one")


@check("find.limit")
def limit(target: Target) -> None:
    """limit runs from 1 to 1000, offset from 0; anything else is refused."""
    status(target.find(limit=MAX_LIMIT), 200)
    wrong: tuple[dict[str, Any], ...] = (
        {"limit": MAX_LIMIT + 1},
        {"limit": 0},
        {"limit": -1},
        {"limit": "10"},
        {"limit": True},
        {"offset": -1},
        {"offset": 1.5},
    )
    for asked in wrong:
        demand(target.find(**asked).status == 400, f"{asked} is not refused with 400")


@check("find.period")
def period(target: Target) -> None:
    """periodStart counts itself, periodEnd does not."""
    _total, rows = page(target, limit=MAX_LIMIT)
    middle = rows[len(rows) // 2]["logtime"]
    after = page(target, periodStart=middle, limit=MAX_LIMIT)[1]
    before = page(target, periodEnd=middle, limit=MAX_LIMIT)[1]
    here = moment(middle, "logtime")
    later = [row for row in rows if moment(row["logtime"], "logtime") >= here]
    demand(after == later, "periodStart does not give the looks from that moment on")
    demand(before == rows[len(later) :], "periodEnd does not give the looks before that moment")


@check("find.times")
def times(target: Target) -> None:
    """Times that are not RFC 3339, or in the wrong order, are refused."""
    for given in ("2023-12-01", "2023-12-01T00:00:00", "01/12/2023", "2023-13-01T00:00:00Z", 5):
        demand(target.find(periodStart=given).status == 400, f"periodStart {given!r} is not refused with 400")
    upside_down = target.find(periodStart="2023-12-02T00:00:00Z", periodEnd="2023-12-01T00:00:00Z")
    demand(upside_down.status == 400, "an end before the beginning is not refused with 400")


@check("find.body")
def body(target: Target) -> None:
    """A body that is no question of the protocol is refused, in JSON, without repeating it."""
    for given in (b"{", b"[]", b"null", {}, {"userCode": "12"}, {"userCode": 5}, {"userCode": ["1"] * 12}):
        answer = target.post(given)
        demand(answer.status == 400, f"{given!r} is not refused with 400")
        demand(isinstance(answer.value, dict) and "error" in answer.value, "the refusal is no JSON error")


@check("asker.required")
def asker_required(target: Target) -> None:
    """Who asks must be named."""
    status(target.find(asker=""), 400)


@check("asker.other")
def asker_other(target: Target) -> None:
    """Somebody without a right of representation gets nothing, not even a count."""
    answer = status(target.find(asker=target.stranger), 403)
    demand("usages" not in answer.text and "totalUsages" not in answer.text, "the refusal tells of looks")


@check("find.stranger")
def stranger(target: Target) -> None:
    """Somebody at whom nobody looked gets an empty list, as somebody unknown does."""
    demand(page(target, user=target.stranger) == (0, []), "there are looks at somebody nobody looked at")


@check("privacy.address")
def address(target: Target) -> None:
    """No number may stand in an address."""
    status(target.get(f"findUsage?userCode={target.subject}"), 400, 404, 405)


@check("privacy.answer")
def answer_without_data(target: Target) -> None:
    """The answer holds neither the subject's number nor anything that looks like one."""
    answer = status(target.find(limit=MAX_LIMIT), 200)
    demand(target.subject not in answer.text, "the answer repeats the subject's number")
    for row in answer.value["usages"]:
        for name, value in row.items():
            found = name != "logtime" and NUMBER_LIKE.search(str(value)) is not None
            demand(not found, f"{name} holds something like a number")
    refused = target.find(limit=0)
    demand(target.subject not in refused.text, "a refusal repeats the subject's number")


@check("privacy.no_store")
def no_store(target: Target) -> None:
    """No answer may be kept on the way."""
    answers = (target.get("usagePeriod"), target.find(), target.find(limit=0))
    kept = [one.status for one in answers if "no-store" not in one.headers.get("cache-control", "")]
    demand(kept == [], f"answers without Cache-Control: no-store ({kept})")


@check("representation", needs="representative")
def representation(target: Target) -> None:
    """A representative gets the looks, and that he asked becomes a look that the subject sees."""
    before, _rows = page(target)
    page(target, asker=target.representative)
    after, rows = page(target)
    demand(after == before + 1, "the representative's question is not written down")
    demand(moment(rows[0]["logtime"], "logtime") is not None, "the newest look has no time")


@check("fresh", needs="look")
def fresh(target: Target) -> None:
    """A look is told of within sixty seconds."""
    before, _rows = page(target, limit=1)
    began = time.monotonic()
    if target.look is not None:
        target.look()
    while page(target, limit=1)[0] <= before:
        demand(time.monotonic() - began < FRESH_SECONDS, "a look made a minute ago is not told of")
        time.sleep(0.2)
