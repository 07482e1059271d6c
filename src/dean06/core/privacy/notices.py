"""What was sent about a breach, on which document; how its file is closed; what undoes either.

Sending a notice (Luật 91/2025/QH15, Điều 23; NĐ 356/2025/NĐ-CP, Điều 28) is evidence: it names the document,
its moment, and why a field of the form was left empty. A correction takes it back with a reason; both stay in
the audit.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.errors import Conflict, Invalid, Reason
from dean06.core.privacy.breaches import CLOCKS, clocks, form_fields, locked, save
from dean06.core.privacy.models import Breach

WITH_FORM = "notify"  # the clock whose notice is Mẫu 08
CLOSE = "close"
SHORTEST, LONGEST = 10, 500


def empty_fields(breach: Breach) -> list[str]:
    """The labels of the form's fields that have no answer yet."""
    return [field.label for field in form_fields() if not breach.form.get(field.key)]


def meet(
    *, actor: Actor, key: UUID, version: int, name: str, document: str, sent_at: datetime, why_empty: str = ""
) -> Breach:
    """A notice or report went out by a document.

    Raises Conflict when that clock does not run or was met already; Invalid for a document without number, a
    moment before the detection or after now, or empty fields of Mẫu 08 without a reason.
    """
    with transaction.atomic():
        breach = locked(actor, key, version)
        if name not in {one.name for one in clocks(breach) if one.met_at is None}:
            raise Conflict(_("Mốc này không chạy cho vụ việc, hoặc đã được thực hiện."))
        empty = empty_fields(breach) if name == WITH_FORM else []
        _check(breach, document.strip(), sent_at, why_empty.strip() if empty else None)
        setattr(breach, CLOCKS[name][2], sent_at)
        breach.papers[name] = {"document": document.strip()}
        if empty:
            breach.papers[name]["why_empty"] = why_empty.strip()
        late = next(one.overdue for one in clocks(breach) if one.name == name)
        told = {"late": late, "sent_at": sent_at.isoformat(), **breach.papers[name]}
        save(actor, f"privacy.breach.{name}", breach, **told)
    return breach


def _check(breach: Breach, document: str, sent_at: datetime, why_empty: str | None) -> None:
    reasons = []
    if not 3 <= len(document) <= 60:
        reasons.append(Reason(_("Hãy ghi số văn bản, từ 3 đến 60 chữ."), field=_("Số văn bản")))
    if sent_at < breach.detected_at:
        reasons.append(Reason(_("Thời điểm gửi không được trước khi phát hiện."), field=_("Gửi lúc")))
    if sent_at > clock.now():
        reasons.append(Reason(_("Thời điểm gửi không được sau bây giờ."), field=_("Gửi lúc")))
    if why_empty is not None and not SHORTEST <= len(why_empty) <= LONGEST:
        told = _("Mẫu 08 còn mục trống: hãy điền và lưu, hoặc ghi lý do từ 10 đến 500 chữ.")
        reasons.append(Reason(told, field=_("Lý do còn mục trống")))
    if reasons:
        raise Invalid(reasons)


def take_back(*, actor: Actor, key: UUID, version: int, name: str, why: str) -> Breach:
    """Recorded by mistake: the clock of a notice runs again. Raises Conflict when not met, Invalid."""
    with transaction.atomic():
        breach = locked(actor, key, version)
        if name not in {one.name for one in clocks(breach) if one.met_at is not None}:
            raise Conflict(_("Mốc này chưa được ghi là đã gửi."))
        said = _said(why, _("Lý do đính chính"))
        setattr(breach, CLOCKS[name][2], None)
        before = breach.papers.pop(name, {}).get("document", "")
        save(actor, "privacy.breach.take_back", breach, clock=name, document=before, why=said)
    return breach


def close(*, actor: Actor, key: UUID, version: int, conclusion: str) -> Breach:
    """Close the file with a conclusion. Raises Conflict while a clock is not met, Invalid."""
    with transaction.atomic():
        breach = locked(actor, key, version)
        if any(one.met_at is None for one in clocks(breach)):
            raise Conflict(_("Còn thông báo hoặc báo cáo chưa gửi; chưa đóng được vụ việc."))
        breach.papers[CLOSE] = {"conclusion": _said(conclusion, _("Kết luận"))}
        breach.closed_on = clock.today()
        save(actor, "privacy.breach.close", breach)
    return breach


def reopen(*, actor: Actor, key: UUID, version: int, why: str) -> Breach:
    """A file was closed by mistake or goes on. Raises Conflict when it is open, Invalid."""
    with transaction.atomic():
        breach = locked(actor, key, version, closed=True)
        said = _said(why, _("Lý do mở lại"))
        breach.closed_on = None
        breach.papers.pop(CLOSE, None)
        save(actor, "privacy.breach.reopen", breach, why=said)
    return breach


def _said(text: str, field: str) -> str:
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid([Reason(_("Hãy ghi từ 10 đến 500 chữ."), field=field)])
    return text
