"""Reading the log of actions; row-level security keeps every answer inside the reader's scope."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import QuerySet

from dean06.core import clock
from dean06.core.audit.models import AuditEntry


def entries(
    first: date, last: date, *, person: str = "", units: Collection[int] | None = None
) -> QuerySet[AuditEntry]:
    """Entries from `first` to `last` (days of Viet Nam, both included), newest first.

    `person`: part of an account's name. `units`: these only.
    """
    until = clock.local_midnight(last + timedelta(days=1))
    rows = AuditEntry.objects.filter(at__gte=clock.local_midnight(first), at__lt=until)
    if person:
        rows = rows.filter(actor_name__icontains=person)
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    return rows.select_related("unit").order_by("-at", "-id")


def kinds(rows: QuerySet[AuditEntry]) -> tuple[list[str], list[str]]:
    """The actions and the kinds of objects that occur among the rows."""
    plain = rows.order_by()
    actions = plain.values_list("action", flat=True).distinct().order_by("action")
    objects = plain.values_list("object_type", flat=True).distinct().order_by("object_type")
    return list(actions), list(objects)


def about(object_types: Collection[str], object_id: str) -> QuerySet[AuditEntry]:
    """Entries about one object, known under any of these kinds, newest first."""
    rows = AuditEntry.objects.filter(object_type__in=object_types, object_id=object_id)
    return rows.select_related("unit").order_by("-at", "-id")
