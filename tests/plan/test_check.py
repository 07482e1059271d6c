"""What `plan check` proves: each single spoiling of the tiny plan is found where it was done."""

from __future__ import annotations

from pathlib import Path

import pytest

from dean06.plan.check import check_plan
from tests.plan.tiny import CODES, TINY, copy_to, line_of, problems, replace, rewrite_source


def test_the_tiny_plan_is_proved() -> None:
    assert problems(TINY) == []


CASES = [
    # ids
    ("required_ids.yaml", "R-1]", "R-1, R-2]", "thiếu mục bắt buộc 'R-2' trong kế hoạch"),
    ("required_ids.yaml", ", R-1]", "]", None),
    ("items.yaml", "id: P0-T2", "id: P0-T1", "mã 'P0-T1' bị trùng (đã có ở items.yaml:2)"),
    ("items.yaml", "id: M1-T2", "id: M9-T2", "mục 'M9-T2': mô hình 'M9' không có trong pilots.yaml"),
    ("pilots.yaml", "order: 1", "order: 0", "thứ tự mô hình '0' bị trùng"),
    # units and groups
    ("items.yaml", "responsible: [so-mau]", "responsible: [so-la]",
     "P0-T1: đơn vị 'so-la' không có trong units/ vào ngày 2023-06-10"),
    ("items.yaml", '"group:banks"', '"group:bank"', "P0-T2: nhóm 'bank' không có trong groups.yaml"),
    ("items.yaml", '["group:banks"]', "[so-mau]", "P0-T2: 'so-mau' được nêu hai lần"),
    ("pilots.yaml", "lead: so-mau", "lead: so-la", "đơn vị 'so-la' không có trong units/"),
    ("groups.yaml", "{kinds: [commune]}", "{kinds: [clinic]}", "không có đơn vị loại 'clinic'"),
    ("groups.yaml", "{kinds: [commune]}", "{units: [xa-90009]}", "đơn vị 'xa-90009' không có trong units/"),
    ("groups.yaml", "{registered: M1}", "{registered: P0}", "không có đơn vị nào đăng ký mô hình 'P0'"),
    # indicators, readings
    ("items.yaml", "sample.desk_sign", "sample.desk_signs",
     "P0-T1: chỉ số 'sample.desk_signs' chưa được khai báo trong phần mềm"),
    ("items.yaml", "    planned: true\n", "", "M1-T2: mục được đếm phải có chỉ số hoặc planned: true"),
    ("items.yaml", "    known_by_reason_vi: Đơn vị nộp báo cáo\n", "", "R-1: không đếm được"),
    ("items.yaml", "known_by: none\n", "known_by: none\n    planned: true\n", "mục không đo thì"),
    ("items.yaml", "reading: any, chosen: true", "reading: any, chosen: false", "trái với ambiguity.chosen"),
    ("items.yaml", "reading: full,", "reading: some,", "cách đọc 'some' không có trong ambiguity.readings"),
    ("items.yaml", "reading: single", "reading: any", "phải ghi reading: single, chosen: true"),
    ("items.yaml", "Fully staffed, indicator: sample.team_full", "Fully staffed, indicator: sample.desk_sign",
     "chỉ số 'sample.desk_sign' của cách đọc 'full' không có trong indicators"),
    ("items.yaml", "same_as: P0-T1", "same_as: P0-T2", "same_as 'P0-T2' nhưng không dùng chung chỉ số"),
    ("items.yaml", "same_as: P0-T1", "same_as: P0-T7", "same_as trỏ tới 'P0-T7', không phải một mục khác"),
    # the source text
    ("items.yaml", "lines: [32, 32]", "lines: [32, 99]", "R-1: dòng 32–99 nằm ngoài văn bản nguồn (32 dòng)"),
    ("items.yaml", "goal: 100", "goal: 10", "P0-T2: dòng 16–16 không chứa con số 10%"),
    ("items.yaml", "goal: 12.5", "goal: 2.5", "M1-T2: dòng 28–28 không chứa con số 2.5%"),
    ("items.yaml", "lines: [26, 26]", "lines: [24, 24]", "M1-T1: trích dẫn không có nguyên văn"),
    ("items.yaml", "2023-09-30", "2023-10-31", "P0-T1: dòng 13–14 không nêu thời hạn 10/2023"),
    ("plan.yaml", "number: 01/CT-UBND", "number: 02/CT-UBND", "dòng 5–5 không có số hiệu '02/CT-UBND'"),
    ("plan.yaml", "2023-01-05", "2023-01-06", "dòng 5–5 không có ngày 06/01/2023"),
    ("plan.yaml", "written: lưu đông", "written: lưu đồng", "dòng 16–16 không có chữ 'lưu đồng'"),
    ("plan.yaml", "lines: [9, 9]", "lines: [90, 91]", "dòng 90–91 nằm ngoài văn bản nguồn"),
    ("plan.yaml", "file: source/ke-hoach.txt", "file: source/khong-co.txt", "không đọc được tệp nguồn"),
    ("pilots.yaml", "lines: [24, 24]", "lines: [240, 240]", "dòng 240–240 nằm ngoài văn bản nguồn"),
    # registrations
    ("registrations.yaml", '"902"', '"903"', "đơn vị '903' không có trong units/"),
    ("registrations.yaml", '"902"', "ubnd-huyen-dong", "'ubnd-huyen-dong' đăng ký hai lần mô hình 'M1'"),
    ("registrations.yaml", "{M1: 2}", "{M1: 3}", "văn bản nêu 3 đơn vị đăng ký M1, danh sách có 2"),
    ("registrations.yaml", "{M1: 2}", "{M1: 3}", "các dòng của đăng ký M1 không ghi “3 đơn vị”"),
    ("registrations.yaml", "{M1: 2}", "{}", "mô hình 'M1' chưa có trong declared_counts"),
    ("registrations.yaml", "pilot: M1", "pilot: M7", "mô hình 'M7' không có trong pilots.yaml"),
    # rules and units' own files
    ("rules.yaml", "valid_to: 2024-01-01", "valid_to: 2024-01-02", "chồng thời gian với dòng 2"),
    ("rules.yaml", "valid_to: 2024-01-01", "valid_to: null", "quy tắc 'sample.check_days' chồng thời gian"),
    ("units/placements.csv", "xa-90001,huyen-dong", "xa-90001,huyen-bac", "không có đơn vị “huyen-bac”"),
    ("units/codes.csv", "scheme,code", "scheme,codes", "thiếu cột: code"),
    ("units/codes.csv", "so-mau,dean06,so-mau,,,", "so-mau,dean06,cong-an-mau,,,", "chồng hiệu lực"),
    ("units/placements.csv", "huyen-dong,tinh-mau", "huyen-dong,xa-90001", "vòng trực thuộc"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "reason"), CASES)
