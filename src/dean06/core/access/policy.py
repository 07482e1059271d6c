"""What each role may do. The one table that views, actions, exports and commands ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dean06.core.access.actor import Actor, GrantFact
from dean06.core.access.models import Role
from dean06.core.access.policies import REGISTRY, RowPolicy
from dean06.core.errors import Denied
from dean06.core.units.models import Kind

M = TypeVar("M", bound=Model)


class Action(StrEnum):
    """What can be done to a unit's data; a role is a set of these."""

    VIEW = "view"
    EXPORT = "export"
    RECORD = "record"  # write the records of daily work
    IMPORT = "import"  # the same from a sheet
    STATE_FIGURE = "state_figure"  # sign for an imported or declared figure
    VIEW_PERSONAL = "view_personal"
    MANAGE_UNITS = "manage_units"
    MANAGE_PLAN = "manage_plan"
    OPERATE = "operate"
    VIEW_LOG = "view_log"  # the log of actions, inside the scope


# What touches every unit at once: only a grant for the whole province gives these.
_PROVINCE_ONLY = frozenset({Action.MANAGE_PLAN, Action.OPERATE})
_READ = frozenset({Action.VIEW, Action.EXPORT})
_WRITE = _READ | {Action.RECORD, Action.IMPORT}
# What is evidence later: it stops while the log cannot be anchored in time, reading goes on.
EVIDENCE = frozenset(
    {Action.RECORD, Action.IMPORT, Action.STATE_FIGURE, Action.MANAGE_UNITS, Action.MANAGE_PLAN}
)
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.PROVINCE_LEADER: _READ,
    Role.PROVINCE_SUPERVISOR: _READ | {Action.STATE_FIGURE, Action.MANAGE_PLAN, Action.VIEW_LOG},
    Role.PILOT_LEAD: _WRITE | {Action.STATE_FIGURE},
    Role.UNIT_HEAD: _WRITE | {Action.STATE_FIGURE, Action.VIEW_LOG},
    Role.UNIT_OFFICER: _WRITE,
    Role.DESK_OFFICER: _READ | {Action.RECORD},
    Role.AUDITOR: _READ | {Action.VIEW_LOG},
    Role.SYSTEM_ADMINISTRATOR: _READ | {Action.MANAGE_UNITS, Action.OPERATE, Action.VIEW_LOG},
}


def _rule(model: type[Model]) -> RowPolicy:
    """How rows of a model name their unit and pilot: as its row policy. Raises KeyError without one."""
    found = REGISTRY[model._meta.db_table]
    if not found.column:
        raise KeyError(f"{found.table}: rows of no unit, {found.reason}")
    return found


def _grants(actor: Actor, action: Action, pilot: str) -> list[GrantFact]:
    """The grants that give the right. One limited to some pilots writes, and reads names, for those only."""
    if action in _READ:
        return [grant for grant in actor.grants if action in ALLOWED[grant.role]]
    named = action is Action.VIEW_PERSONAL
    return [
        grant
        for grant in actor.grants
        if (grant.personal_data if named else action in ALLOWED[grant.role])
        and (not grant.pilots or pilot in grant.pilots)
        and (action not in _PROVINCE_ONLY or grant.unit_kind == Kind.PROVINCE)
    ]


def may(
    actor: Actor, action: Action, row: Model | None = None, *, unit_id: int | None = None, pilot: str = ""
) -> bool:
    """Whether the actor may do `action` to the row, or for the unit (or for any unit at all when None).

    `pilot` is the code of the pilot it is done for; without one, grants limited to pilots do not count
    for more than reading. A row of no unit belongs to the province: only a grant there reaches it.
    Raises KeyError for a row of a model without a unit.
    """
    if actor.system:
        return True
    if row is not None:
        rule = _rule(type(row))
        unit_id, pilot = getattr(row, rule.column), rule.pilot
    grants = _grants(actor, action, pilot)
    if row is not None and unit_id is None:
        return _of_province(grants)
    if unit_id is None or not grants:
        return bool(grants)
    from dean06.core.units.models import Closure

    tops = {grant.unit_id for grant in grants}
    return unit_id in tops or Closure.objects.filter(ancestor_id__in=tops, descendant_id=unit_id).exists()


def which(actor: Actor, action: Action, model: type[M]) -> QuerySet[M]:
    """The rows on which `may(actor, action, row)` holds, for a model with a row policy by unit.

    Raises KeyError for another model. Row security comes besides.
    """
    rule, rows = _rule(model), model._default_manager.all()
    if actor.system:
        return rows
    grants = _grants(actor, action, rule.pilot)
    tops = sorted({grant.unit_id for grant in grants})
    inside = Q(**{f"{rule.column}__in": tops}) | Q(**{f"{rule.column}__in": below(tops)})
    if _of_province(grants):
        inside |= Q(**{f"{rule.column}__isnull": True})
    return rows.filter(inside)


def below(tops: Collection[int]) -> QuerySet[Any, Any]:
    """The ids of the units that are, or ever stood, below the tops, as a sub-select."""
    from dean06.core.units.models import Closure

    return Closure.objects.filter(ancestor_id__in=tops).values("descendant_id")


def _of_province(grants: Iterable[GrantFact]) -> bool:
    return any(grant.unit_kind == Kind.PROVINCE for grant in grants)


_RIGHTS: dict[Action, str | Promise] = {
    Action.VIEW: _lazy("xem số liệu"),
    Action.EXPORT: _lazy("tải danh sách"),
    Action.RECORD: _lazy("ghi nhận"),
    Action.IMPORT: _lazy("nhập từ tệp"),
    Action.STATE_FIGURE: _lazy("khai số liệu"),
    Action.VIEW_PERSONAL: _lazy("xem dữ liệu cá nhân"),
    Action.MANAGE_UNITS: _lazy("quản lý đơn vị"),
    Action.MANAGE_PLAN: _lazy("quản lý kế hoạch"),
    Action.OPERATE: _lazy("quản trị hệ thống"),
    Action.VIEW_LOG: _lazy("xem nhật ký"),
}


def _refusal(action: Action, unit_id: int | None) -> str:
    """The right that is missing, and where."""
    from dean06.core.units.models import Unit

    unit = Unit.objects.filter(pk=unit_id).first() if unit_id is not None else None
    if unit is None:
        return _("Tài khoản của anh/chị không có quyền “%(right)s”.") % {"right": _RIGHTS[action]}
    text = _("Tài khoản của anh/chị không có quyền “%(right)s” tại %(unit)s.")
    return text % {"right": _RIGHTS[action], "unit": unit.name}


def require(actor: Actor, action: Action, *, unit_id: int | None = None, pilot: str = "") -> None:
    """Raise Denied unless `may`; and for evidence while the newest anchor of the log is too old."""
    if not may(actor, action, unit_id=unit_id, pilot=pilot):
        raise Denied(_refusal(action, unit_id))
    if action in EVIDENCE and not actor.system:
        from dean06.core.audit.anchoring import require_fresh

        require_fresh()
