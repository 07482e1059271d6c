"""The pages of the tree of units, through the real middleware and roles."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from dean06.core import clock
from dean06.core.access.actor import system_actor
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from dean06.core.sheets import read_sheet, write_csv
from dean06.core.units import sheet
from dean06.core.units.load import load_units
from dean06.core.units.models import Alias, Unit
from dean06.core.units.queries import resolve
from dean06.plan.engine import every
from dean06.plan.load import load_plan
from dean06.plan.models import Pilot

DAY = date(2023, 12, 10)


@pytest.fixture(autouse=True)
def _province(db: None) -> None:
    load_units(settings.PLAN_DIR / "units", system_actor("test"))
    with wide("test"):
        clock.set_business_date(DAY)


def _client(role: Role, place: str = "tinh-24") -> Client:
    with wide("test"):
        user = User.objects.create_user(username=f"{role}", full_name="Người Thử", password=None)
        Grant.objects.create(user=user, role=role, unit=resolve(place))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return _client(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def officer() -> Client:
    return _client(Role.UNIT_OFFICER, "huyen-219")


def _id(key: str) -> int:
    return Unit.objects.get(key=key).id


def _text(response: Any) -> str:
    return str(response.content.decode())


def test_the_list_shows_the_units_of_the_business_date(officer: Client) -> None:
    page = officer.get(reverse("units:list"), {"loai": "district"})
    assert page.status_code == 200
    text = _text(page)
    assert "Cây đơn vị tại ngày 10/12/2023" in text
    assert "1–10 trong 10 đơn vị" in text
    assert f'href="{reverse("units:detail", args=[_id("huyen-219")])}"' in text


def test_the_list_of_another_day_is_another_list(officer: Client) -> None:
    text = _text(officer.get(reverse("units:list"), {"loai": "commune", "ngay": "2025-07-01"}))
    assert "1–25 trong 58 đơn vị" in text
    assert "?ngay=2025-07-01" in text


def test_search_finds_by_abbreviation_and_names_the_heirs(officer: Client) -> None:
    text = _text(officer.get(reverse("units:list"), {"tim": "so tttt"}))
    assert "Sở Thông tin và Truyền thông" in text
    later = _text(officer.get(reverse("units:list"), {"tim": "so tttt", "ngay": "2025-07-01"}))
    assert "kết thúc từ 01/03/2025" in later
    assert "rồi là Sở Khoa học và Công nghệ, cũng đã kết thúc" in later
    spring = _text(officer.get(reverse("units:list"), {"tim": "so tttt", "ngay": "01/05/2025"}))
    assert "nay là Sở Khoa học và Công nghệ" in spring


def test_a_search_without_a_hit_says_what_to_do(officer: Client) -> None:
    assert "Không tìm thấy đơn vị nào" in _text(officer.get(reverse("units:list"), {"tim": "không có đâu"}))


def test_a_wrong_day_is_refused_in_words(officer: Client) -> None:
    page = officer.get(reverse("units:list"), {"ngay": "hôm qua"})
    assert page.status_code == 422
    assert "“hôm qua” không phải một ngày" in _text(page)


def test_the_tree_shows_districts_below_the_province(officer: Client) -> None:
    text = _text(officer.get(reverse("units:list"), {"xem": "cay"}))
    province, district = text.index("Tỉnh Bắc Giang</a>"), text.index("Huyện Lục Ngạn</a>")
    assert province < district
    assert text.count(">Đơn vị trực thuộc ") == 11  # the province and its ten district-level units


def test_text_of_the_address_is_escaped(officer: Client) -> None:
    assert "<script>x" not in _text(officer.get(reverse("units:list"), {"tim": "<script>x"}))


def test_the_page_of_a_unit_tells_identity_place_history(officer: Client) -> None:
    text = _text(officer.get(reverse("units:detail", args=[_id("huyen-219")])))
    for part in ("Huyện Lục Ngạn", "ubnd-luc-ngan", "UBND huyện Lục Ngạn", "Tỉnh Bắc Giang", "Xã Quý Sơn"):
        assert part in text, part
    assert "Số liệu của đơn vị" in text


def test_the_page_of_a_unit_shows_its_registration_of_the_plan(officer: Client) -> None:
    indicators = frozenset(indicator.code for indicator in every())
    load_plan(settings.PLAN_DIR, system_actor("test"), known_indicators=indicators)
    text = _text(officer.get(reverse("units:detail", args=[_id("so-xd")])))
    name = Pilot.objects.get(code="M1").name_vi
    assert f"<strong>M1</strong> {name}<br>" in text
    assert "kế hoạch, dòng 303<" in text


def test_figures_of_a_unit_outside_the_scope_are_not_offered(officer: Client) -> None:
    text = _text(officer.get(reverse("units:detail", args=[_id("huyen-218")])))
    assert "nằm ngoài phạm vi tài khoản của anh/chị" in text


def test_the_page_of_an_ended_unit_says_so_and_names_the_heirs(officer: Client) -> None:
    page = officer.get(reverse("units:detail", args=[_id("so-tttt")]), {"ngay": "2025-07-01"})
    text = _text(page)
    assert "Đơn vị không có vào ngày 01/07/2025" in text
    assert "Sở Khoa học và Công nghệ" in text
    assert "Chưa đối chiếu" in text


def test_an_unknown_unit_is_not_found(officer: Client) -> None:
    assert officer.get(reverse("units:detail", args=[999999])).status_code == 404


def test_the_tree_is_closed_to_strangers() -> None:
    for name in ("list", "import", "export"):
        assert Client().get(reverse(f"units:{name}")).status_code == 302


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_is_the_sheet_that_can_be_imported(officer: Client, form: str) -> None:
    answer = officer.get(reverse("units:export"), {"dang": form, "ngay": "2023-06-30"})
    assert f'filename="don-vi-2023-06-30.{form}"' in answer["Content-Disposition"]
    rows = read_sheet(f"x.{form}", answer.content, sheet.columns())
    assert sum(row.values["kind"] == "commune" for row in rows.rows) == 209


def test_the_export_of_a_subtree_is_that_subtree(officer: Client) -> None:
    answer = officer.get(reverse("units:export"), {"dang": "csv", "duoi": str(_id("huyen-219"))})
    rows = read_sheet("x.csv", answer.content, sheet.columns())
    assert len(rows.rows) == 30


@pytest.mark.parametrize("name", ["import", "edit"])
def test_an_officer_does_not_change_the_tree(officer: Client, name: str) -> None:
    address = reverse(f"units:{name}", args=[_id("huyen-219")] if name == "edit" else [])
    for answer in (officer.get(address), officer.post(address, {"do": "import"})):
        assert answer.status_code == 403
    assert "Nhập từ tệp" not in _text(officer.get(reverse("units:list")))


HEADERS = ["Mã định danh", "Loại đơn vị", "Tên đơn vị", "Trực thuộc"]


def _upload(client: Client, do: str, *rows: list[str]) -> Any:
    file = io.BytesIO(write_csv(HEADERS, rows))
    file.name = "don-vi.csv"
    return client.post(reverse("units:import"), {"do": do, "sheet": file})


VILLAGE = ["thon-thu", "Thôn, bản, tổ dân phố", "Thôn Thử", "huyen-219"]


def test_a_check_shows_what_would_change_and_writes_nothing(admin: Client) -> None:
    page = _upload(admin, "check", VILLAGE)
    assert page.status_code == 200
    assert "sẽ thêm mới 1, sửa 0, giữ nguyên 0 đơn vị" in _text(page)
    assert "thon-thu" in _text(page)
    assert not Unit.objects.filter(key="thon-thu").exists()


def test_an_import_writes_and_says_how_much(admin: Client) -> None:
    page = _upload(admin, "import", VILLAGE)
    assert page.status_code == 302
    assert Unit.objects.filter(key="thon-thu").exists()
    assert "thêm mới 1, sửa 0" in _text(admin.get(page["Location"]))


def test_faults_of_an_import_stand_in_a_table_by_row(admin: Client) -> None:
    page = _upload(admin, "import", VILLAGE, [*VILLAGE[:3], "khong-co"], ["x", "Hành tinh", "X", ""])
    assert page.status_code == 422
    text = _text(page)
    assert "Chưa nhập dòng nào: có 1 lỗi" in text
    assert "Loại đơn vị" in text
    page = _upload(admin, "import", VILLAGE, ["thon-2", *VILLAGE[1:3], "khong-co"])
    assert "không có đơn vị nào mang mã “khong-co”" in _text(page)
    assert not Unit.objects.filter(key__startswith="thon-").exists()


def test_an_import_without_a_file_asks_for_one(admin: Client) -> None:
    page = admin.post(reverse("units:import"), {"do": "import"})
    assert (page.status_code, "Hãy chọn tệp." in _text(page)) == (422, True)


def test_the_template_is_a_sheet_with_our_columns(admin: Client) -> None:
    answer = admin.get(reverse("units:import"), {"mau": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="mau-don-vi.xlsx"'


def _edit(client: Client, key: str, do: str, **values: str) -> Any:
    data = {f"{do}-{name}": value for name, value in values.items()}
    return client.post(reverse("units:edit", args=[_id(key)]), data | {"do": do})


def test_a_rename_shows_in_the_history(admin: Client) -> None:
    page = _edit(
        admin,
        "huyen-222",
        "ten",
        version="1",
        name="Thị xã Việt Yên Mới",
        since="01/11/2023",
        document="NQ 9",
    )
    assert page.status_code == 302
    text = _text(admin.get(page["Location"]))
    assert "Thị xã Việt Yên Mới" in text
    assert "trước đó là “Huyện Việt Yên”" in text


def test_the_second_of_two_officers_gets_409_and_his_words_back(admin: Client) -> None:
    _edit(admin, "huyen-222", "ten-khac", version="1", alias="Việt Yên cũ", kind="spelling")
    page = _edit(admin, "huyen-222", "ten", version="1", name="Tên Khác", since="01/11/2023", document="")
    assert page.status_code == 409
    text = _text(page)
    assert "đã được system_administrator sửa lúc" in text
    assert 'value="Tên Khác"' in text
    assert Unit.objects.get(key="huyen-222").name == "Huyện Việt Yên"


def test_a_unit_with_units_below_is_not_ended(admin: Client) -> None:
    page = _edit(admin, "huyen-222", "ket-thuc", version="1", ends="01/11/2023", document="")
    assert page.status_code in {409, 422}
    assert "Huyện Việt Yên" in _text(page)
    before = Unit.objects.get(key="huyen-222")
    assert before.version == 1


def test_an_error_of_the_action_stands_at_its_field(admin: Client) -> None:
    page = _edit(
        admin, "huyen-222", "ten", version="1", name="Huyện Việt Yên", since="01/11/2023", document=""
    )
    assert page.status_code == 422
    assert "trùng với tên hiện tại" in _text(page)
    page = _edit(admin, "huyen-222", "cap-tren", version="1", parent="khong-co", since="01/11/2023")
    assert "Không có đơn vị nào mang mã “khong-co”" in _text(page)
    page = _edit(admin, "huyen-222", "ten", version="1", name="A", since="2023")
    assert "Ngày phải viết dạng 05/09/2023." in _text(page)
    assert Alias.objects.filter(kind="old_name", valid_to__isnull=False).count() == 0


@pytest.mark.parametrize("query", [{}, {"loai": "commune"}, {"tim": "lục ngạn"}, {"xem": "cay"}])
def test_the_list_asks_the_database_a_fixed_number_of_times(
    officer: Client, query: dict[str, str], django_assert_max_num_queries: Any
) -> None:
    officer.get(reverse("units:list"), query)
    with django_assert_max_num_queries(16):
        officer.get(reverse("units:list"), query)
