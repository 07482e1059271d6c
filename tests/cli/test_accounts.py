"""`dean06 user`: the contract for programs, and the words for people."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import authenticate
from typer.testing import CliRunner

from dean06.cli.accounts import app
from dean06.cli.prepare import hint_at_first_account
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
