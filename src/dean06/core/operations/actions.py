"""What an administrator does to the running installation."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import scoped
from dean06.core.errors import Conflict, NotFound

# The queue's own function (procrastinate), which also writes the job's history.
_RETRY = "select procrastinate_retry_job_v2(%s, %s, null, null, null)"


def retry_job(*, actor: Actor, job_id: int) -> str:
    """Put a failed job back in its queue, to be done now; returns the name of its task.

    Raises Denied without the right to operate, NotFound when no such job has failed, Conflict when the same
    work waits already.
    """
    with transaction.atomic(), scoped(actor):
        require(actor, Action.OPERATE)
        job = ProcrastinateJob.objects.filter(pk=job_id, status="failed").first()
        if job is None:
            raise NotFound(
                _("Không có việc nền bị lỗi số %(number)s; có thể đã được chạy lại.") % {"number": job_id}
            )
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_RETRY, [job_id, clock.machine_now()])
        except IntegrityError as error:
            raise Conflict(_("Việc nền này đang chờ chạy rồi, không cần chạy lại.")) from error
        audit.record(
            actor=actor,
            action="operations.retry_job",
            object_type="job",
            object_id=job_id,
            unit_id=None,
            detail={"task": job.task_name, "attempts": job.attempts},
        )
        return str(job.task_name)
