"""The yearly review: grants that nobody confirmed in time are confirmed or taken back, many at once."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dean06.core import usage
from dean06.core.access import grants, queries
from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.models import Grant, Role
from dean06.core.access.policy import Action, may
from dean06.core.access.reconfirm import reconfirm
from dean06.core.errors import Invalid, Reason
from dean06.ui.tables import Column, Empty, Filter, Table, table_response
from dean06.ui.tables.query import asked, select
from dean06.web.account.users import PURPOSE, operators

_MOST = 500  # grants in one answer


def _pick(grant: Grant) -> SafeString:
    label = _("Chọn quyền của %(name)s") % {"name": grant.user.username}
    text = '<input type="checkbox" form="review" name="grant" value="{}" aria-label="{}">'
    return format_html(text, grant.pk, label)


def _table() -> Table[Grant]:
    return Table(
        key="review",
        caption=_("Quyền cần rà soát"),
        columns=(
            Column("pick", _("Chọn"), _pick, in_export=False),
            Column(
                "user",
                _("Tên đăng nhập"),
                "user.username",
                ("user__username", "id"),
                "main",
                link=lambda grant: reverse("access:user", args=[grant.user_id]),
            ),
            Column("name", _("Họ và tên"), "user.full_name", ("user__full_name", "id")),
            Column("role", _("Vai trò"), lambda grant: Role(grant.role).label, ("role", "id")),
            Column("unit", _("Đơn vị"), "unit.name", ("unit__sort_key", "id")),
            Column("seen", _("Đăng nhập gần nhất"), "user.last_login", ("user__last_login", "id"), "date"),
            Column("confirmed", _("Rà soát gần nhất"), "confirmed_at", ("confirmed_at", "id"), "date"),
        ),
        empty=Empty(_("Không có quyền nào cần rà soát"), _("Mọi quyền đã được rà soát trong 12 tháng qua.")),
        filters=(Filter("vai-tro", _("Vai trò"), Role.choices, "role"),),
        search_folded=("unit__fold",),
        search_text=("user__username", "user__full_name"),
        search_label=_("Tìm theo tên, đơn vị"),
        default_order="confirmed",
        noun=_("quyền"),
    )


@require_safe
@operators
def review(request: SignedInRequest) -> HttpResponse:
    """Grants that nobody confirmed for so long (rule access.review_months)."""
    rows, table = queries.due_for_review(), _table()
    shown = select(rows, table, asked(request.GET, table)).values("user").distinct().count()  # type: ignore[union-attr]
    usage.record_read(
        actor=request.actor, purpose=PURPOSE, unit_id=None, subjects=shown, route="access:review"
    )
    allowed = may(request.actor, Action.EXPORT)
    return table_response(
        request, table, rows, "ra-soat-quyen", template="account/review.html", may_export=allowed
    )


@require_POST
@operators
@reconfirm
def review_act(request: SignedInRequest) -> HttpResponse:
    """Confirm (`giu`) or take back (`thu-hoi`) the chosen grants: all or none. Raises as the actions do."""
    chosen = [int(text) for text in request.POST.getlist("grant") if text.isdecimal() and len(text) < 10]
    if not 1 <= len(chosen) <= _MOST:
        raise Invalid([Reason(_("hãy chọn từ 1 đến %(n)s quyền.") % {"n": _MOST}, field=_("Chọn"))])
    taking = request.POST.get("do") == "thu-hoi"
    with transaction.atomic():
        for grant_id in chosen:
            if taking:
                reason = _("không còn cần, theo rà soát")
                grants.revoke(actor=request.actor, grant_id=grant_id, reason=reason)
            else:
                grants.confirm(actor=request.actor, grant_id=grant_id)
    said = _("Đã thu hồi %(n)s quyền.") if taking else _("Đã xác nhận %(n)s quyền còn cần.")
    messages.success(request, said % {"n": len(chosen)})
    return redirect("access:review")
