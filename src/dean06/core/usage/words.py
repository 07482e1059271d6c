"""A look in words that its subject understands."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.rules import rule
from dean06.core.usage.queries import Looked


def who(look: Looked) -> str:
    """ "Xã Thanh Bình", "Người đại diện của anh/chị" or the system itself."""
    if look.by_representative:
        return _("Người đại diện của anh/chị")
    return look.recipient or _("Hệ thống")


def action(look: Looked) -> str:
    """What was done and why: "Xem số định danh đầy đủ của anh/chị để giải quyết thủ tục hành chính"."""
    if look.purpose is None:
        return _("Xem dữ liệu của anh/chị; mục đích “%(code)s” không còn trong danh mục") % {
            "code": look.code
        }
    english = (get_language() or "vi").startswith("en")
    purpose = look.purpose
    seen, label = (purpose.seen_en, purpose.label_en) if english else (purpose.seen_vi, purpose.label_vi)
    return _("Xem %(seen)s của anh/chị để %(purpose)s") % {"seen": seen, "purpose": label}


def basis(look: Looked) -> str:
    """The legal basis, saying plainly when nobody has compared it with the gazette."""
    if look.purpose is None:
        return ""
    if look.purpose.verified:
        return look.purpose.basis
    return _("%(basis)s (chưa đối chiếu với công báo)") % {"basis": look.purpose.basis}


def concealed(look: Looked) -> str:
    """That a look which is shown now was hidden before, from when to when and why; "" for others."""
    if look.concealed is None:
        return ""
    one = look.concealed
    reasons = rule("usage.hiding_reasons", one.start.astimezone(clock.VIETNAM).date())
    text = _(
        "Lần xem này đã được ẩn từ %(start)s đến %(end)s; lý do: %(reason)s. "
        "Hai người có thẩm quyền đã duyệt."
    )
    return text % {
        "start": f"{one.start.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}",
        "end": f"{one.end.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}",
        "reason": reasons.get(one.reason, one.reason),
    }


def sentence(look: Looked) -> str:
    """The whole: day and hour, who, what and why, on which basis; and that it was hidden for a time."""
    local = look.at.astimezone(clock.VIETNAM)
    done = action(look)
    text = _("Ngày %(day)s, lúc %(hour)s, %(who)s đã %(action)s. Căn cứ: %(basis)s.")
    told = text % {
        "day": f"{local:%d/%m/%Y}",
        "hour": f"{local:%H:%M}",
        "who": who(look),
        "action": done[:1].lower() + done[1:],
        "basis": basis(look) or _("không rõ"),
    }
    return f"{told} {concealed(look)}".rstrip()
