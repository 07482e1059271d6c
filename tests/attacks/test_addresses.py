"""Parameters nobody types: huge numbers, zero bytes, SQL, days at the ends of the calendar. Never a 500."""

from __future__ import annotations

from itertools import product

import pytest
from django.test import Client

from tests.pilots.guidance.world import World

HUGE, LONG = "9" * 20, "9" * 5000
SQL = "';set%20role%20dean06_wide;--"
PLACE = ("unit=%00", f"unit={SQL}", "period=0001-01", "period=9999-12", "period=%00", f"period={SQL}")
LIST = (
    *(f"{name}={value}" for name, value in product(("page", "size"), (HUGE, LONG, "-1", "%C2%B2"))),
    "q=%00",
    f"q={SQL}",
    "q=" + "a+" * 5000,
    "q=%ED%A0%80",
    f"sort={SQL}",
    "sort=recorded_by__password",
)
PAGES = {
    "/": (*PLACE, "pilot=%00", "status=%27"),
    "/nhiem-vu": PLACE,
    "/muc-tieu/P0-T1": (
        *(f"{name}={value}" for name, value in product(("g-page", "e-page"), (HUGE, LONG))),
        *(f"explain={key}" for key in ("0001-01", "9999-12", "x")),
        *(f"{name}=%00" for name in ("unit", "g-q", "e-q", "reading", "level")),
        f"g-sort=-label&g-page={HUGE}",
        f"g-q={SQL}&e-q=%25",
    ),
    "/muc-tieu/P0-T1/khai": (*(f"replace={key}" for key in (HUGE, LONG, "-1", "%C2%B2")), *PLACE[:2]),
    "/tim-kiem": ("q=%00", f"q={SQL}", "q=" + "a+" * 5000, "q=%25_%5C"),
    "/don-vi/": (
        *LIST[:8],
        *(f"ngay={day}" for day in ("0001-01-01", "9999-12-31", "31/02/2023", "%00")),
        *(f"tim={text}" for text in ("%00", SQL, "abc+" * 2000, "%25")),
        "loai=%00",
    ),
    "/don-vi/xuat": ("duoi=999999999", "duoi=%C2%B2", "ngay=%00"),
}


def test_no_parameter_breaks_a_page_of_the_plan(head: Client) -> None:
    asked = [f"{page}?{query}" for page, queries in PAGES.items() for query in queries]
    assert [address[:60] for address in asked if head.get(address).status_code >= 500] == []


@pytest.mark.parametrize("page", ["/p0/", "/p0/danh-sach/vat-pham", "/p0/thu-vien-video"])
def test_no_parameter_breaks_a_list_of_records(world: World, page: str) -> None:
    client = world.client("officer")
    client.raise_request_exception = False
    assert [query[:40] for query in LIST if client.get(f"{page}?{query}").status_code >= 500] == []


def test_a_number_that_no_object_has_is_not_found(head: Client) -> None:
    objects = (
        *("don-vi/{}", "don-vi/{}/sua", "p0/diem/{}", "p0/diem/{}/ghi/vat-pham", "photos/{}"),
        *("p0/ban-ghi/vat-pham/{}", "p0/ban-ghi/can-bo/{}/sua", "p0/can-bo/{}", "p0/thu-vien-video/{}"),
    )
    for pattern, number in product(objects, ("0", "2147483648", HUGE, LONG)):
        assert head.get("/" + pattern.format(number)).status_code in {403, 404}, pattern


def test_a_page_far_past_the_end_is_the_last_page(world: World) -> None:
    answer = world.client("head").get(f"/p0/?page={HUGE}")
    assert answer.context["list"].page.number == answer.context["list"].page.paginator.num_pages
