"""Two requests of people of the demo: one waits for an acknowledgement, one for its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dean06.core import clock
from dean06.core.access.actor import system_actor
from dean06.core.people.models import Person
from dean06.core.privacy import requests
from dean06.core.privacy.models import RequestKind, SubjectRequest


def write(people: Sequence[Person]) -> list[SubjectRequest]:
    """Requests of the first two people; call inside a wide scope."""
    actor = system_actor("demo")
    made = [
        requests.open_request(
            actor=actor,
            person_id=person.pk,
            kind=kind,
            received_on=clock.today() - timedelta(days=days),
            asked=asked,
        )
        for person, kind, days, asked in zip(
            people,
            (RequestKind.VIEW, RequestKind.CORRECT),
            (2, 1),
            ("Xin xem dữ liệu mà xã đang lưu (mô phỏng)", "Xin sửa ngày sinh ghi sai (mô phỏng)"),
            strict=False,
        )
    ]
    told = [requests.acknowledge(actor=actor, key=one.key, version=one.version) for one in made[:1]]
    return told + made[1:]
