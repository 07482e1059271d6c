"""The province's own files load whole, once, and stay as officers changed them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Denied, Invalid
from dean06.core.units.load import load_units
from dean06.core.units.models import Alias, Closure, Code, Kind, LoadedFolder, Placement, Unit
from dean06.core.units.queries import descendant_ids, resolve

pytestmark = pytest.mark.django_db
FOLDER: Path = settings.PLAN_DIR / "units"
SYSTEM = system_actor("test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the province's files that a test may change."""
    copy = tmp_path / "plan" / "units"
    shutil.copytree(FOLDER, copy)
    return copy


def _edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _counts() -> list[int]:
    return [model._default_manager.count() for model in (Unit, Placement, Code, Alias, Closure)]


def test_the_province_has_its_tree_on_three_dates(db: None) -> None:
    report = load_units(FOLDER, SYSTEM)
    assert report.units == Unit.objects.count() > 300
    province = resolve("tinh-24", date(2023, 6, 30)).id
    expected = {date(2023, 6, 30): (10, 209), date(2025, 6, 30): (10, 192)}
    for day, (districts, communes) in expected.items():
        assert len(descendant_ids(province, day, [Kind.DISTRICT])) == districts
        assert len(descendant_ids(province, day, [Kind.COMMUNE])) == communes
    later = resolve("tinh-24-2025").id
    assert len(descendant_ids(later, date(2025, 7, 1), [Kind.COMMUNE])) == 58


def test_a_second_load_does_nothing(db: None) -> None:
    load_units(FOLDER, SYSTEM)
    before = _counts()
    assert load_units(FOLDER, SYSTEM).unchanged
    assert _counts() == before
    with wide("test"):
        assert AuditEntry.objects.filter(action="units.load").count() == 1


def test_loading_again_without_the_mark_changes_nothing(db: None) -> None:
    load_units(FOLDER, SYSTEM)
    before, ids = _counts(), dict(Unit.objects.values_list("key", "id"))
    with wide("test"):
        LoadedFolder.objects.all().delete()
    assert not load_units(FOLDER, SYSTEM).unchanged
    assert _counts() == before
    assert dict(Unit.objects.values_list("key", "id")) == ids


def test_a_corrected_file_corrects_the_unit_but_not_an_officers_edit(db: None, folder: Path) -> None:
    load_units(folder, SYSTEM)
    with wide("test"):
        Unit.objects.filter(key="so-xd").update(name="Sở Xây dựng và Kiến trúc", version=2)
    _edit(folder, "units.csv", "so-xd,department,so,Sở Xây dựng,", "so-xd,department,so,Sở XD,")
    _edit(folder, "units.csv", "Ban Dân tộc,", "Ban Dân tộc tỉnh nhà,")
    report = load_units(folder, SYSTEM)
    assert report.kept == ("so-xd",)
    assert resolve("so-xd").name == "Sở Xây dựng và Kiến trúc"
    assert resolve("ban-dan-toc").name == "Ban Dân tộc tỉnh nhà"


def test_a_defect_is_named_and_nothing_is_written(db: None, folder: Path) -> None:
    _edit(folder, "placements.csv", "ban-dan-toc,tinh-24,", "ban-dan-toc,tinh-99,")
    with pytest.raises(Invalid) as refused:
        load_units(folder, SYSTEM)
    assert "placements.csv:2: " in str(refused.value)
    assert "tinh-99" in str(refused.value)
    assert Unit.objects.count() == 0
    assert LoadedFolder.objects.count() == 0


def test_an_actor_without_the_right_is_denied(db: None) -> None:
    nobody = Actor(user_id=1, username="x", full_name="X", grants=())
    with pytest.raises(Denied), transaction.atomic():
        load_units(FOLDER, nobody)
