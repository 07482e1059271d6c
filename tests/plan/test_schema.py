"""Every defect of a field is reported at its file and line, all of them in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dean06.plan.schema import read_source
from tests.plan.tiny import TINY, copy_to, problems, replace


def test_the_tiny_plan_is_read_whole() -> None:
    source, found = read_source(TINY)
    assert found == []
    assert source.plan is not None
    assert source.plan.value.number is None
    assert [item.value.id for item in source.items] == ["P0-T1", "P0-T2", "P0-S1", "M1-T1", "M1-T2", "R-1"]
    assert str(source.items[4].value.goal) == "12.5"
    assert source.items[0].value.deadline is not None
    assert source.items[1].value.deadline is None


CASES = [
    ("items.yaml", "    goal: 60\n", "    goal: sáu mươi\n", "trường 'goal': phải là số"),
    ("items.yaml", "    goal: 60\n", "    goal: 160\n", "trường 'goal': không được lớn hơn 100"),
    ("items.yaml", "    goal: 60\n", "    goal: true\n", "trường 'goal': phải là số"),
    ("items.yaml", "    goal: 60\n", "    goal: .nan\n", "trường 'goal'"),
    ("items.yaml", "    kind: scope\n", "    kind: region\n", "trường 'kind': phải là một trong: 'target'"),
    ("items.yaml", "    binding: binding\n", "    bindings: binding\n", "trường không có trong mẫu"),
    ("items.yaml", "    lines: [16, 16]\n", "    lines: [17, 16]\n", "dòng đầu 17 lớn hơn dòng cuối 16"),
    ("items.yaml", "    lines: [16, 16]\n", "    lines: [16]\n", "trường 'lines"),
    ("items.yaml", "    lines: [16, 16]\n", "    lines: [16, '16']\n", "phải là số nguyên"),
    ("items.yaml", "    deadline: 2023-09-30\n", "    deadline: 30/9/2023\n", "phải là ngày dạng 2023-06-15"),
    ("items.yaml", "    deadline: 2023-09-30\n", "    deadline: 2023-09-30 10:00:00\n", "không kèm giờ"),
    ("items.yaml", "    deadline: 2023-09-30\n", "    deadline: 9999-12-31\n", "năm phải từ 1945 đến 2200"),
    ("items.yaml", "label_en: Scope", "label_en: 12", "trường 'label_en': phải là chữ"),
    ("items.yaml", "label_en: Scope", "label_en: ''", "trường 'label_en': không được để trống"),
    ("items.yaml", "label_en: Scope", f"label_en: {'S' * 91}", "trường 'label_en': dài quá 90 ký tự"),
    ("items.yaml", "      chosen: any\n", "      chosen: both\n", "'both' không có trong readings"),
    ("items.yaml", "decided_by: Sở Mẫu", "decided_by: null", "phải ghi người quyết định (decided_by)"),
    ("items.yaml", "      decided_by: null\n", "      decided_by: Sở Mẫu\n", "chưa chọn cách đọc (chosen)"),
    ("items.yaml", "{id: full, text_vi", "{id: any, text_vi", "hai cách đọc trùng mã"),
    ("groups.yaml", "{kinds: [commune]}", "{kinds: [commune], open: Có}", "phải nêu đúng một trong"),
    ("groups.yaml", "{kinds: [commune]}", "{kinds: [xã]}", "phải là một trong: 'province'"),
    ("plan.yaml", "normalised: true", "normalised: có", "'source.normalised': phải là true hoặc false"),
    ("plan.yaml", "opens_day: 10", "opens_day: 31", "trường 'period.opens_day': không được lớn hơn 28"),
    ("plan.yaml", "file: source/", "file: ../source/", "tệp nguồn nằm ngoài thư mục kế hoạch"),
    ("plan.yaml", "symbol: KH-UBND\n", "", "trường 'symbol': thiếu trường bắt buộc"),
    ("registrations.yaml", "valid_from: 2023-06-10,", "valid_from: 2023-06-10, valid_to: 2023-06-10,",
     "valid_to phải sau"),
    ("registrations.yaml", "{M1: 2}", "{M1: hai}", "trường 'M1': số đơn vị phải là số nguyên"),
    ("registrations.yaml", "{M1: 2}", "[2]", "trường 'declared_counts': phải là bảng"),
    ("rules.yaml", "value: 90", "value: 2023-06-15", "ngày phải đặt trong dấu nháy"),
    ("rules.yaml", "value: 90", "value: [.inf]", "không nhận số vô hạn"),
    ("required_ids.yaml", "[G-MD1,", "[1,", "mỗi mục phải là một mã"),
    ("pilots.yaml", "pilots:\n", "pilot:\n", "thiếu trường bắt buộc 'pilots'"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "reason"), CASES)
def test_a_refusal_names_file_line_and_reason(
    tmp_path: Path, file: str, old: str, new: str, reason: str
) -> None:
    folder = copy_to(tmp_path)
    line = replace(folder, file, old, new)
    found = [text for text in problems(folder) if reason in text]
    assert found, problems(folder)
    # A missing field or a rule about a whole record stands at the record, which begins no later.
    assert found[0].startswith(f"{file}:")
    assert 1 <= int(found[0].split(":")[1]) <= line


def test_a_wrong_value_stands_at_its_own_line(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    line = replace(folder, "items.yaml", "    goal: 60\n", "    goal: nhiều\n")
    assert f"items.yaml:{line}: trường 'goal': phải là số" in problems(folder)


def test_all_defects_are_reported_at_once(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    lines = [
        replace(folder, "items.yaml", "    goal: 60\n", "    goal: nhiều\n"),
        replace(folder, "items.yaml", "    kind: scope\n", "    kind: region\n"),
        replace(folder, "items.yaml", "    nature: flow\n", "    nature: chảy\n"),
    ]
    replace(folder, "pilots.yaml", "order: 0", "order: không")
    found = problems(folder)
    assert [f"items.yaml:{line}:" in " ".join(found) for line in lines] == [True, True, True]
    assert any(text.startswith("pilots.yaml:2: trường 'order'") for text in found)


def test_missing_files_are_problems(tmp_path: Path) -> None:
    found = problems(tmp_path / "nowhere")
    assert "plan.yaml:1: thiếu tệp này" in found
    assert "items.yaml:1: thiếu tệp này" in found


def test_items_may_be_split_over_a_folder(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    text = (folder / "items.yaml").read_text(encoding="utf-8")
    first, rest = text[: text.index("  - id: P0-S1")], text[text.index("  - id: P0-S1") :]
    (folder / "items").mkdir()
    (folder / "items" / "a.yaml").write_text(first, encoding="utf-8")
    (folder / "items" / "b.yaml").write_text("items:\n" + rest, encoding="utf-8")
    (folder / "items.yaml").unlink()
    assert problems(folder) == []
