"""Units from a sheet: what comes in, what is refused in which row, and that a dry run leaves no trace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.scope import scoped, wide
from dean06.core.errors import Denied, Invalid
from dean06.core.sheets import SheetRows, write_csv, write_xlsx
from dean06.core.units import sheet
from dean06.core.units.actions import import_units
from dean06.core.units.closure import rebuild
from dean06.core.units.importing import ImportReport
from dean06.core.units.models import Closure, Code, Kind, Placement, Unit
from dean06.core.units.queries import ancestors, resolve
from tests.core.units.test_actions import administrator
from tests.core.units.trees import unit

SYSTEM = system_actor("test")
LABELS = {column.key: column.label_vi for column in sheet.columns()}
COMMUNE = {"key": "xa-2", "kind": "Xã, phường, thị trấn", "name": "Xã Hai", "parent": "dong"}


@pytest.fixture(autouse=True)
def _tree(db: None) -> None:
    with wide("test"):
        province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
        east = unit("dong", "Huyện Đông", Kind.DISTRICT, under=province)
        unit("tay", "Huyện Tây", Kind.DISTRICT, under=province)
        commune = unit("xa-1", "Xã Một", under=east)
        Code.objects.create(unit=commune, scheme="gso", code="00001")
        rebuild()


def _file(*rows: Mapping[str, object], form: str = "csv") -> SheetRows:
    keys = [key for key in LABELS if any(key in row for row in rows)]
    headers = [LABELS[key] for key in keys]
    lines = [[row.get(key) for key in keys] for row in rows]
    data = write_csv(headers, lines) if form == "csv" else write_xlsx(headers, lines, title="Đơn vị")
    return sheet.read_units(f"don-vi.{form}", data)


def _import(*rows: Mapping[str, object], actor: Actor = SYSTEM, dry_run: bool = False) -> ImportReport:
    return import_units(actor=actor, rows=_file(*rows), dry_run=dry_run)


def _refused(*rows: Mapping[str, object], actor: Actor = SYSTEM) -> list[str]:
    before = _stored()
    with pytest.raises(Invalid) as refused:
        _import(*rows, actor=actor)
    assert _stored() == before
    return [str(reason) for reason in refused.value.reasons]


def _stored() -> list[object]:
    return [
        sorted(Unit.objects.values_list("key", "name", "version", "valid_to")),
        sorted(map(str, Placement.objects.values_list("unit__key", "parent__key", "valid_from", "valid_to"))),
        sorted(map(str, Code.objects.values_list("scheme", "code", "unit__key", "valid_to"))),
        Closure.objects.count(),
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_new_unit_stands_in_the_tree_with_its_codes(form: str) -> None:
    rows = _file(COMMUNE | {"code": "xa-hai", "gso": "00002", "valid_from": date(2024, 1, 1)}, form=form)
    report = import_units(actor=SYSTEM, rows=rows)
    assert [row.change for row in report.rows] == ["created"]
    made = resolve("00002", date(2024, 2, 1))
    assert (made.key, made.name, made.valid_from) == ("xa-2", "Xã Hai", date(2024, 1, 1))
    assert [u.key for u in ancestors(made.id, date(2024, 2, 1))] == ["tinh", "dong"]


def test_where_no_date_is_known_the_parents_own_dates_hold() -> None:
    with wide("test"):
        unit("cu", "Huyện Cũ", Kind.DISTRICT, span=(date(2020, 1, 1), date(2025, 7, 1)))
        rebuild()
    _import(COMMUNE | {"parent": "cu"})
    place = Placement.objects.get(unit__key="xa-2")
    assert (place.valid_from, place.valid_to) == (date(2020, 1, 1), date(2025, 7, 1))
    told = _refused(COMMUNE | {"key": "xa-3", "parent": "cu", "parent_from": date(2019, 1, 1)})
    assert "“Xã Hai” trực thuộc “Huyện Cũ” trong thời gian “Huyện Cũ” không có hiệu lực" in told[0]


def test_a_parent_may_stand_anywhere_in_the_same_sheet() -> None:
    village = {"key": "thon-1", "kind": "Thôn, bản, tổ dân phố", "name": "Thôn Một", "parent": "xa-2"}
    _import(village, COMMUNE)
    assert [u.key for u in ancestors(resolve("thon-1").id)] == ["tinh", "dong", "xa-2"]


def test_the_same_sheet_again_changes_nothing() -> None:
    _import(COMMUNE)
    before = _stored()
    report = _import(COMMUNE)
    assert [row.change for row in report.rows] == ["unchanged"]
    assert _stored() == before


def test_a_correction_names_the_columns_and_raises_the_version() -> None:
    report = _import({"key": "xa-1", "kind": "Xã, phường, thị trấn", "name": "Xã Số Một"})
    assert [(row.change, row.fields) for row in report.rows] == [("updated", ("Tên đơn vị",))]
    assert (resolve("xa-1").name, resolve("xa-1").version) == ("Xã Số Một", 2)


def test_a_dry_run_says_the_same_and_leaves_no_trace() -> None:
    before = _stored()
    report = _import(COMMUNE, {"key": "xa-1", "kind": "Xã, phường, thị trấn", "name": "Xã X"}, dry_run=True)
    assert report.dry_run
    assert (report.count("created"), report.count("updated")) == (1, 1)
    assert _stored() == before


def test_a_move_needs_its_day_and_then_happens() -> None:
    row = {"key": "xa-1", "kind": "Xã, phường, thị trấn", "name": "Xã Một", "parent": "tay"}
    assert _refused(row) == [
        "dòng 2, cột “Trực thuộc từ ngày”: đơn vị đang trực thuộc “Huyện Đông”; chuyển sang “Huyện Tây” "
        "cần ghi từ ngày nào"
    ]
    _import(row | {"parent_from": date(2024, 1, 1)})
    assert [u.key for u in ancestors(resolve("xa-1").id, date(2024, 1, 1))] == ["tinh", "tay"]
    assert [u.key for u in ancestors(resolve("xa-1").id, date(2023, 12, 31))] == ["tinh", "dong"]


def test_every_fault_is_named_with_row_and_column() -> None:
    told = _refused(
        COMMUNE | {"key": "Xã 2"},
        COMMUNE,
        COMMUNE | {"name": "Xã Lặp"},
        COMMUNE | {"key": "xa-3", "parent": "khong-co"},
        COMMUNE | {"key": "xa-4", "parent": "xa-4"},
        COMMUNE | {"key": "xa-5", "parent": None},
        COMMUNE | {"key": "xa-6", "valid_from": date(2024, 2, 1), "valid_to": date(2024, 1, 1)},
        COMMUNE | {"key": "xa-7", "gso": "00001"},
        COMMUNE | {"key": "xa-8", "gso": "00008"},
        COMMUNE | {"key": "xa-9", "gso": "00008", "subkind": "Xã"},
    )
    assert told == [
        "dòng 2, cột “Mã định danh”: “Xã 2” chỉ được gồm chữ thường không dấu, chữ số, gạch nối",
        "dòng 4, cột “Mã định danh”: “xa-2” đã có ở dòng 3",
        "dòng 5, cột “Trực thuộc”: không có đơn vị nào mang mã “khong-co”",
        "dòng 6, cột “Trực thuộc”: đơn vị không thể trực thuộc chính nó",
        "dòng 7, cột “Trực thuộc”: đơn vị mới phải ghi đơn vị cấp trên (trừ cấp tỉnh)",
        "dòng 8, cột “Hiệu lực đến trước ngày”: ngày kết thúc 01/01/2024 phải sau ngày bắt đầu 01/02/2024",
        "dòng 9, cột “Mã Tổng cục Thống kê”: mã “00001” đã dùng cho “Xã Một” (xa-1) từ không xác định đến "
        "trước không xác định",
        "dòng 11, cột “Phân loại”: chỉ được gồm chữ thường không dấu, chữ số, gạch dưới",
        "dòng 11, cột “Mã Tổng cục Thống kê”: mã “00008” đã dùng cho “Xã Hai” (xa-8) từ không xác định đến "
        "trước không xác định",
    ]


def test_new_units_in_a_circle_are_refused() -> None:
    told = _refused(
        COMMUNE | {"key": "a", "name": "Xã A", "parent": "b"},
        COMMUNE | {"key": "b", "name": "Xã B", "parent": "a"},
    )
    assert told == ["“Trực thuộc”: Quan hệ trực thuộc chạy vòng tròn giữa các đơn vị “Xã A”, “Xã B”."]


def test_ending_a_unit_with_living_units_below_names_the_row() -> None:
    told = _refused(
        {
            "key": "dong",
            "kind": "Huyện, thành phố, thị xã",
            "name": "Huyện Đông",
            "valid_to": date(2024, 1, 1),
        }
    )
    assert told == [
        "dòng 2, cột “Trực thuộc”: “Xã Một” trực thuộc “Huyện Đông” trong thời gian “Huyện Đông” không có "
        "hiệu lực (hiệu lực từ không xác định đến trước 01/01/2024)"
    ]


def test_an_ended_unit_is_not_revived_by_a_sheet() -> None:
    row = {"key": "xa-1", "kind": "Xã, phường, thị trấn", "name": "Xã Một", "valid_to": date(2024, 1, 1)}
    _import(row)
    assert Code.objects.get(code="00001").valid_to == date(2024, 1, 1)
    told = _refused(row | {"valid_to": date(2025, 1, 1)})
    assert told == [
        "dòng 2, cột “Hiệu lực đến trước ngày”: đơn vị đã kết thúc từ ngày 01/01/2024; "
        "không kéo dài hiệu lực bằng tệp"
    ]


def test_an_administrator_of_one_district_imports_below_it_only() -> None:
    actor = administrator(resolve("dong"))
    village = {"key": "thon-1", "kind": "Thôn, bản, tổ dân phố", "name": "Thôn Một", "parent": "xa-2"}
    with scoped(actor):
        assert _refused(COMMUNE | {"key": "xa-9", "parent": "tay"}, COMMUNE, actor=actor) == [
            "dòng 2, cột “Mã định danh”: ngoài phạm vi đơn vị anh/chị được quản lý"
        ]
        _import(village, COMMUNE, actor=actor)
    assert resolve("thon-1").name == "Thôn Một"


def test_without_the_right_nothing_is_read() -> None:
    with pytest.raises(Denied):
        _import(COMMUNE, actor=Actor(1, "x", "X", ()))


def test_an_export_can_be_imported_and_changes_nothing() -> None:
    before = _stored()
    for form in ("csv", "xlsx"):
        rows = sheet.read_units(f"x.{form}", sheet.export_units(form))
        assert len(rows.rows) == 4
        report = import_units(actor=SYSTEM, rows=rows)
        assert {row.change for row in report.rows} == {"unchanged"}
    assert _stored() == before


def test_the_template_has_every_column() -> None:
    with pytest.raises(Invalid, match="không có dòng dữ liệu"):
        sheet.read_units("mau.xlsx", sheet.template())


def test_many_units_at_once() -> None:
    rows = [COMMUNE | {"key": f"xa-{i}", "name": f"Xã {i}"} for i in range(10, 1010)]
    report = _import(*rows)
    assert report.count("created") == 1000
    assert Closure.objects.filter(ancestor__key="tinh", depth=2).count() == 1001
