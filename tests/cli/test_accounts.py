"""`dean06 user`: the contract for programs, and the words for people."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from typer.testing import CliRunner

from dean06.cli.prepare import hint_at_first_account
from dean06.cli.users import app
from dean06.core import clock
from dean06.core.access.models import Grant
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Dean06Error, Invalid, NotFound
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Code, Kind
from dean06.core.usage.models import UsageRecord
from tests.core.units.trees import unit

runner = CliRunner()
SECRET = "bình minh trên sông Thương"
AN = ("create", "an.thu", "--full-name", "Nguyễn Thị An", "--role", "auditor", "--unit", "tinh")


@pytest.fixture(autouse=True)
def _province(db: None) -> None:
    with wide("test"):
        province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
        Code.objects.create(unit=province, scheme="gso", code="24")
        rebuild()


def _run(*arguments: str, given: str = "") -> str:
    result = runner.invoke(app, list(arguments), input=given)
    assert result.exit_code == 0, result.exception
    return result.stdout


def _error(*arguments: str, given: str = "") -> Dean06Error:
    result = runner.invoke(app, list(arguments), input=given)
    assert isinstance(result.exception, Dean06Error), result.output
    return result.exception


def test_an_account_is_made_listed_and_given_a_new_password() -> None:
    made = json.loads(_run(*AN, "--password-stdin", "--json", given=f"{SECRET}\n"))
    assert made == {"username": "an.thu", "role": "auditor", "unit": "tinh", "pilots": []}
    assert authenticate(username="an.thu", password=SECRET) is not None
    (listed,) = json.loads(_run("list", "--json"))
    assert (listed["username"], listed["full_name"], listed["unit_name"]) == (
        "an.thu",
        "Nguyễn Thị An",
        "Tỉnh Thử",
    )
    with wide("test"):
        assert UsageRecord.objects.get(purpose="access.accounts").subjects == 1
    assert "an.thu" in _run("list")
    _run("password", "an.thu", "--password-stdin", given=f"{SECRET}!\n")
    assert authenticate(username="an.thu", password=f"{SECRET}!") is not None


def test_what_is_refused_is_told() -> None:
    _run(*AN, "--password-stdin", given=f"{SECRET}\n")
    assert isinstance(_error(*AN, "--password-stdin", given=f"{SECRET}\n"), Conflict)
    other = ("create", "binh.thu", *AN[2:])
    assert "--password-stdin" in _error(*other).message
    assert "14" in str(_error(*other, "--password-stdin", given="ngắn\n"))
    unknown = _error(*other, "--pilot", "P77", "--password-stdin", given=f"{SECRET}\n")
    assert isinstance(unknown, Invalid)
    assert "P77" in str(unknown)
    assert isinstance(_error(*other[:-1], "khong-co", given=SECRET), NotFound)
    assert "an.thu" in _error("password", "an.th").message


def test_the_first_start_says_how_the_first_account_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    hint_at_first_account()
    told = capsys.readouterr().err
    assert "user create" in told
    assert "--unit 24" in told
    _run(*AN, "--password-stdin", given=f"{SECRET}\n")
    hint_at_first_account()
    assert capsys.readouterr().err == ""


def test_grants_are_given_shown_reviewed_and_taken_back() -> None:
    _run(*AN, "--password-stdin", given=f"{SECRET}\n")
    refused = _error("grant", "an.thu", "--role", "unit_officer", "--unit", "24")
    assert isinstance(refused, Invalid)
    assert "--role" in str(refused)
    given = ("grant", "an.thu", "--role", "province_leader", "--unit", "24", "--valid-to", "2030-01-01")
    made = json.loads(_run(*given, "--json"))
    assert (made["role"], made["unit"]) == ("province_leader", "tinh")
    shown = json.loads(_run("show", "an.thu", "--json"))
    assert [one["valid_to"] for one in shown["grants"]] == [None, "2030-01-01"]
    assert json.loads(_run("review", "--json")) == []
    with wide("test"):
        Grant.objects.filter(role="auditor").update(confirmed_at=clock.now() - timedelta(days=400))
    assert [one["role"] for one in json.loads(_run("review", "--json"))] == ["auditor"]
    assert isinstance(_error("revoke", "an.thu", "999"), Invalid)
    _run("revoke", "an.thu", str(made["id"]), "--reason", "thử")
    assert len(json.loads(_run("show", "an.thu", "--json"))["grants"]) == 1


def test_an_account_is_closed_opened_and_unlocked() -> None:
    _run(*AN, "--password-stdin", given=f"{SECRET}\n")
    _run("disable", "an.thu", "--reason", "nghỉ việc")
    assert authenticate(username="an.thu", password=SECRET) is None
    assert json.loads(_run("show", "an.thu", "--json"))["disabled_reason"] == "nghỉ việc"
    _run("enable", "an.thu")
    assert authenticate(username="an.thu", password=SECRET) is not None
    assert json.loads(_run("unlock", "an.thu", "--json"))["was_locked"] is False
    assert "khong-co" in _error("unlock", "khong-co").message
