"""What a citizen finds about himself: the looks under his key, the newest first, without hidden ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.people import usage_keys
from dean06.core.usage import hiding, retention
from dean06.core.usage.models import HiddenUsage, HidingApproval, UsagePurpose, UsageRecord, UsageSubject

_WHY = "a citizen's own rows, found by his key alone"


@dataclass(frozen=True, slots=True)
class Concealed:
    """That a look was hidden for a time which is over, and why (a code of the rule usage.hiding_reasons)."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Looked:
    """One look as its subject may know it.

    The officer's name is his own data and stays out; so does the reason he wrote, which auditors read.
    """

    at: datetime
    purpose: UsagePurpose | None
    code: str
    recipient: str
    recipient_key: str
    subjects: int
    by_representative: bool
    concealed: Concealed | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of looks, and how many there are in all."""

    total: int
    looks: tuple[Looked, ...]


def find(
    subject_key: bytes,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    offset: int = 0,
    limit: int = 100,
    also: Sequence[bytes] = (),
) -> Found:
    """Looks at the person with this key, from `start` (inclusive) to `end` (exclusive), newest first.

    Also those under his keys of before a change of the index key, and under `also`.
    """
    with transaction.atomic(), wide(_WHY):
        rows = _visible([*usage_keys.same(subject_key), *also], start, end)
        total = rows.count()
        ids = rows.order_by("-at", "-usage_id").values_list("usage_id", flat=True)[offset : offset + limit]
        return Found(total, tuple(_looks(list(ids))))


def _visible(keys: Sequence[bytes], start: datetime | None, end: datetime | None) -> QuerySet[UsageSubject]:
    rows = UsageSubject.objects.filter(subject_key__in=keys)
    limit = retention.cutoff()  # what is over is not shown, also before the nightly job took it away
    for since in (start, limit):
        if since is not None:
            rows = rows.filter(at__gte=since)
    if end is not None:
        rows = rows.filter(at__lt=end)
    hidden = HiddenUsage.objects.filter(hiding__in=hiding.in_force(clock.now()).values("pk"))
    return rows.exclude(usage_id__in=hidden.values("usage_id"))


def _looks(ids: Sequence[int]) -> list[Looked]:
    rows = UsageRecord.objects.select_related("recipient_unit").in_bulk(ids)
    catalogue: dict[str, list[UsagePurpose]] = {}
    for purpose in UsagePurpose.objects.filter(code__in={row.purpose for row in rows.values()}):
        catalogue.setdefault(purpose.code, []).append(purpose)
    was = _concealed(ids)
    return [_look(rows[each], catalogue.get(rows[each].purpose, []), was.get(each)) for each in ids]


def _concealed(ids: Sequence[int]) -> dict[int, Concealed]:
    """Look → the last hiding that hid it from the moment of the second yes to its end."""
    yes: dict[int, list[datetime]] = {}
    rows = HiddenUsage.objects.filter(usage_id__in=ids).select_related("hiding").order_by("hiding_id")
    given = HidingApproval.objects.filter(hiding__in=[row.hiding_id for row in rows]).order_by("at")
    for hidden, at in given.values_list("hiding_id", "at"):
        yes.setdefault(hidden, []).append(at)
    found = {}
    for row in rows:
        one, agreed = row.hiding, yes.get(row.hiding_id, [])
        end = one.ended_at or one.expires_at
        if len(agreed) >= hiding.APPROVALS and one.refused_at is None:
            start = max(row.at, agreed[hiding.APPROVALS - 1])
            found[row.usage_id] = Concealed(start, end, one.reason)
    return found


def _look(row: UsageRecord, versions: Sequence[UsagePurpose], concealed: Concealed | None) -> Looked:
    day = row.at.astimezone(clock.VIETNAM).date()
    purpose = next(
        (
            one
            for one in versions
            if (one.valid_from is None or one.valid_from <= day)
            and (one.valid_to is None or day < one.valid_to)
        ),
        None,
    )
    unit = row.recipient_unit
    return Looked(
        at=row.at,
        purpose=purpose,
        code=row.purpose,
        recipient=row.recipient or (unit.name if unit else ""),
        recipient_key=unit.key if unit and not row.recipient else "",
        subjects=row.subjects,
        by_representative=row.on_behalf_of_id is not None,
        concealed=concealed,
    )
