"""Time stamps of an outside authority over the heads of all chains, and what follows when they grow old.

With `TSA_URL` set, work that is evidence stops once the newest stamp is older than the dated rule
`audit.anchor_limit_seconds`; reading goes on. Without it the log is chained but not anchored, and says so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.audit import chain
from dean06.core.audit.models import AuditAnchor
from dean06.core.errors import Denied
from dean06.core.rules import rule
from dean06.gateways.timestamping import Stamp, Timestamper, TimestampError

LIMIT = "audit.anchor_limit_seconds"
#: A stamp may be this far ahead of our clock before the clock counts as set back.
_AHEAD = timedelta(minutes=5)
_TRIES = 8  # so many stamps fit into the limit: with the usual four hours, one every half hour
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """`problem` is empty while evidence may be written; else a sentence that says why not."""

    configured: bool
    newest: datetime | None
    problem: str


def configured() -> bool:
    """Whether an authority is named."""
    return bool(settings.TSA_URL)


def client() -> Timestamper:
    """The client of the configured authority. Raises ImproperlyConfigured."""
    from dean06.gateways.timestamping.live import LiveTimestamper, roots_from

    try:
        roots = roots_from(Path(settings.TSA_CERT))
    except (OSError, ValueError) as error:
        text = _("TSA_CERT phải là tệp PEM chứa chứng thư gốc của cơ quan cấp dấu thời gian: %(error)s")
        raise ImproperlyConfigured(text % {"error": error}) from error
    return LiveTimestamper(settings.TSA_URL, roots)


def anchor(authority: Timestamper | None = None) -> Stamp:
    """Stamp the heads as they are now and keep the stamp. Raises TimestampError, ImproperlyConfigured.

    No transaction is open while the authority is asked.
    """
    with transaction.atomic(), wide("the heads of all chains"):
        text = chain.heads_text(chain.installation(), chain.heads())
    stamp = (authority or client()).stamp(text.encode())
    with transaction.atomic(), wide("keeping a time stamp"):
        AuditAnchor.objects.bulk_create(
            [AuditAnchor(at=stamp.at, authority=stamp.authority, heads=text, token=stamp.token)]
        )
    return stamp


def anchor_if_due() -> bool:
    """For the job: whether a stamp was kept; a failure is a line in the log, the next run tries again.

    Due is a stamp where none is, where the newest stops evidence, and after an eighth of the limit.
    """
    if not configured() or not _due():
        return False
    try:
        anchor()
    except TimestampError as error:
        logger.error("no time stamp over the audit log: %s", error)
        return False
    return True


def _due() -> bool:
    with transaction.atomic(), wide("the stamps belong to no unit"):
        found = state()
    if found.newest is None or found.problem:
        return True
    return clock.machine_now() - found.newest >= _limit() / _TRIES


def state() -> State:
    """How things stand now, by the machine's clock (the business clock of a demo does not count)."""
    newest = AuditAnchor.objects.order_by("-at").values_list("at", flat=True).first()
    if not configured():
        return State(False, newest, "")
    return State(True, newest, _problem(newest, clock.machine_now()))


def fresh() -> bool:
    """Whether evidence may be written: no authority is configured, or its newest stamp is young enough."""
    return not configured() or not state().problem


def require_fresh() -> None:
    """Raise Denied, with the reason, unless `fresh`."""
    if configured() and (problem := state().problem):
        raise Denied(problem)


def _limit() -> timedelta:
    return timedelta(seconds=int(rule(LIMIT, clock.today())))


def _problem(newest: datetime | None, now: datetime) -> str:
    if newest is None:
        return _(
            "Tạm dừng ghi: nhật ký chưa được neo thời gian lần nào. Vẫn xem được dữ liệu; "
            "quản trị hệ thống hãy kiểm tra kết nối tới cơ quan cấp dấu thời gian."
        )
    told = {"at": f"{newest.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"}
    if newest - now > _AHEAD:
        return (
            _(
                "Tạm dừng ghi: đồng hồ máy chủ đang chậm hơn mốc neo thời gian gần nhất (%(at)s). "
                "Vẫn xem được dữ liệu; quản trị hệ thống hãy chỉnh lại đồng hồ."
            )
            % told
        )
    limit = _limit()
    if now - newest <= limit:
        return ""
    told["hours"] = f"{limit.total_seconds() / 3600:g}".replace(".", ",")
    return (
        _(
            "Tạm dừng ghi: mốc neo thời gian gần nhất của nhật ký là %(at)s, quá giới hạn %(hours)s giờ. "
            "Vẫn xem được dữ liệu; quản trị hệ thống hãy kiểm tra kết nối tới cơ quan cấp dấu thời gian."
        )
        % told
    )
