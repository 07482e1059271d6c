"""`dean06 keys`: the contract for programs and the words for people; never a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dean06.cli.keys import app
from dean06.core import vault
from dean06.core.errors import Conflict
from dean06.core.people.models import Person
from tests.core.people.conftest import register
from tests.core.people.test_rotation import let_pass
from tests.pilots.guidance.world import World

runner = CliRunner()


def _json(*arguments: str) -> Any:
    result = runner.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


@pytest.fixture
def person(world: World) -> Person:
    return register(world)


def test_show_counts_the_rows_and_shows_no_secret(person: Person, keys: Path) -> None:
    shown = _json("show")
    assert shown["keys"] == [{"id": person.key_id, "number": 1, "active": True, "rows": 1}]
    secrets = [path.read_text().strip() for path in keys.glob("*.key")]
    text = runner.invoke(app, ["show"]).stdout + json.dumps(shown)
    assert not any(secret in text for secret in secrets)


def test_rotate_then_retire(person: Person) -> None:
    rotated = _json("rotate")
    assert rotated["rows"] == 1
    assert [key["rows"] for key in _json("show")["keys"]] == [0, 1]
    let_pass()
    assert _json("retire", person.key_id) == {"retired": person.key_id}
    assert [fact.id for fact in vault.ring().facts] == [rotated["key"]]


def test_a_key_in_use_is_not_retired(person: Person) -> None:
    result = runner.invoke(app, ["retire", person.key_id])
    assert isinstance(result.exception, Conflict)
    assert "đang dùng để mã hóa" in result.exception.message


def test_keys_readable_by_others_stop_the_command_with_a_sentence(person: Person, keys: Path) -> None:
    next(keys.glob("vault-*")).chmod(0o640)
    result = runner.invoke(app, ["rotate"])
    assert isinstance(result.exception, vault.VaultError)
    assert "quyền 0640" in result.exception.message
