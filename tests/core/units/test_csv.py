"""Every refusal of csvcheck, on a fictional province spoiled in one place; and the shipped folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from dean06.core.units.csvcheck import check_units
from dean06.core.units.csvread import Problem
from tests.core.units.csv_folder import province, write_csv
from tests.core.units.csv_refusals import ROWS, Refusal, Spoil

PLANS = Path(__file__).resolve().parents[3] / "plans"
REAL = PLANS / "bac-giang-2023" / "units"

STRUCTURE: list[Refusal] = [
    (
        "code with two meanings at one time",
        lambda f: f.add("codes.csv", "b|gso|00001||2025-01-01"),
        "codes.csv",
        "gso:00001 của “b” […, 2025-01-01) chồng hiệu lực với “a”",
    ),
    (
        "code beyond the life of its unit",
        lambda f: f.add("codes.csv", "b|gso|00002||"),
        "codes.csv",
        "vượt hiệu lực […, 2025-01-01) của “b”",
    ),
    (
        "two parents at one time",
        lambda f: f.add("placements.csv", "s2|h1||2025-07-01|"),
        "placements.csv",
        "“s2” có hai đơn vị cấp trên cùng lúc",
    ),
    (
        "placement beyond the life of the unit",
        lambda f: f.change("placements.csv", ["ab"], "valid_from", "2024-01-01"),
        "placements.csv",
        "vượt hiệu lực [2025-01-01, 2025-07-01) của “ab”",
    ),
    (
        "placement beyond the life of the parent",
        lambda f: f.change("placements.csv", ["e", "t"], "parent_key", "h1"),
        "placements.csv",
        "vượt hiệu lực […, 2025-07-01) của “h1”",
    ),
    (
        "gap between parents",
        lambda f: f.change("placements.csv", ["d", "h1"], "valid_from", "2025-02-01"),
        "placements.csv",
        "“d” không có đơn vị cấp trên từ 2025-01-01 đến 2025-02-01",
    ),
    (
        "no parent at the end",
        lambda f: f.drop("placements.csv", "e", "t"),
        "placements.csv",
        "“e” kết thúc … nhưng trực thuộc đến 2025-07-01",
    ),
    (
        "no parent at the start",
        lambda f: f.drop("placements.csv", "d", "h2"),
        "placements.csv",
        "“d” bắt đầu … nhưng trực thuộc từ 2025-01-01",
    ),
    (
        "one unit entered twice",
        lambda f: f.add("units.csv", "e2|commune|thi_tran|Thị trấn Én|||2025-07-01|").add(
            "placements.csv", "e2|h2||2025-07-01|"
        ),
        "placements.csv",
        "“e2” và “e” cùng tên “Thị trấn Én”",
    ),
    (
        "unit under itself",
        lambda f: f.change("placements.csv", ["s2"], "parent_key", "s2"),
        "placements.csv",
        "vòng trực thuộc từ …: s2 → s2",
    ),
    (
        "circle of parents from a date",
        lambda f: f.add(
            "units.csv", "v|village||Thôn Vòng||2024-01-01||\nw|village||Thôn Quanh||2024-01-01||"
        ).add("placements.csv", "v|w|2024-01-01||\nw|v|2024-01-01||"),
        "placements.csv",
        "vòng trực thuộc từ 2024-01-01",
    ),
    (
        "circle of successions",
        lambda f: f.add("successions.csv", "x|a|merge|1|2025-07-01|"),
        "successions.csv",
        "vòng kế thừa: ",
    ),
    (
        "succession to itself",
        lambda f: f.change("successions.csv", ["a"], "to_key", "a"),
        "successions.csv",
        "vòng kế thừa: a → a",
    ),
    (
        "share of nothing",
        lambda f: f.change("successions.csv", ["a"], "share", "0"),
        "successions.csv",
        "0 phải lớn hơn 0 và không quá 1",
    ),
    (
        "share above one",
        lambda f: f.change("successions.csv", ["a"], "share", "1.5"),
        "successions.csv",
        "1.5 phải lớn hơn 0 và không quá 1",
    ),
    (
        "share is not a number",
        lambda f: f.change("successions.csv", ["a"], "share", "NaN"),
        "successions.csv",
        "NaN phải lớn hơn 0",
    ),
    (
        "share is a word",
        lambda f: f.change("successions.csv", ["a"], "share", "half"),
        "successions.csv",
        "“half” không phải số thập phân",
    ),
    (
        "shares below one",
        lambda f: f.drop("successions.csv", "c", "n1"),
        "successions.csv",
        "“c” ngày 2025-01-01 cộng lại 0.75, phải bằng 1 (mất 0.25)",
    ),
    (
        "shares above one",
        lambda f: f.add("successions.csv", "a|n1|merge|1|2025-01-01|"),
        "successions.csv",
        "“a” ngày 2025-01-01 cộng lại 2, phải bằng 1 (thừa 1)",
    ),
    (
        "succession of a unit that lives on",
        lambda f: f.add("successions.csv", "e|n1|merge|1|2025-01-01|"),
        "successions.csv",
        "“e” […, …) phải kết thúc đúng ngày kế thừa 2025-01-01",
    ),
    (
        "heir that does not exist yet",
        lambda f: f.change("successions.csv", ["a"], "to_key", "x"),
        "successions.csv",
        "“x” [2025-07-01, …) không có hiệu lực vào ngày 2025-01-01",
    ),
    (
        "function of a unit that is gone",
        lambda f: f.add("successions.csv", "s1|s2|function_transfer|1|2025-06-01|"),
        "successions.csv",
        "“s1” […, 2025-03-01) không tồn tại vào ngày 2025-06-01",
    ),
    (
        "succession twice",
        lambda f: f.add("successions.csv", "a|ab|merge|1|2025-01-01|"),
        "successions.csv",
        "lặp lại dòng 2",
    ),
    (
        "wrong count",
        lambda f: f.change("expected.csv", ["2025-06-30"], "count", "7"),
        "expected.csv",
        "ngày 2025-06-30, loại commune, trong “t”: đếm được 5, phải có 7",
    ),
    (
        "count is not a number",
        lambda f: f.change("expected.csv", ["2025-06-30"], "count", "-5"),
        "expected.csv",
        "“-5” không phải số đếm",
    ),
    (
        "unit lost from a chain",
        lambda f: f.drop("successions.csv", "d"),
        "units.csv",
        "“d” không dẫn trọn vẹn đến commune của “t” ngày 2025-07-01: mất dấu tại “d” (1)",
    ),
    (
        "unit whose heir is no commune",
        lambda f: f.change("successions.csv", ["d"], "to_key", "s2"),
        "units.csv",
        "mất dấu tại “s2” (1)",
    ),
    (
        "unit from nowhere",
        lambda f: f.add("units.csv", "y|commune|xa|Xã Mới||2025-07-01||").add(
            "placements.csv", "y|t|2025-07-01||"
        ),
        "units.csv",
        "“y” có vào ngày 2025-07-01 nhưng không đơn vị nào của ngày 2023-06-30 dẫn đến",
    ),
    (
        "chain backwards",
        lambda f: f.add("chains.csv", "commune|2025-07-01|t|2023-06-30|t"),
        "chains.csv",
        "from_date 2025-07-01 không trước to_date 2023-06-30",
    ),
    (
        "chain of nothing",
        lambda f: f.add("chains.csv", "school|2023-06-30|t|2025-07-01|t"),
        "chains.csv",
        "không có đơn vị nào trong “t” ngày 2023-06-30",
    ),
]


def test_the_fictional_province_is_sound(tmp_path: Path) -> None:
    assert check_units(province().write(tmp_path)) == []


@pytest.mark.parametrize(
    ("spoil", "file", "text"),
    [pytest.param(*refusal[1:], id=refusal[0]) for refusal in [*ROWS, *STRUCTURE]],
)
def test_refusal(tmp_path: Path, spoil: Spoil, file: str, text: str) -> None:
    folder = province()
    spoil(folder)
    problems = check_units(folder.write(tmp_path))
    assert any(p.file == file and text in p.message_vi and p.line > 1 for p in problems), problems


def test_line_is_the_line_of_the_defect(tmp_path: Path) -> None:
    folder = province().change("units.csv", ["e"], "valid_from", "later")
    problems = check_units(folder.write(tmp_path))
    line = (
        (tmp_path / "units.csv")
        .read_text(encoding="utf-8")
        .splitlines()
        .index("e,commune,thi_tran,Thị trấn Én,,later,,,test,yes")
    )
    assert (
        Problem("units.csv", line + 1, "cột “valid_from”: “later” không phải ngày dạng NĂM-THÁNG-NGÀY")
        in problems
    )


def test_missing_file_is_named(tmp_path: Path) -> None:
    province().write(tmp_path)
    (tmp_path / "codes.csv").unlink()
    assert Problem("codes.csv", 0, "thiếu tệp này trong thư mục đơn vị") in check_units(tmp_path)


def test_wrong_header_is_shown(tmp_path: Path) -> None:
    province().write(tmp_path)
    write_csv(tmp_path / "aliases.csv", [["key", "name"], ["e", "TT Én"]])
    wrong = [p for p in check_units(tmp_path) if p.file == "aliases.csv"]
    assert [p.line for p in wrong] == [1]
    assert "đang là “key,name”" in wrong[0].message_vi


def test_other_encoding_is_refused(tmp_path: Path) -> None:
    province().write(tmp_path)
    (tmp_path / "units.csv").write_bytes("key,Tỉnh".encode("utf-16"))
    assert any(p.file == "units.csv" and "không phải UTF-8" in p.message_vi for p in check_units(tmp_path))


def test_quoted_line_break_keeps_line_numbers_true(tmp_path: Path) -> None:
    folder = (
        province()
        .change("units.csv", ["t"], "document", "hai\ndòng")
        .change("units.csv", ["h1"], "kind", "?")
    )
    problems = check_units(folder.write(tmp_path))
    assert any(p.file == "units.csv" and p.line == 4 and "“?”" in p.message_vi for p in problems)


def test_share_of_a_function_is_not_summed(tmp_path: Path) -> None:
    folder = province().add("successions.csv", "s2|h1|function_transfer|0.5|2024-01-01|")
    assert check_units(folder.write(tmp_path)) == []


def test_the_shipped_units_are_sound() -> None:
    assert check_units(REAL) == []
