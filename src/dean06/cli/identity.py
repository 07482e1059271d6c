"""`dean06 id`: read and judge Vietnamese identity documents. Needs no installation and no database.

Exit codes: 0 done · 1 wrong usage · 3 the text or the card was refused · 4 a verdict or decision below
acceptance.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from dean06.cli.identity_words import LABELS, parse, refusal, said
from dean06.cli.output import JsonOption, print_json, print_table, say
from vnid.dates import PartialDate
from vnid.decide import OUTCOME_TEXTS, Facts, Outcome, decide, parse_policy, policies, reason_texts
from vnid.errors import VnidError

REFUSED = 3
NOT_ACCEPTED = 4
app = typer.Typer(no_args_is_help=True, help="Giấy tờ tùy thân: đọc, kiểm tra / identity documents.")
FullOption = Annotated[bool, typer.Option("--full", help="In cả số / print whole numbers.")]
DayOption = Annotated[
    datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="Ngày xem xét / the day to judge by.")
]


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Tell what was refused, and end with 3."""
    try:
        yield
    except VnidError as error:
        if as_json:
            print_json(refusal(error))
        else:
            say(f"{error.text('vi')}\n{error.text('en')}")
        raise typer.Exit(REFUSED) from None


def day(given: datetime | None) -> date:
    """The day that was given, or this one."""
    return given.date() if given else date.today()  # noqa: DTZ011 - the machine's day, as people read it


@app.command("parse")
def parse_text(
    text: Annotated[
        str,
        typer.Argument(
            help="Nội dung QR, MRZ hoặc số; tệp; “-” đọc từ đầu vào (số gõ ở dòng lệnh nằm lại trong lịch sử)"
            " / the text, a file, or - for standard input."
        ),
    ] = "-",
    full: FullOption = False,
    today: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Đọc mã QR, MRZ hoặc số định danh / read a QR code, an MRZ or a number."""
    with refusals(as_json=as_json):
        told = parse(_given(text), day(today), full=full)
    if as_json:
        print_json(told)
        return
    shown = [(LABELS[name], said(name, told[name])) for name in LABELS if told[name] not in (None, "", [])]
    shown = [(label, text) for label, text in shown if text]
    print_table("", ("Trường", "Nội dung"), shown)


def _given(text: str) -> str:
    if text == "-":
        data = sys.stdin.buffer.read(1 << 20)
    elif len(text) < 200 and "|" not in text and "<" not in text and Path(text).is_file():
        data = Path(text).read_bytes()[: 1 << 20]
    else:
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise VnidError("not_text", "text") from error


@app.command("decide")
def decide_facts(
    file: Annotated[
        str, typer.Argument(help="Tệp JSON các thông tin, “-” đọc từ đầu vào / facts as JSON.")
    ] = "-",
    policy: Annotated[
        str, typer.Option("--policy", help="Tên quy tắc hoặc tệp JSON / a policy.")
    ] = "one_stop_desk",
    today: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Quyết định theo quy tắc của một nơi / decide by the policy of a place."""
    with refusals(as_json=as_json):
        facts = read_facts(_given(file))
        found = decide(facts, _policy(policy), day(today))
    reasons = [
        {
            "code": code,
            "severity": weight.name.lower(),
            "vi": reason_texts()[code][0],
            "en": reason_texts()[code][1],
        }
        for code, weight in found.reasons
    ]
    if as_json:
        print_json({"outcome": found.outcome.value, "reasons": reasons})
    else:
        rows = [(each["severity"], each["vi"]) for each in reasons]
        print_table(OUTCOME_TEXTS[found.outcome][0], ("Mức", "Lý do"), rows)
    if found.outcome in (Outcome.ASK_PERSON, Outcome.REFUSE):
        raise typer.Exit(NOT_ACCEPTED)


def read_facts(text: str) -> Facts:
    """Facts as `tests/cases/decide.json` writes them. Raises VnidError `facts` naming the wrong one."""
    name = "facts"
    try:
        told = json.loads(text)
        read: dict[str, Any] = {}
        for name, value in told.items():
            read[name] = _fact(name, value)
        name = "source"
        return Facts(**read)
    except (ValueError, TypeError, AttributeError) as error:
        raise VnidError("facts", name) from error


_WORDS = {
    "source": {"typed", "qr", "mrz", "chip", "vneid"},
    "document": {"can_cuoc", "cccd", "cmnd", "passport", "unknown"},
    "data_hashes": {"ok", "bad", "not_done"},
    "sod_signature": {"ok", "bad", "not_done"},
    "issuer": {"trusted", "unknown_issuer", "expired", "revoked", "bad", "not_done"},
    "clone_check": {"ok", "bad", "not_done"},
    "photo": {"matches", "differs", "not_done"},
}


def _fact(name: str, value: Any) -> Any:
    if name in _WORDS:
        if value not in _WORDS[name]:
            raise ValueError(name)
        return value
    if name == "birth_date":
        return PartialDate(*(int(part) for part in value.split("-"))) if value else None
    if name in ("issue_date", "expiry_date"):
        return date.fromisoformat(value) if value else None
    if name in ("warnings", "conflicts"):
        if not all(isinstance(each, str) for each in value):
            raise ValueError(name)
        return tuple(value)
    wanted = int if name == "vneid_level" else bool
    if type(value) is not wanted:
        raise ValueError(name)
    return value


def _policy(name: str) -> Any:
    if name in policies():
        return policies()[name]
    path = Path(name)
    if not path.is_file():
        raise VnidError("policy", name)
    try:
        return parse_policy(path.stem, json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        if isinstance(error, VnidError):
            raise
        raise VnidError("policy", path.name) from error
