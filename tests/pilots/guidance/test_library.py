"""The library of videos and lists: kept by the lead of the pilot alone, each step once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from dean06.core.access.scope import scoped, wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid
from dean06.pilots.guidance import actions
from dean06.pilots.guidance.models import ProcedureList, Video
from tests.pilots.guidance.test_actions import jobs
from tests.pilots.guidance.world import TODAY, World


def library(world: World, who: str, what: str, **values: Any) -> Any:
    with transaction.atomic():
        actor = world.actor(who)
        with scoped(actor):
            return getattr(actions, what)(actor=actor, **values)


@pytest.mark.parametrize("who", ["officer", "head", "auditor", "leader", "desk"])
def test_only_the_lead_keeps_the_library(world: World, who: str) -> None:
    with pytest.raises(Denied, match="cơ quan chủ trì"):
        library(world, who, "add_video", title="V", procedure="P")
    with pytest.raises(Denied, match="cơ quan chủ trì"):
        library(world, who, "publish_list", level="commune", code="x", document="y", valid_from=TODAY)
    with transaction.atomic(), wide("test"):
        assert (Video.objects.count(), ProcedureList.objects.count()) == (0, 0)


def test_a_video_is_added_approved_and_ended_once(world: World) -> None:
    made = library(world, "lead", "add_video", title=" V ", procedure="P")
    with pytest.raises(Invalid, match="cùng tên"):
        library(world, "lead", "add_video", title="V", procedure="P")
    approve = {"video_id": made.pk, "approved_on": TODAY, "approval": "PD-1"}
    library(world, "lead", "approve_video", **approve)
    with pytest.raises(Conflict, match="đã được duyệt"):
        library(world, "lead", "approve_video", **approve)
    with pytest.raises(Invalid, match="phải sau ngày duyệt"):
        library(world, "lead", "expire_video", video_id=made.pk, valid_to=TODAY)
    library(world, "lead", "expire_video", video_id=made.pk, valid_to=TODAY + timedelta(days=1))
    with transaction.atomic(), wide("test"):
        assert jobs() == ["guidance.desk_video@all"]
        assert AuditEntry.objects.filter(object_type="guidance.library").count() == 3


def test_a_new_list_ends_the_one_before(world: World) -> None:
    one = {"level": "commune", "document": "QĐ"}
    first = library(world, "lead", "publish_list", code="a", valid_from=date(2023, 6, 1), **one)
    library(world, "lead", "publish_list", code="b", valid_from=date(2023, 9, 1), **one)
    with transaction.atomic(), wide("test"):
        first.refresh_from_db()
        assert first.valid_to == date(2023, 9, 1)
    for code, day, part in (("c", date(2023, 9, 1), "Phải sau ngày"), ("a", date(2023, 10, 1), "đã có")):
        with pytest.raises(Invalid, match=part):
            library(world, "lead", "publish_list", code=code, valid_from=day, **one)
    with transaction.atomic(), wide("test"):
        assert ProcedureList.objects.filter(valid_to=None).get().code == "b"
