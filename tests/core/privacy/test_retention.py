"""Retention: deleted on the day and not before, holds respected, counts reported, a run without effect."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from dean06.cli.people import app
from dean06.core.access.actor import system_actor
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Denied
from dean06.core.people import actions as people
from dean06.core.people.models import Person
from dean06.core.privacy import jobs, retention
from dean06.core.privacy.models import DeletionReport, SubjectRequest
from dean06.core.rules.models import Rule
from tests.core.people.conftest import register
from tests.core.privacy.test_requests import opened
from tests.pilots.guidance.world import TODAY, World

JOB = system_actor("test")
YEAR = timedelta(days=365)


def person(world: World, number: str, needed_until: date | None, hold: str = "") -> Person:
    officer, made = world.actor("officer"), register(world, number=number)
    people.mark_needed_until(actor=officer, person_id=made.pk, day=needed_until)
    if hold:
        people.keep_on_hold(actor=officer, person_id=made.pk, reason=hold)
    return made


def test_rows_go_on_their_day_and_not_before(world: World) -> None:
    over = person(world, "000188777001", TODAY - YEAR)
    tomorrow = person(world, "000188777002", TODAY - YEAR + timedelta(days=1))
    needed = person(world, "000188777003", None)
    held = person(world, "000188777004", TODAY - YEAR, hold="Đang có vụ kiện")
    retention.run(actor=JOB)
    assert set(Person.objects.values_list("pk", flat=True)) == {tomorrow.pk, needed.pk, held.pk}
    assert over.pk not in Person.objects.values_list("pk", flat=True)
    report = DeletionReport.objects.get()
    assert (report.table, report.days, report.deleted, report.held) == ("people_person", 365, 1, 1)
    assert report.cutoff == TODAY - YEAR
    assert "chờ cơ quan chủ trì quyết định" in report.citation


def test_a_dry_run_counts_and_touches_nothing(world: World) -> None:
    person(world, "000188777001", TODAY - YEAR)
    entries = AuditEntry.objects.count()
    due = {one.kept.rule: one.rows for one in retention.run(actor=JOB, dry_run=True)}
    assert due == {"retention.person": 1, "retention.request": 0, "retention.breach": 0}
    assert Person.objects.count() == 1
    assert not DeletionReport.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_the_report_names_nobody(world: World) -> None:
    gone = person(world, "000188777001", TODAY - YEAR)
    jobs.retention(0)
    report = DeletionReport.objects.values().get()
    entry = AuditEntry.objects.get(action="privacy.retention")
    assert gone.full_name not in str(report) + str(entry.detail)
    assert str(gone.key) not in str(report) + str(entry.detail)


def test_a_request_of_a_deleted_person_stays(world: World) -> None:
    gone = person(world, "000188777001", TODAY - YEAR)
    made = opened(world, gone, received=TODAY)
    retention.run(actor=JOB)
    assert SubjectRequest.objects.get(pk=made.pk).person_id is None
    assert DeletionReport.objects.get().deleted == 1


def test_without_a_rule_nothing_goes(world: World) -> None:
    person(world, "000188777001", TODAY - YEAR)
    Rule.objects.filter(code="retention.person").delete()
    retention.run(actor=JOB)
    assert Person.objects.count() == 1
    assert not DeletionReport.objects.exists()


def test_a_new_rule_counts_from_its_day(world: World) -> None:
    person(world, "000188777001", TODAY - timedelta(days=40))
    Rule.objects.filter(code="retention.person").update(valid_to=TODAY)
    Rule.objects.create(code="retention.person", value=30, valid_from=TODAY, citation="Quyết định thử")
    retention.run(actor=JOB)
    assert DeletionReport.objects.get().citation == "Quyết định thử"
    assert not Person.objects.exists()


def test_only_the_operator_runs_it(world: World) -> None:
    with pytest.raises(Denied):
        retention.run(actor=world.actor("head"))


def test_the_command_counts_then_deletes(world: World) -> None:
    person(world, "000188777001", TODAY - YEAR)
    runner = CliRunner()
    for flags, left in (["--dry-run"], 1), ([], 0):
        result = runner.invoke(app, ["retention", *flags, "--json"])
        assert result.exit_code == 0, result.exception
        told = json.loads(result.stdout)
        assert told["dry_run"] is bool(left)
        assert {one["rule"]: one["rows"] for one in told["rules"]}["retention.person"] == 1
        assert Person.objects.count() == left
