"""Edits of the tree: what is refused, in which words, and that nothing is half-written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from dean06.core.access.actor import Actor, GrantFact, system_actor
from dean06.core.access.models import Role
from dean06.core.access.scope import scoped, wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.units import actions
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Alias, Closure, Code, Kind, Placement, Unit
from dean06.core.units.queries import ancestors, children, fact, resolve
from tests.core.units.trees import place, unit

DAY = date(2024, 1, 1)


@dataclass
class Cast:
    province: Unit
    east: Unit
    west: Unit
    commune: Unit
    admin: Actor


def administrator(top: Unit, role: Role = Role.SYSTEM_ADMINISTRATOR) -> Actor:
    grant = GrantFact(role, top.id, top.name, Kind(top.kind), frozenset(), False)
    return Actor(user_id=7, username="quan.tri", full_name="Nguyễn Văn Quản", grants=(grant,))


@pytest.fixture
def cast(db: None) -> Cast:
    with wide("test"):
        province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
        east = unit("dong", "Huyện Đông", Kind.DISTRICT, under=province)
        west = unit("tay", "Huyện Tây", Kind.DISTRICT, under=province)
        commune = unit("xa-1", "Xã Một", under=east)
        Code.objects.create(unit=commune, scheme="gso", code="00001")
        rebuild()
    return Cast(province, east, west, commune, administrator(province))


def test_a_new_name_keeps_the_old_one_for_the_days_before(cast: Cast) -> None:
    with scoped(cast.admin):
        renamed = actions.rename_unit(
            actor=cast.admin,
            unit_id=cast.commune.id,
            version=1,
            name=" Phường  Một ",
            since=DAY,
            document="NQ 1",
        )
    assert (renamed.name, renamed.version) == ("Phường Một", 2)
    assert fact(cast.commune.id, date(2023, 12, 31)).name == "Xã Một"
    assert fact(cast.commune.id, DAY).name == "Phường Một"
    with wide("test"):
        entry = AuditEntry.objects.get(object_id="xa-1")
    assert (entry.action, entry.detail["from"], entry.unit_id) == ("units.rename", "Xã Một", cast.commune.id)


@pytest.mark.parametrize(
    ("name", "since", "reason"),
    [
        ("  ", DAY, "“Tên mới”: không được để trống"),
        ("…", DAY, "“Tên mới”: không được để trống"),
        ("Xã Một", DAY, "“Tên mới”: trùng với tên hiện tại “Xã Một”"),
        ("x" * 201, DAY, "“Tên mới”: dài 201 ký tự, tối đa 200"),
    ],
)
def test_a_bad_new_name_is_refused(cast: Cast, name: str, since: date, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.rename_unit(
            actor=cast.admin, unit_id=cast.commune.id, version=1, name=name, since=since, document=""
        )
    assert str(refused.value) == reason
    assert resolve("xa-1").version == 1


def test_an_edit_from_an_old_version_is_a_conflict_that_names_the_other(cast: Cast) -> None:
    actions.add_alias(
        actor=cast.admin, unit_id=cast.commune.id, version=1, alias="Xã 1", kind=Alias.AliasKind.SPELLING
    )
    with pytest.raises(Conflict, match=r"“Xã Một” đã được quan\.tri sửa lúc .* chưa có gì được ghi"):
        actions.rename_unit(
            actor=cast.admin, unit_id=cast.commune.id, version=1, name="Phường Một", since=DAY, document=""
        )
    assert resolve("xa-1").name == "Xã Một"


def test_a_unit_ends_with_its_place_and_codes_but_keeps_its_history(cast: Cast) -> None:
    actions.retire_unit(actor=cast.admin, unit_id=cast.commune.id, version=1, ends=DAY, document="NQ 2")
    assert children(cast.east.id, date(2023, 12, 31))[0].id == cast.commune.id
    assert children(cast.east.id, DAY) == []
    assert Code.objects.get(code="00001").valid_to == DAY
    with pytest.raises(NotFound, match=r"không còn vào ngày 02/01/2024: kết thúc từ ngày 01/01/2024"):
        resolve("xa-1", date(2024, 1, 2))
    assert Closure.objects.filter(descendant=cast.commune, ancestor=cast.province).exists()


def test_a_unit_with_living_units_below_does_not_end(cast: Cast) -> None:
    with pytest.raises(Conflict, match=r"Chưa thể kết thúc “Huyện Đông” .* 1 đơn vị .* \(“Xã Một”\)"):
        actions.retire_unit(actor=cast.admin, unit_id=cast.east.id, version=1, ends=DAY, document="")
    stored = Unit.objects.get(pk=cast.east.id)
    assert (stored.valid_to, stored.version) == (None, 1)
    assert Placement.objects.get(unit=cast.east).valid_to is None


def test_a_unit_ends_once(cast: Cast) -> None:
    ended = actions.retire_unit(actor=cast.admin, unit_id=cast.west.id, version=1, ends=DAY, document="")
    with pytest.raises(Conflict, match=r"“Huyện Tây” đã kết thúc từ ngày 01/01/2024"):
        actions.retire_unit(
            actor=cast.admin, unit_id=cast.west.id, version=ended.version, ends=date(2025, 1, 1), document=""
        )


def test_a_move_changes_the_parent_from_a_day(cast: Cast) -> None:
    actions.move_unit(
        actor=cast.admin,
        unit_id=cast.commune.id,
        version=1,
        parent_id=cast.west.id,
        since=DAY,
        document="NQ 3",
    )
    above = {day: [u.key for u in ancestors(cast.commune.id, day)] for day in (date(2023, 12, 31), DAY)}
    assert above == {date(2023, 12, 31): ["tinh", "dong"], DAY: ["tinh", "tay"]}


def test_a_move_under_an_own_descendant_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid, match=r"vòng tròn giữa các đơn vị .*“Huyện Đông”.*“Xã Một”"):
        actions.move_unit(
            actor=cast.admin,
            unit_id=cast.east.id,
            version=1,
            parent_id=cast.commune.id,
            since=DAY,
            document="",
        )
    assert [u.key for u in ancestors(cast.east.id, DAY)] == ["tinh"]


def test_a_move_does_not_silently_drop_a_later_placement(cast: Cast) -> None:
    with wide("test"):
        Placement.objects.filter(unit=cast.commune).update(valid_to=date(2025, 1, 1))
        place(cast.commune, cast.west, (date(2025, 1, 1), None))
        rebuild()
    with pytest.raises(Invalid, match=r"đã trực thuộc “Huyện Tây” từ 01/01/2025"):
        actions.move_unit(
            actor=cast.admin,
            unit_id=cast.commune.id,
            version=1,
            parent_id=cast.province.id,
            since=DAY,
            document="",
        )
    assert Placement.objects.filter(unit=cast.commune).count() == 2


def test_an_overlapping_placement_names_the_one_it_overlaps(cast: Cast) -> None:
    with pytest.raises(Invalid, match=r"“Xã Một” đã trực thuộc “Huyện Đông” từ không xác định đến trước"):
        actions.place_unit(
            actor=cast.admin,
            unit_id=cast.commune.id,
            version=1,
            parent_id=cast.west.id,
            valid_from=DAY,
            valid_to=None,
            document="",
        )
    assert resolve("xa-1").version == 1


def test_a_place_lasts_as_long_as_the_parent_and_not_longer(cast: Cast) -> None:
    with wide("test"):
        short = unit("ngan", "Huyện Ngắn", Kind.DISTRICT, under=cast.province, span=(None, date(2024, 6, 1)))
        rebuild()
    actions.move_unit(
        actor=cast.admin, unit_id=cast.commune.id, version=1, parent_id=short.id, since=DAY, document=""
    )
    assert Placement.objects.get(unit=cast.commune, parent=short).valid_to == date(2024, 6, 1)
    with pytest.raises(Invalid, match=r"“Huyện Ngắn” chỉ có hiệu lực từ không xác định đến trước 01/06/2024"):
        actions.place_unit(
            actor=cast.admin,
            unit_id=cast.commune.id,
            version=2,
            parent_id=short.id,
            valid_from=date(2024, 6, 1),
            valid_to=date(2024, 9, 1),
            document="",
        )


def test_another_name_is_found_and_not_added_twice(cast: Cast) -> None:
    actions.add_alias(
        actor=cast.admin, unit_id=cast.east.id, version=1, alias="UBND H. Đông", kind="abbreviation"
    )
    with pytest.raises(Invalid, match=r"đơn vị đã có tên “UBND H. Đông”"):
        actions.add_alias(
            actor=cast.admin, unit_id=cast.east.id, version=2, alias="UBND H. Đông", kind="abbreviation"
        )
    with pytest.raises(Invalid, match=r"“Loại tên”: không có loại “nick”"):
        actions.add_alias(actor=cast.admin, unit_id=cast.east.id, version=2, alias="X", kind="nick")


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEM_ADMINISTRATOR])
def test_only_an_administrator_edits_the_tree(cast: Cast, role: Role) -> None:
    actor = administrator(cast.province, role)
    with scoped(actor), pytest.raises(Denied):
        actions.rename_unit(
            actor=actor, unit_id=cast.commune.id, version=1, name="Phường Một", since=DAY, document=""
        )


def test_an_administrator_of_one_district_edits_it_and_no_other(cast: Cast) -> None:
    actor = administrator(cast.east)
    with scoped(actor):
        actions.add_alias(actor=actor, unit_id=cast.commune.id, version=1, alias="Xã 1", kind="spelling")
        with pytest.raises(Denied):
            actions.add_alias(actor=actor, unit_id=cast.west.id, version=1, alias="Tây", kind="spelling")


def test_an_unknown_unit_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound, match="mã số 999999"):
        actions.add_alias(actor=system_actor("test"), unit_id=999999, version=1, alias="A", kind="spelling")
