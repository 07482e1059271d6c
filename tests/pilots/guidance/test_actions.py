"""Who may write what, what the audit tells, what is refused and leaves nothing behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from dean06.core.access.scope import scoped, wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.photos.models import Photo
from dean06.core.units.models import Unit
from dean06.pilots.guidance import actions
from dean06.pilots.guidance.models import Material, Officer, Record, VideoShowing
from dean06.pilots.guidance.records import KINDS
from tests.core.photos.pictures import png_header
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import NAME, TODAY, World

POSTER: dict[str, Any] = {"kind": "poster", "title": "Áp phích", "hung_on": date(2023, 11, 1)}
PERSON: dict[str, Any] = {
    "staff_code": "CB-9",
    "full_name": NAME,
    "position": "Công chức",
    "valid_from": date(2022, 1, 1),
}


def add(world: World, who: str, slug: str, at: Unit, values: dict[str, Any], **more: Any) -> Record:
    with transaction.atomic():
        actor = world.actor(who)
        with scoped(actor):
            return actions.add_record(actor=actor, kind=KINDS[slug], unit_id=at.pk, values=values, **more)


def reasons(error: Invalid) -> list[tuple[str | None, str]]:
    return [(reason.field, reason.message) for reason in error.reasons]


def jobs() -> list[str]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return sorted(
        f"{j.args.get('code')}@{j.args.get('unit_id', 'all')}" for j in ProcrastinateJob.objects.all()
    )


@pytest.mark.parametrize(("who", "may"), [("officer", True), ("desk", True), ("lead", True), ("head", True)])
def test_people_of_the_commune_and_above_record_at_its_desk(world: World, who: str, may: bool) -> None:
    row = add(world, who, "vat-pham", world.desk, POSTER)
    assert (row.pk is not None) is may
    assert row.recorded_by_id == world.users[who].pk


@pytest.mark.parametrize("who", ["neighbour", "auditor", "leader", "stranger"])
def test_others_are_refused_and_nothing_is_written(world: World, who: str) -> None:
    with pytest.raises(Denied):
        add(world, who, "vat-pham", world.desk, POSTER, photo=worlds.photo())
    with transaction.atomic(), wide("test"):
        assert not Material.objects.exists()
        assert not Photo.objects.exists()
        assert not AuditEntry.objects.filter(action__startswith="guidance").exists()


def test_a_neighbour_does_not_even_find_the_record(world: World) -> None:
    row = add(world, "officer", "vat-pham", world.desk, POSTER)
    with transaction.atomic():
        actor = world.actor("neighbour")
        with scoped(actor), pytest.raises(NotFound):
            actions.revoke_record(
                actor=actor, kind=KINDS["vat-pham"], record_id=row.pk, version=1, reason="thử"
            )


def test_each_step_stands_in_the_audit_and_moves_the_figures(world: World) -> None:
    kind = KINDS["vat-pham"]
    row = add(world, "officer", "vat-pham", world.desk, POSTER, photo=worlds.photo())
    with transaction.atomic():
        actor = world.actor("officer")
        with scoped(actor):
            key = {"actor": actor, "kind": kind, "record_id": row.pk}
            actions.revise_record(**key, version=1, values=POSTER | {"title": "Khác"})
            actions.revoke_record(**key, version=2, reason="rách")
            actions.restore_record(**key, version=3)
            done = actions.end_record(**key, version=4, day=TODAY)
    assert isinstance(done, Material)
    assert (done.removed_on, done.version, done.title) == (TODAY, 5, "Khác")
    with transaction.atomic(), wide("test"):
        steps = AuditEntry.objects.filter(object_type="guidance.vat-pham").order_by("id")
        assert [step.action.removeprefix("guidance.") for step in steps] == [
            "add",
            "revise",
            "revoke",
            "restore",
            "end",
        ]
        assert steps[1].detail == {"title": ["Áp phích", "Khác"]}
        assert steps[4].detail == {"removed_on": ["", str(TODAY)]}
        assert {step.unit_id for step in steps} == {world.desk.pk}
        assert jobs() == [f"guidance.desk_material_{x}@{world.desk.pk}" for x in ("any", "both")]


def test_no_name_stands_in_the_audit(world: World) -> None:
    row = add(world, "officer", "can-bo", world.desk, PERSON)
    with transaction.atomic():
        actor = world.actor("officer")
        with scoped(actor):
            actions.revise_record(
                actor=actor,
                kind=KINDS["can-bo"],
                record_id=row.pk,
                version=1,
                values=PERSON | {"full_name": f"{NAME} Hai", "position": "Phó"},
            )
    with transaction.atomic(), wide("test"):
        details = [entry.detail for entry in AuditEntry.objects.filter(object_type="guidance.can-bo")]
    assert NAME not in str(details)
    assert details[-1] == {"position": ["Công chức", "Phó"], "personal": ["full_name"]}


def test_a_training_moves_every_point_where_its_officer_guides(world: World) -> None:
    with transaction.atomic(), wide("test"):
        who = worlds.officer(world.commune)
        worlds.assignment(world.desk, who)
        worlds.assignment(world.post, who)
    values = {"officer": who, "course": "Lớp", "passed_on": TODAY, "certificate": "CN"}
    add(world, "officer", "tap-huan", world.commune, values)
    with transaction.atomic(), wide("test"):
        assert jobs() == sorted(
            f"guidance.{code}@{at.pk}"
            for code in ("point_guided", "desk_staff_trained")
            for at in (world.desk, world.post)
        )


@pytest.mark.parametrize(
    ("slug", "change", "field", "part"),
    [
        ("vat-pham", {"hung_on": TODAY + timedelta(days=1)}, "hung_on", "tương lai"),
        ("vat-pham", {"removed_on": date(2023, 10, 1)}, "removed_on", "sau ngày bắt đầu"),
        ("vat-pham", {"removed_on": TODAY + timedelta(days=1)}, "removed_on", "tương lai"),
        ("vat-pham", {"kind": "flag"}, "kind", "flag"),
        ("vat-pham", {"title": ""}, "title", ""),
        ("vat-pham", {"title": "x" * 201}, "title", "200"),
    ],
)
def test_wrong_values_are_named_by_field(
    world: World, slug: str, change: dict[str, Any], field: str, part: str
) -> None:
    with pytest.raises(Invalid) as caught:
        add(world, "officer", slug, world.desk, POSTER | change)
    (found,) = reasons(caught.value)
    assert found[0] == field
    assert part in found[1]


def test_a_record_does_not_fit_every_unit(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        add(world, "officer", "vat-pham", world.post, POSTER)
    assert reasons(caught.value) == [("unit", "“Công an xã Một” không ghi loại bản ghi này.")]


def test_a_desk_that_ended_takes_records_of_its_days_only(world: World) -> None:
    with transaction.atomic(), wide("test"):
        Unit.objects.filter(pk=world.desk.pk).update(valid_to=date(2023, 11, 1))
    add(world, "officer", "vat-pham", world.desk, POSTER | {"hung_on": date(2023, 10, 31)})
    with pytest.raises(Invalid) as caught:
        add(world, "officer", "vat-pham", world.desk, POSTER)
    assert reasons(caught.value) == [("hung_on", "Đơn vị đã kết thúc hoạt động từ 01/11/2023.")]


def test_the_same_twice_is_refused_until_the_first_is_withdrawn(world: World) -> None:
    first = add(world, "officer", "vat-pham", world.desk, POSTER)
    with pytest.raises(Invalid) as caught:
        add(world, "officer", "vat-pham", world.desk, POSTER)
    assert reasons(caught.value) == [("title", "Điểm này đã có bản ghi y hệt còn hiệu lực.")]
    with transaction.atomic():
        actor = world.actor("officer")
        with scoped(actor):
            kind = KINDS["vat-pham"]
            actions.revoke_record(actor=actor, kind=kind, record_id=first.pk, version=1, reason="ghi nhầm")
    add(world, "officer", "vat-pham", world.desk, POSTER)
    with transaction.atomic():
        actor = world.actor("officer")
        with scoped(actor), pytest.raises(Invalid):
            actions.restore_record(actor=actor, kind=kind, record_id=first.pk, version=2)


@pytest.mark.parametrize("slug", ["can-bo"])
def test_a_staff_code_is_used_once_in_the_province(world: World, slug: str) -> None:
    add(world, "officer", slug, world.desk, PERSON)
    with pytest.raises(Invalid) as caught:
        add(world, "neighbour", slug, world.other_desk, PERSON)
    assert reasons(caught.value) == [("staff_code", "Mã cán bộ này đã có.")]


def test_an_old_version_is_a_conflict_and_so_is_a_withdrawn_record(world: World) -> None:
    kind, row = KINDS["vat-pham"], add(world, "officer", "vat-pham", world.desk, POSTER)
    with transaction.atomic():
        actor = world.actor("officer")
        with scoped(actor):
            actions.revise_record(actor=actor, kind=kind, record_id=row.pk, version=1, values=POSTER)
            with pytest.raises(Conflict, match="vừa được người khác sửa"):
                actions.revise_record(actor=actor, kind=kind, record_id=row.pk, version=1, values=POSTER)
            actions.revoke_record(actor=actor, kind=kind, record_id=row.pk, version=2, reason="x")
            with pytest.raises(Conflict, match="đã được thu hồi"):
                actions.end_record(actor=actor, kind=kind, record_id=row.pk, version=3, day=TODAY)
            with pytest.raises(Invalid, match="lý do"):
                actions.revoke_record(actor=actor, kind=kind, record_id=row.pk, version=3, reason="  ")


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        (png_header(50_000, 50_000), "điểm ảnh"),
        (b"", "rỗng"),
        (b"%PDF-1.7", ""),
    ],
)
def test_a_hostile_photo_leaves_neither_record_nor_photo(world: World, data: bytes, part: str) -> None:
    with pytest.raises(Invalid) as caught:
        add(world, "officer", "vat-pham", world.desk, POSTER, photo=data)
    assert reasons(caught.value)[0][0] == "photo"
    assert part in reasons(caught.value)[0][1]
    with transaction.atomic(), wide("test"):
        assert (Material.objects.count(), Photo.objects.count()) == (0, 0)


def test_a_course_is_recorded_where_the_officer_belongs(world: World) -> None:
    with transaction.atomic(), wide("test"):
        who = worlds.officer(world.commune)
    values = {"officer": who, "course": "Lớp", "passed_on": TODAY, "certificate": "CN"}
    with pytest.raises(Invalid) as caught:
        add(world, "officer", "tap-huan", world.desk, values)
    assert reasons(caught.value) == [("officer", "Cán bộ này thuộc “Xã Một”; hãy ghi tập huấn tại đó.")]


def test_a_look_lies_between_hanging_and_taking_down(world: World) -> None:
    with transaction.atomic(), wide("test"):
        row = worlds.material(world.desk, hung_on=date(2023, 11, 1), removed_on=date(2023, 12, 1))
    for day, part in ((date(2023, 10, 31), "treo từ"), (date(2023, 12, 1), "đã gỡ")):
        values = {"material": row, "checked_on": day, "present": True}
        with pytest.raises(Invalid, match=part):
            add(world, "officer", "kiem-tra-vat-pham", world.desk, values)


def test_ending_a_showing_and_an_officer(world: World) -> None:
    with transaction.atomic(), wide("test"):
        row = worlds.showing(world.desk, worlds.video(world.province))
        person = worlds.officer(world.desk)
    with transaction.atomic():
        actor = world.actor("officer")
        with scoped(actor):
            shown: dict[str, Any] = {
                "actor": actor,
                "kind": KINDS["video"],
                "record_id": row.pk,
                "version": 1,
            }
            with pytest.raises(Invalid, match="sau ngày bắt đầu"):
                actions.end_record(**shown, day=row.shown_from)
            actions.end_record(**shown, day=TODAY)
            leave: dict[str, Any] = {
                "actor": actor,
                "kind": KINDS["can-bo"],
                "record_id": person.pk,
                "version": 1,
            }
            actions.end_record(**leave, day=TODAY + timedelta(days=20))
    with transaction.atomic(), wide("test"):
        assert VideoShowing.objects.get().shown_to == TODAY
        assert Officer.objects.get().valid_to == TODAY + timedelta(days=20)
