"""Input is decoded once, read from where it belongs, and never becomes part of a command or a pattern."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from dean06.core.units.models import Unit
from dean06.pilots.guidance.models import Material
from tests.pilots.guidance.world import World

PATTERNS = ("(", "[a", "a{99999}", "(?P<x>", "\\", "*", "a|b)", ".*" * 50, "xã (Một")


def test_an_address_is_decoded_once(head: Client) -> None:
    content = head.get("/tim-kiem?q=%253Cb%2541%253E").content.decode()
    assert "%3Cb%41%3E" in content
    assert "&lt;bA&gt;" not in content


@pytest.mark.parametrize("text", PATTERNS)
def test_signs_of_patterns_are_ordinary_signs(head: Client, text: str) -> None:
    for page in ("/tim-kiem?q=", "/don-vi/?tim=", "/p0/?q="):
        assert head.get(page + quote(text)).status_code == 200


@pytest.mark.parametrize(
    "text", ["' or '1'='1", "'; delete from units_unit; --", '" or 1=1 --', "%' or true --"]
)
def test_sql_in_a_search_is_text(world_wide: World, text: str) -> None:
    client = world_wide.client("leader")
    before = Unit.objects.count()
    assert client.get("/p0/?q=" + quote(text)).context["list"].total == 0
    assert client.get("/don-vi/?tim=" + quote(text)).status_code == 200
    assert Unit.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("dean06_wide",)  # the scope of this fixture, not the owner


def test_a_body_is_not_completed_from_the_address(world_wide: World) -> None:
    client = world_wide.client("desk")
    path = f"/p0/diem/{world_wide.desk.pk}/ghi/vat-pham?kind=poster&title=x&hung_on=2023-12-01"
    assert client.post(path, {}).status_code == 422
    assert not Material.objects.exists()


def test_of_two_values_one_is_taken_and_checked(world_wide: World) -> None:
    client = world_wide.client("desk")
    given = {"kind": ["poster", "nonsense"], "title": "x", "hung_on": "2023-12-01"}
    assert client.post(f"/p0/diem/{world_wide.desk.pk}/ghi/vat-pham", given).status_code == 422
    assert not Material.objects.exists()
