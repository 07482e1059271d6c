"""As whom a request is answered: with all of one's grants, with one of them, or as an auditor sees another.

The choice stands in the session and is looked at anew for each request: a grant withdrawn meanwhile counts
no more. Nobody gains by it: one grant is less than all, and another's grants are cut to the auditor's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dean06.core import audit, usage
from dean06.core.access.actor import Actor, GrantFact, actor_for
from dean06.core.access.grants import account
from dean06.core.access.models import Role, User
from dean06.core.access.policy import ALLOWED, Action
from dean06.core.access.scope import wide
from dean06.core.errors import Denied, Invalid, NotFound, Reason
from dean06.core.units.models import Closure

PURPOSE = "access.view_as"
_GRANT, _VIEWED = "acting_grant", "view_as"
_SAFE = ("GET", "HEAD", "OPTIONS")
_SHORTEST = 10  # characters of a reason


@dataclass(frozen=True, slots=True)
class Acting:
    """What the top bar says: one's own grants, the chosen one (0: all), and whose eyes are borrowed."""

    own: tuple[GrantFact, ...]
    chosen: int
    viewed_name: str = ""

    @property
    def grant(self) -> GrantFact | None:
        """The grant under which he acts when he chose one."""
        return next((one for one in self.own if one.grant_id == self.chosen), None)


def while_viewing(view: Any) -> Any:
    """Mark the one page that may be posted to while an auditor sees as another: the way back."""
    view.while_viewing = True
    return view


def apply(request: HttpRequest, actor: Actor, view: Callable[..., Any], *, own: bool) -> Actor:
    """The actor for this request; `own`: a page of one's own account, which stays his.

    Raises Denied for anything but reading while an auditor sees as another.
    """
    if actor.subject_key is not None:
        return actor
    target = _viewed(request, actor)
    chosen = int(request.session.get(_GRANT) or 0)
    if chosen not in {one.grant_id for one in actor.grants}:
        chosen = 0
    name = target.full_name if target else ""
    request.acting = Acting(actor.grants, chosen, name)  # type: ignore[attr-defined]
    if target is not None:
        if request.method not in _SAFE and not getattr(view, "while_viewing", False):
            raise Denied(
                _("Đang xem như người khác: chỉ được đọc, không ghi, không gửi. Hãy thôi xem trước.")
            )
        return actor if own else _as(actor, target)
    if own or not chosen:
        return actor
    return replace(actor, grants=tuple(one for one in actor.grants if one.grant_id == chosen))


def note(request: HttpRequest, actor: Actor) -> None:
    """Write down the page that an auditor sees as another, with both names; call inside the scope."""
    acting = getattr(request, "acting", None)
    if acting is not None and acting.viewed_name:
        match = request.resolver_match
        route = match.view_name if match else request.path
        usage.record_read(actor=actor, purpose=PURPOSE, unit_id=None, subjects=1, route=route)


def choose(request: HttpRequest, actor: Actor, grant_id: int) -> None:
    """Act under one grant from now on; 0 for all. Raises NotFound for a grant that is not one's own."""
    if grant_id and grant_id not in {one.grant_id for one in actor.grants}:
        raise NotFound(_("Quyền này không còn; có thể vừa được thu hồi."))
    request.session[_GRANT] = grant_id


def start(request: HttpRequest, actor: Actor, username: str, reason: str) -> User:
    """Begin to see as another. Raises Denied for others than auditors, NotFound, Invalid naming the field."""
    require_auditor(actor)
    why = " ".join(reason.split())
    if len(why) < _SHORTEST:
        text = _("Hãy ghi từ %(n)s ký tự trở lên.") % {"n": _SHORTEST}
        raise Invalid([Reason(text, field="reason")])
    with wide("an auditor looks for an account"):
        target = account(username.strip())
        if target.pk == actor.user_id:
            raise Invalid([Reason(_("Đây là tài khoản của chính anh/chị."), field="username")])
        if not target.is_active or not _as(actor, target).grants:
            text = _("Tài khoản này bị khóa, hoặc không có quyền nào trong phạm vi anh/chị kiểm tra.")
            raise Invalid([Reason(text, field="username")])
        _record(actor, "view_as_started", target.pk, **{"as": target.username, "reason": why})
    request.session[_VIEWED] = target.pk
    return target


def stop(request: HttpRequest, actor: Actor) -> None:
    """See with one's own eyes again."""
    target = request.session.pop(_VIEWED, None)
    if target is not None:
        _record(actor, "view_as_stopped", int(target))


def require_auditor(actor: Actor) -> None:
    """Raise Denied for everybody but auditors."""
    if not _audits(actor):
        raise Denied(_("Chỉ kiểm tra viên được xem như người khác."))


def _audits(actor: Actor) -> list[GrantFact]:
    return [one for one in actor.grants if one.role == Role.AUDITOR]


def _viewed(request: HttpRequest, actor: Actor) -> User | None:
    """Whom the auditor sees as; None, and over, when he is no auditor any more or the account is closed."""
    found = request.session.get(_VIEWED)
    if found is None:
        return None
    target = User.objects.filter(pk=found, is_active=True, subject_key=None).first()
    if target is None or not _audits(actor):
        stop(request, actor)
        return None
    return target


def _as(actor: Actor, target: User) -> Actor:
    """The other's grants inside what the auditor audits; names only where he may see them himself.

    Grants that operate the installation are left out: accounts and invitations are no auditor's to read.
    """
    with wide("what an auditor may see is compared with what another may"):
        held = actor_for(target).grants
        seen = tuple(
            replace(one, personal_data=one.personal_data and _covered(one, actor.grants, personal=True))
            for one in held
            if _covered(one, _audits(actor)) and Action.OPERATE not in ALLOWED[one.role]
        )
    # Kept in the log, so the same in every language.
    return replace(actor, username=f"{actor.username} → {target.username}", grants=seen)


def _covered(one: GrantFact, by: Any, *, personal: bool = False) -> bool:
    above = {
        other.unit_id
        for other in cast(tuple[GrantFact, ...], by)
        if (other.personal_data or not personal)
        and (not other.pilots or (one.pilots and one.pilots <= other.pilots))
    }
    return (
        one.unit_id in above
        or Closure.objects.filter(ancestor_id__in=above, descendant_id=one.unit_id).exists()
    )


def _record(actor: Actor, action: str, target_id: int, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=f"access.{action}",
        object_type="access.user",
        object_id=target_id,
        unit_id=None,
        detail=detail,
    )
