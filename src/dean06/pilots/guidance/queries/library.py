"""Reads of the library that every desk draws on."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import NotFound
from dean06.pilots.guidance.models import Posting, ProcedureList, Video, VideoShowing


class VideoState(StrEnum):
    """Where a video of the library stands on a day."""

    WAITING = "waiting"
    VALID = "valid"
    EXPIRED = "expired"


def video_state(video: Video, on: date) -> VideoState:
    """Not approved (yet), approved and valid, or out of date."""
    if video.approved_on is None or video.approved_on > on:
        return VideoState.WAITING
    return VideoState.EXPIRED if video.valid_to is not None and video.valid_to <= on else VideoState.VALID


def in_state(state: str, on: date) -> Q:
    """The same as a condition."""
    approved = Q(approved_on__lte=on)
    expired = Q(valid_to__lte=on)
    return {
        VideoState.WAITING.value: ~approved | Q(approved_on=None),
        VideoState.EXPIRED.value: approved & expired,
        VideoState.VALID.value: approved & (Q(valid_to=None) | Q(valid_to__gt=on)),
    }[state]


def videos() -> QuerySet[Any]:
    """The video library, each with the number of points in sight that show it today."""
    today = clock.today()
    shown = VideoShowing.objects.filter(video=OuterRef("pk"), revoked_at=None, shown_from__lte=today)
    shown = shown.filter(Q(shown_to=None) | Q(shown_to__gt=today)).order_by()
    count = Subquery(shown.values("video").annotate(n=Count("unit", distinct=True)).values("n"))
    return Video.objects.annotate(points=Coalesce(count, 0))


def video(video_id: int) -> Video:
    """One video of the library. Raises NotFound."""
    found = Video.objects.select_related("unit").filter(pk=video_id).first()
    if found is None:
        raise NotFound(_("Không tìm thấy video này."))
    return found


def shown_at(video: Video) -> list[VideoShowing]:
    """Where in sight the video is shown today, in the order of the points' names."""
    today = clock.today()
    rows = VideoShowing.objects.filter(video=video, revoked_at=None, shown_from__lte=today)
    rows = rows.filter(Q(shown_to=None) | Q(shown_to__gt=today))
    return list(rows.select_related("unit").order_by("unit__sort_key", "id"))


def procedure_lists() -> QuerySet[Any]:
    """Versions of the lists of procedures, each with the number of points in sight that post it today."""
    today = clock.today()
    posted = Posting.objects.filter(procedure_list=OuterRef("pk"), revoked_at=None, posted_on__lte=today)
    posted = posted.filter(Q(removed_on=None) | Q(removed_on__gt=today)).order_by()
    count = Subquery(posted.values("procedure_list").annotate(n=Count("unit", distinct=True)).values("n"))
    return ProcedureList.objects.annotate(points=Coalesce(count, 0))
