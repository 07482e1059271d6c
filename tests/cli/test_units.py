"""`dean06 unit`: the contract for programs, and the words for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from typer.testing import CliRunner

from dean06.cli.units import app
from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Dean06Error, Invalid, NotFound
from dean06.core.sheets import write_csv
from dean06.core.units.load import load_units
from dean06.core.units.models import Unit

runner = CliRunner()


@pytest.fixture(autouse=True)
def _province(db: None) -> None:
    load_units(settings.PLAN_DIR / "units", system_actor("test"))


def _run(*arguments: str) -> str:
    result = runner.invoke(app, list(arguments))
    assert result.exit_code == 0, result.exception
    return result.stdout


def _json(*arguments: str) -> Any:
    return json.loads(_run(*arguments, "--json"))


def _error(*arguments: str) -> Dean06Error:
    result = runner.invoke(app, list(arguments))
    assert isinstance(result.exception, Dean06Error), result.output
    return result.exception


def test_show_keeps_the_contract() -> None:
    assert _json("show", "so-tttt", "--at", "2023-06-30") == {
        "code": "so-tttt",
        "name": "Sở Thông tin và Truyền thông",
        "kind": "department",
        "parent": "ubnd-tinh",
        "valid": {"from": None, "to": "2025-03-01"},
        "successors": [
            {
                "code": "so-khcn",
                "name": "Sở Khoa học và Công nghệ",
                "kind": "merge",
                "share": 1.0,
                "effective_date": "2025-03-01",
                "document": _json("show", "so-tttt")["successors"][0]["document"],
                "verified": False,
            }
        ],
    }


def test_show_names_who_bore_a_code_before_the_day_and_what_became_of_it() -> None:
    later = _json("show", "so-tttt", "--at", "2025-07-01")
    assert later == _json("show", "so-tttt", "--at", "2023-06-30")
    assert (later["valid"]["to"], later["successors"][0]["code"]) == ("2025-03-01", "so-khcn")
    text = " ".join(_run("show", "so-tttt", "--at", "2025-07-01").split())
    assert "Sở Thông tin và Truyền thông" in text
    assert "100 % Sở Khoa học và Công nghệ" in text
    assert _json("show", "gso:219", "--at", "2025-07-01")["valid"]["to"] == "2025-07-01"


def test_show_of_a_code_that_nothing_bore_by_the_day_is_refused() -> None:
    assert "chưa có vào ngày 30/06/2023" in _error("show", "tinh-24-2025", "--at", "2023-06-30").message


def test_show_describes_an_ended_unit_on_its_last_day() -> None:
    shown = _json("show", "huyen-219")
    assert (shown["parent"], shown["code"]) == ("ubnd-tinh", "ubnd-luc-ngan")


def test_show_for_people_names_the_heirs() -> None:
    text = " ".join(_run("show", "so-tttt").split())
    assert "Sở Thông tin và Truyền thông" in text
    assert "100 % Sở Khoa học và Công nghệ" in text


def test_show_of_an_unknown_code_is_refused() -> None:
    assert isinstance(_error("show", "so-nao"), NotFound)
    assert "so-nao" in _error("show", "so-nao").message


def test_find_keeps_the_contract() -> None:
    (found,) = _json("find", "so tttt", "--at", "2023-06-30", "--limit", "1")
    assert found == {
        "code": "so-tttt",
        "name": "Sở Thông tin và Truyền thông",
        "kind": "department",
        "parent": "ubnd-tinh",
        "parent_name": "Tỉnh Bắc Giang",
        "matched": found["matched"],
        "current": True,
        "successors": [],
    }
    (ended,) = _json("find", "so-tttt", "--at", "2025-07-01", "--limit", "1")
    assert (ended["parent"], ended["current"], ended["successors"]) == (None, False, ["so-khcn"])


def test_find_gives_codes_with_or_without_accents() -> None:
    assert [one["code"] for one in _json("find", "so tttt", "--at", "2023-06-30")][:1] == ["so-tttt"]
    assert "Lục Ngạn" in _run("find", "lục ngạn", "--at", "2023-06-30")


def test_import_dry_run_writes_nothing_and_import_does(tmp_path: Path) -> None:
    file = tmp_path / "don-vi.csv"
    rows = [["doi-1", "Thôn, bản, tổ dân phố", "Thôn Thử", "huyen-219"]]
    file.write_bytes(write_csv(["Mã định danh", "Loại đơn vị", "Tên đơn vị", "Trực thuộc"], rows))
    assert _json("import", str(file), "--dry-run")["rows"][0]["change"] == "created"
    assert not Unit.objects.filter(key="doi-1").exists()
    assert "doi-1" in _run("import", str(file))
    assert Unit.objects.filter(key="doi-1").exists()
    with wide("test"):
        assert AuditEntry.objects.get(action="units.import").actor_name == "dean06 unit import"


def test_import_of_a_missing_or_wrong_file_is_refused_in_words(tmp_path: Path) -> None:
    assert "Không đọc được tệp" in _error("import", str(tmp_path / "khong-co.csv")).message
    file = tmp_path / "x.csv"
    file.write_bytes(write_csv(["Mã định danh", "Loại đơn vị", "Tên đơn vị"], [["a", "Hành tinh", "A"]]))
    refused = _error("import", str(file))
    assert isinstance(refused, Invalid)
    assert (refused.reasons[0].row, refused.reasons[0].field) == (2, "Loại đơn vị")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_can_be_imported_again(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"don-vi.{form}"
    _run("export", "--at", "2023-06-30", "-o", str(file))
    report = _json("import", str(file), "--dry-run")
    assert {row["change"] for row in report["rows"]} == {"unchanged"}
    assert len(report["rows"]) > 209


def test_export_for_programs_is_one_document(tmp_path: Path) -> None:
    rows = _json("export", "--at", "2023-06-30")
    assert len(rows) > 209
    file = tmp_path / "don-vi.csv"
    _run("export", "--at", "2023-06-30", "-o", str(file))
    assert list(rows[0]) == file.read_text("utf-8-sig").splitlines()[0].split(",")


def test_export_to_another_form_is_refused(tmp_path: Path) -> None:
    assert "phải là .csv hoặc .xlsx" in _error("export", "-o", str(tmp_path / "x.pdf")).message
