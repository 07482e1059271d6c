"""`load_plan`: the one way a plan enters the database."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict, Invalid, Reason
from dean06.plan.check import CheckReport, check_plan
from dean06.plan.load.content import content_hash
from dean06.plan.load.sync import Changes, StillReferencedError
from dean06.plan.load.writer import Writer
from dean06.plan.models import Plan

_LOCK = 0x706C616E  # "plan": two loads at once wait for each other


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, by table; `changed` is False when the database held the same files already."""

    plan: str
    changed: bool
    tables: dict[str, Changes]


def load_plan(path: Path, actor: Actor, *, known_indicators: Set[str]) -> LoadReport:
    """Check the folder `path` and write it to the database in one transaction.

    Idempotent: unchanged files are skipped by their hash, changed ones are matched by code. The units of
    the folder must be loaded before. `known_indicators` are the codes that the software can count.
    Raises Denied; Invalid with one reason for each problem of the files; Conflict when the files drop
    something that recorded figures or adopted targets still refer to. Nothing is written then.
    """
    require(actor, Action.MANAGE_PLAN)
    digest = _digest(path)
    with transaction.atomic(), wide("a plan concerns every unit"):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        same = Plan.objects.filter(content_hash=digest).values_list("code", flat=True).first()
        if same is not None:
            return LoadReport(same, changed=False, tables={})
        report = check_plan(path, known_indicators)
        if report.problems:
            raise Invalid([Reason(f"{path / problem.file}:{problem.line}: {problem.message}")
                           for problem in report.problems])  # fmt: skip
        return _write(report, digest, actor)


def _digest(path: Path) -> str:
    try:
        return content_hash(path)
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from error


def _write(report: CheckReport, digest: str, actor: Actor) -> LoadReport:
    writer = Writer.of(report)
    try:
        plan, tables = writer.write(digest, clock.now())
    except StillReferencedError as error:
        message = _("Không thể bỏ “%(row)s” khỏi kế hoạch: còn dữ liệu gắn với mục này trong %(tables)s.")
        raise Conflict(message % {"row": error.row, "tables": ", ".join(error.tables)}) from error
    detail = {name: [change.created, change.updated, change.removed] for name, change in tables.items()}
    audit.record(
        actor=actor,
        action="plan.load",
        object_type="plan",
        object_id=plan.code,
        unit_id=None,
        detail={"content_hash": digest, "tables": detail},
    )
    return LoadReport(plan.code, changed=True, tables=tables)