def test_a_spoiled_plan_is_refused_at_its_place(
    tmp_path: Path, file: str, old: str, new: str, reason: str | None
) -> None:
    folder = copy_to(tmp_path)
    line = replace(folder, file, old, new)
    if reason is None:
        file, line = "items.yaml", line_of(folder, "items.yaml", "id: R-1")
        reason = "mục 'R-1' không có trong danh sách required_ids.yaml"
    found = [text for text in problems(folder) if reason in text]
    assert found, problems(folder)
    places = {tuple(text.split(":")[:2]) for text in found}
    assert any(place[0] == file and abs(int(place[1]) - line) <= 4 for place in places), (places, line)


def test_a_source_text_that_changed_is_refused(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    replace(folder, "source/ke-hoach.txt", "60%", "70%")
    assert any("khác với sha256 đã ghi" in text for text in problems(folder))


def test_a_source_text_that_says_something_else_is_refused(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    text = (folder / "source" / "ke-hoach.txt").read_text(encoding="utf-8")
    rewrite_source(
        folder,
        text.replace("- 60% bộ phận một cửa có bảng chỉ dẫn.", "- 160% bộ phận một cửa có bảng chỉ dẫn."),
    )
    found = problems(folder)
    line = line_of(folder, "items.yaml", "id: M1-T1")
    assert any("M1-T1: dòng 26–26 không chứa con số 60%" in text for text in found)
    assert all(int(text.split(":")[1]) > line for text in found)


def test_quotes_survive_decomposed_letters_and_hard_wraps(tmp_path: Path) -> None:
    import unicodedata

    folder = copy_to(tmp_path)
    text = (folder / "source" / "ke-hoach.txt").read_text(encoding="utf-8")
    rewrite_source(folder, unicodedata.normalize("NFD", text))
    assert [p for p in problems(folder) if "normalised" not in p] == []
    assert any("chưa ở dạng NFC" in p for p in problems(folder))
    replace(folder, "plan.yaml", "normalised: true", "normalised: false")
    assert problems(folder) == []


def test_a_unit_that_ended_before_the_plan_is_unknown_to_it(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    line = replace(folder, "units/codes.csv", "so-mau,dean06,so-mau,,,", "so-mau,dean06,so-cu,,2023-01-01,")
    replace(folder, "pilots.yaml", "lead: so-mau", "lead: so-cu")
    assert line > 1
    assert any(p.startswith("pilots.yaml:2: đơn vị 'so-cu' không có trong units/") for p in problems(folder))


def test_units_that_succeed_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    with (folder / "units" / "successions.csv").open("a", encoding="utf-8") as file:
        file.write(
            "xa-90001,xa-90002,merge,1,2024-01-01,,x,yes\nxa-90002,xa-90001,merge,1,2024-01-01,,x,yes\n"
        )
    assert "units/successions.csv:2: vòng kế thừa: xa-90001 → xa-90002 → xa-90001" in problems(folder)


def test_an_undecided_reading_is_legal() -> None:
    report = check_plan(TINY, CODES)
    undecided = next(item.value for item in report.source.items if item.value.id == "M1-T2")
    assert undecided.ambiguity is not None
    assert undecided.ambiguity.chosen is None
    assert report.problems == ()
