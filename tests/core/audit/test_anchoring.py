"""Once an authority is configured, old stamps stop evidence; reading goes on; without one nothing stops."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from procrastinate.contrib.django import app

from dean06 import verify_log
from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.audit import anchoring, jobs
from dean06.core.audit.export import export
from dean06.core.audit.models import AuditAnchor, AuditEntry
from dean06.core.errors import Denied
from dean06.core.rules.models import Rule
from dean06.gateways.timestamping import Refused, Unreachable
from dean06.gateways.timestamping.simulator import SimulatedAuthority
from tests.core.audit.rows import ACTOR, commit


@pytest.fixture
def tsa(race_db: str, settings: Any, tmp_path: Path) -> Iterator[SimulatedAuthority]:
    """A configured authority that listens."""
    with SimulatedAuthority() as authority:
        (tmp_path / "root.pem").write_bytes(authority.root_pem)
        settings.TSA_URL, settings.TSA_CERT = authority.url(), str(tmp_path / "root.pem")
        settings.DATA_DIR = tmp_path
        yield authority


def _later(monkeypatch: pytest.MonkeyPatch, delay: timedelta) -> None:
    now = clock.machine_now()
    monkeypatch.setattr(clock, "machine_now", lambda: now + delay)


def test_without_an_authority_nothing_stops(race_db: str) -> None:
    assert anchoring.fresh()
    anchoring.require_fresh()
    assert anchoring.state() == anchoring.State(False, None, "")
    assert jobs.anchor(0) is False


def test_a_configured_authority_that_never_answered_stops_evidence(tsa: SimulatedAuthority) -> None:
    assert not anchoring.fresh()
    with pytest.raises(Denied, match="chưa được neo thời gian lần nào"):
        anchoring.require_fresh()


def test_a_stamp_lets_evidence_through_until_the_limit(
    tsa: SimulatedAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(2)
    assert jobs.anchor(0) is True
    assert anchoring.fresh()
    _later(monkeypatch, timedelta(seconds=14_380))
    assert anchoring.fresh()
    _later(monkeypatch, timedelta(seconds=60))
    assert not anchoring.fresh()
    with pytest.raises(Denied, match="quá giới hạn 4 giờ"):
        anchoring.require_fresh()
    with transaction.atomic(), wide("test"):
        assert AuditEntry.objects.count() == 2  # reading goes on


def test_a_stamp_is_asked_for_when_an_eighth_of_the_limit_has_passed_or_evidence_stopped(
    tsa: SimulatedAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [
        task.cron for task in app.periodic_registry.periodic_tasks.values() if task.task is jobs.anchor
    ] == ["* * * * *"]
    assert jobs.anchor(0) is True
    assert jobs.anchor(0) is False
    _later(monkeypatch, timedelta(minutes=29))
    assert jobs.anchor(0) is False
    assert tsa.asked == 1
    _later(monkeypatch, timedelta(minutes=2))
    assert jobs.anchor(0) is True
    _later(monkeypatch, timedelta(hours=-2))  # the clock was set back: evidence stopped
    assert jobs.anchor(0) is True
    assert tsa.asked == 3


def test_the_limit_is_a_dated_rule(tsa: SimulatedAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    anchoring.anchor()
    with transaction.atomic(), wide("test"):
        Rule.objects.filter(code=anchoring.LIMIT).update(value=1800)
    _later(monkeypatch, timedelta(seconds=1900))
    with pytest.raises(Denied, match="quá giới hạn 0,5 giờ"):
        anchoring.require_fresh()


def test_a_clock_set_back_does_not_keep_a_stamp_young(
    tsa: SimulatedAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchoring.anchor()
    _later(monkeypatch, timedelta(hours=-1))
    with pytest.raises(Denied, match="đồng hồ máy chủ đang chậm hơn"):
        anchoring.require_fresh()


@pytest.mark.parametrize(
    "way", ["down", "wrong-nonce", "wrong-digest", "expired", "unknown", "rejected", "garbage"]
)
def test_a_bad_answer_is_never_kept(tsa: SimulatedAuthority, way: str) -> None:
    tsa.way = way
    assert jobs.anchor(0) is False
    with pytest.raises((Refused, Unreachable)):
        anchoring.anchor()
    assert AuditAnchor.objects.count() == 0
    assert tsa.asked == 2
    tsa.way = ""
    assert jobs.anchor(0) is True


def test_an_authority_without_its_certificate_is_an_error_of_the_settings(
    tsa: SimulatedAuthority, settings: Any
) -> None:
    settings.TSA_CERT = "/none.pem"
    with pytest.raises(ImproperlyConfigured, match="TSA_CERT"):
        anchoring.anchor()


def test_an_anchored_export_is_proved_by_the_authority(tsa: SimulatedAuthority, tmp_path: Path) -> None:
    commit(3, reads=1)
    anchoring.anchor()
    commit(1)
    out = io.BytesIO()
    export(actor=ACTOR, write=out.write)
    file = tmp_path / "log.jsonl"
    file.write_bytes(out.getvalue())
    code, told = verify_log.verify(str(file), tsa=str(tmp_path / "root.pem"))
    assert (code, told["anchor_checked"], told["anchored_records"], told["records"]) == (0, "authority", 4, 5)
