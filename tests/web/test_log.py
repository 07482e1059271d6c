"""The page of the log: who sees which lines, how it is searched, what its file proves."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from dean06 import verify_log
from dean06.core import audit, clock
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import scoped, wide
from dean06.core.audit.models import AuditAnchor, AuditEntry
from dean06.core.errors import Denied
from dean06.core.usage.models import UsageRecord
from dean06.pilots.guidance.models import Material
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World

PAGE = "/nhat-ky/"


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """One line of each commune and one of no unit, by different people."""
    settings.DATA_DIR = tmp_path
    with transaction.atomic(), wide("test"):
        made = worlds.build()
        for name, unit, action in (
            ("officer", made.commune, "guidance.create"),
            ("neighbour", made.other, "guidance.revise"),
            ("lead", None, "plan.load"),
        ):
            audit.record(
                actor=made.actor(name),
                action=action,
                object_type="material",
                object_id=f"M-{name}",
                unit_id=unit.pk if unit else None,
                detail={"ghi chú": f"dòng của {name}"},
            )
    return made


def shown(client: Client, query: str = "") -> set[str]:
    """Whose lines the page shows."""
    answer = client.get(PAGE + query)
    assert answer.status_code == 200, answer.content.decode()
    return set(re.findall(r"material M-(\w+)", answer.content.decode()))


def test_each_reader_sees_his_scope(world: World) -> None:
    assert shown(world.client("auditor")) == {"officer", "neighbour", "lead"}
    assert shown(world.client("head")) == {"officer", "neighbour"}


@pytest.mark.parametrize("name", ["officer", "desk", "lead", "leader", "stranger"])
def test_others_do_not_see_it(world: World, name: str) -> None:
    client = world.client(name)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE + "xuat").status_code == 403
    assert f'href="{PAGE}"' not in client.get("/don-vi/").content.decode()


def test_the_menu_leads_to_it(world: World) -> None:
    assert f'href="{PAGE}"' in world.client("auditor").get("/don-vi/").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=xa+hai", {"neighbour"}),
        ("?q=m-officer", {"officer"}),
        ("?viec=guidance.create", {"officer"}),
        ("?loai=material", {"officer", "neighbour", "lead"}),
        ("?nguoi=neigh", {"neighbour"}),
        ("?don-vi=xa-mot", {"officer"}),
        ("?tu=01/12/2023&den=09/12/2023", set()),
        ("?tu=10/12/2023&den=10/12/2023", {"officer", "neighbour", "lead"}),
        ("?sort=who&size=25&page=9", {"officer", "neighbour", "lead"}),
    ],
)
def test_it_is_searched_and_filtered(world: World, query: str, expected: set[str]) -> None:
    assert shown(world.client("auditor"), query) == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?tu=hom+qua", "“hom qua” không phải một ngày"),
        ("?tu=10/12/2023&den=09/12/2023", "phải trước hoặc bằng"),
        ("?don-vi=khong-co", "Mã đơn vị"),
    ],
)
def test_a_wrong_question_is_answered_precisely(world: World, query: str, words: str) -> None:
    answer = world.client("auditor").get(PAGE + query)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_it_is_ordered_by_the_clock(world: World) -> None:
    page = world.client("auditor").get(PAGE).content.decode()
    assert re.findall(r"material M-(\w+)", page) == ["lead", "neighbour", "officer"]
    page = world.client("auditor").get(PAGE + "?sort=at").content.decode()
    assert re.findall(r"material M-(\w+)", page) == ["officer", "neighbour", "lead"]


def test_looking_at_it_is_noted(world: World) -> None:
    world.client("auditor").get(PAGE)
    with transaction.atomic(), wide("test"):
        row = UsageRecord.objects.latest("id")
    assert (row.actor_name, row.purpose, row.subjects) == ("auditor", "access.journal", 3)


def test_it_says_plainly_that_nothing_is_anchored(world: World) -> None:
    page = world.client("auditor").get(PAGE).content.decode()
    assert "Đã nối chuỗi nhưng chưa neo thời gian" in page


def test_it_tells_the_newest_anchor_and_when_it_is_too_old(world: World, settings: Any) -> None:
    settings.TSA_URL = "http://127.0.0.1:1/"
    now = clock.machine_now()
    _anchor_at(now)
    page = world.client("auditor").get(PAGE).content.decode()
    assert "Mốc neo thời gian gần nhất" in page
    assert "Tạm dừng ghi" not in page


def _anchor_at(at: Any) -> None:
    with transaction.atomic(), wide("test"):
        AuditAnchor.objects.bulk_create([AuditAnchor(at=at, authority="x", heads="x", token=b"x")])


def test_while_the_anchor_is_too_old_evidence_stops_and_reading_goes_on(world: World, settings: Any) -> None:
    settings.TSA_URL = "http://127.0.0.1:1/"
    _anchor_at(clock.machine_now() - timedelta(hours=5))
    client = world.client("officer")
    form = {"kind": "poster", "title": "Tiện ích", "hung_on": "01/12/2023"}
    refused = client.post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", form)
    assert refused.status_code == 403
    assert "quá giới hạn 4 giờ" in refused.content.decode()
    assert client.get("/p0/").status_code == 200
    assert client.get(f"/don-vi/{world.desk.pk}").status_code == 200
    assert "Tạm dừng ghi" in world.client("auditor").get(PAGE).content.decode()
    with transaction.atomic(), wide("test"):
        assert not Material.objects.exists()


@pytest.mark.parametrize("action", [Action.RECORD, Action.IMPORT, Action.STATE_FIGURE, Action.MANAGE_UNITS])
def test_which_actions_are_evidence(world: World, settings: Any, action: Action) -> None:
    who = {Action.MANAGE_UNITS: "auditor"}.get(action, "head")
    settings.TSA_URL = "http://127.0.0.1:1/"
    with transaction.atomic(), wide("test"):
        actor = world.actor(who)
        with pytest.raises(Denied) as refused:
            require(actor, action)
        require(actor, Action.VIEW)
    if who == "head":
        assert "Tạm dừng ghi" in refused.value.message


def _linked() -> None:
    """As at the end of a transaction: tests roll back theirs."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def test_its_export_is_verified(world: World, tmp_path: Path) -> None:
    _linked()
    answer = world.client("auditor").post(PAGE + "xuat")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert re.search(r'filename="mo-phong-nhat-ky-\d{8}-\d{6}\.jsonl"', answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "private, no-store"
    (tmp_path / "log.jsonl").write_bytes(data)
    code, told = verify_log.verify(str(tmp_path / "log.jsonl"))
    assert (code, told["records"], told["withheld"]) == (0, 3, 0)
    with transaction.atomic(), wide("test"):
        assert AuditEntry.objects.latest("id").action == "audit.export"


def test_one_flipped_bit_is_named(world: World, tmp_path: Path) -> None:
    _linked()
    answer = world.client("auditor").post(PAGE + "xuat")
    data = bytearray(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    at = data.index(b"M-neighbour")
    data[at + 2] ^= 1
    (tmp_path / "log.jsonl").write_bytes(data)
    code, told = verify_log.verify(str(tmp_path / "log.jsonl"))
    stream = re.findall(rb'\{"stream":"([^"]+)","seq":(\d+)', bytes(data[:at]))[-1]
    assert (code, told["stream"], told["seq"]) == (1, stream[0].decode(), int(stream[1]))


def test_a_head_exports_his_units_and_hashes_of_the_rest(world: World, tmp_path: Path) -> None:
    _linked()
    answer = world.client("head").post(PAGE + "xuat")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    shown_in_file = {
        json.loads(json.loads(line)["payload"])["object_id"]
        for line in data.splitlines()
        if b'"payload"' in line
    }
    assert shown_in_file == {"M-officer", "M-neighbour"}
    (tmp_path / "log.jsonl").write_bytes(data)
    code, told = verify_log.verify(str(tmp_path / "log.jsonl"))
    assert (code, told["records"], told["withheld"]) == (0, 3, 1)


def test_scopes_hold_below_the_page(world: World) -> None:
    with transaction.atomic(), scoped(world.actor("neighbour")):
        assert list(AuditEntry.objects.values_list("object_id", flat=True)) == ["M-neighbour"]
