"""What each role may do. The one table that views, actions, exports and commands ask."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _

from dean06.core.access.actor import Actor, GrantFact
from dean06.core.access.models import Role
from dean06.core.errors import Denied
from dean06.core.units.models import Kind


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


def may(actor: Actor, action: Action, *, unit_id: int | None = None, pilot: str = "") -> bool:
    """Whether the actor may do `action` for the unit (or for any unit at all when None).

    `pilot` is the code of the pilot it is done for; without one, grants limited to pilots do not count
    for more than reading.
    """
    if actor.system:
        return True
    grants = _grants(actor, action, pilot)
    if unit_id is None or not grants:
        return bool(grants)
    from dean06.core.units.models import Closure

    tops = {grant.unit_id for grant in grants}
    return unit_id in tops or Closure.objects.filter(ancestor_id__in=tops, descendant_id=unit_id).exists()


def require(actor: Actor, action: Action, *, unit_id: int | None = None, pilot: str = "") -> None:
    """Raise Denied unless `may`; and for evidence while the newest anchor of the log is too old."""
    if not may(actor, action, unit_id=unit_id, pilot=pilot):
        raise Denied(_("Tài khoản của anh/chị không có quyền thực hiện việc này cho đơn vị này."))
    if action in EVIDENCE and not actor.system:
        from dean06.core.audit.anchoring import require_fresh

        require_fresh()
