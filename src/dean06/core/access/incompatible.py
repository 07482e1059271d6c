"""Which two roles one person may not hold at once for the same part of the tree (maker and checker)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.models import Grant, Role
from dean06.core.errors import NotFound, Reason
from dean06.core.rules import rule
from dean06.core.units.models import Closure

RULE = "access.incompatible_roles"  # [[role, role], …], dated, with its source (migration 0004)


def pairs(on: date) -> frozenset[frozenset[str]]:
    """The pairs of roles refused on a day."""
    try:
        found = rule(RULE, on)
    except NotFound:
        return frozenset()
    return frozenset(frozenset(pair) for pair in found)


def against(grant: Grant, others: Iterable[Grant]) -> list[Reason]:
    """One reason for each of the person's other grants that this one may not stand beside."""
    refused = pairs(clock.today())
    return [
        Reason(_sentence(grant, other), field="role")
        for other in others
        if frozenset({grant.role, other.role}) in refused
        and _same_time(grant, other)
        and _same_branch(grant.unit_id, other.unit_id)
    ]


def _same_time(one: Any, other: Any) -> bool:
    return (one.valid_to is None or other.valid_from is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from is None or one.valid_from < other.valid_to
    )


def _same_branch(one: int, other: int) -> bool:
    """Whether one unit is, or ever stands above, the other."""
    if one == other:
        return True
    above = Q(ancestor_id=one, descendant_id=other) | Q(ancestor_id=other, descendant_id=one)
    return Closure.objects.filter(above).exists()


def _sentence(grant: Grant, other: Grant) -> str:
    text = _(
        "“%(new)s” tại %(unit)s không được giao cùng lúc với “%(old)s” tại %(other)s: người làm và người"
        " kiểm tra phải là hai người. Hãy thu hồi quyền kia trước, hoặc chọn thời hạn không trùng nhau."
    )
    return text % {
        "new": Role(grant.role).label,
        "unit": grant.unit.name,
        "old": Role(other.role).label,
        "other": other.unit.name,
    }
