"""Ways to spoil single rows of the fictional province, with the file and the words of the refusal."""

from __future__ import annotations

from collections.abc import Callable

from tests.core.units.csv_folder import Folder

Spoil = Callable[[Folder], object]
Refusal = tuple[str, Spoil, str, str]

ROWS: list[Refusal] = [
    (
        "unknown unit kind",
        lambda f: f.add("units.csv", "z|ward|xa|Xã Lạ||||"),
        "units.csv",
        "không có loại “ward”",
    ),
    (
        "unknown alias kind",
        lambda f: f.add("aliases.csv", "e|TT Én|nickname"),
        "aliases.csv",
        "không có loại “nickname”",
    ),
    (
        "unknown succession kind",
        lambda f: f.change("successions.csv", ["a"], "kind", "vanish"),
        "successions.csv",
        "không có loại “vanish”",
    ),
    (
        "key twice",
        lambda f: f.add("units.csv", "a|commune|xa|Xã An Khác||||"),
        "units.csv",
        "“a” đã có ở dòng 5",
    ),
    ("empty name", lambda f: f.change("units.csv", ["e"], "name", ""), "units.csv", "cột “name”: để trống"),
    (
        "name not NFC",
        lambda f: f.change("units.csv", ["e"], "name", "Thị trấn E\u0301n"),
        "units.csv",
        "chưa ở dạng NFC",
    ),
    (
        "blank at the end",
        lambda f: f.change("units.csv", ["e"], "name", "Thị trấn Én "),
        "units.csv",
        "thừa khoảng trắng",
    ),
    (
        "not a date",
        lambda f: f.change("units.csv", ["e"], "valid_from", "30/6/2023"),
        "units.csv",
        "“30/6/2023” không phải ngày",
    ),
    (
        "validity backwards",
        lambda f: f.change("units.csv", ["ab"], "valid_to", "2024-12-31"),
        "units.csv",
        "hiệu lực ngược",
    ),
    (
        "validity of no day",
        lambda f: f.change("placements.csv", ["ab"], "valid_to", "2025-01-01"),
        "placements.csv",
        "hiệu lực ngược",
    ),
    (
        "verified is neither yes nor no",
        lambda f: f.add("aliases.csv", "e|TT Én|spelling|test|maybe"),
        "aliases.csv",
        "“maybe” phải là yes hoặc no",
    ),
    (
        "too many columns",
        lambda f: f.add("aliases.csv", "e|TT Én|spelling|test|yes|more"),
        "aliases.csv",
        "có 6 cột, phải có 5",
    ),
    (
        "placement of an unknown unit",
        lambda f: f.add("placements.csv", "zz|t|||"),
        "placements.csv",
        "không có đơn vị “zz”",
    ),
    (
        "unknown parent",
        lambda f: f.change("placements.csv", ["s2"], "parent_key", "zz"),
        "placements.csv",
        "không có đơn vị “zz”",
    ),
    (
        "code of an unknown unit",
        lambda f: f.add("codes.csv", "zz|gso|9||"),
        "codes.csv",
        "không có đơn vị “zz”",
    ),
    (
        "alias of an unknown unit",
        lambda f: f.add("aliases.csv", "zz|Tên|spelling"),
        "aliases.csv",
        "không có đơn vị “zz”",
    ),
    (
        "succession to an unknown unit",
        lambda f: f.change("successions.csv", ["a"], "to_key", "zz"),
        "successions.csv",
        "không có đơn vị “zz”",
    ),
    (
        "succession from an unknown unit",
        lambda f: f.add("successions.csv", "zz|ab|merge|1|2025-01-01|"),
        "successions.csv",
        "không có đơn vị “zz”",
    ),
    (
        "count under an unknown unit",
        lambda f: f.add("expected.csv", "2023-06-30|commune|zz|1"),
        "expected.csv",
        "không có đơn vị “zz”",
    ),
    (
        "chain under an unknown unit",
        lambda f: f.add("chains.csv", "commune|2023-06-30|zz|2025-07-01|t"),
        "chains.csv",
        "không có đơn vị “zz”",
    ),
    (
        "alias twice",
        lambda f: f.add("aliases.csv", "s1|SC|spelling"),
        "aliases.csv",
        "lặp lại dòng 2 (s1, SC)",
    ),
    (
        "count twice",
        lambda f: f.add("expected.csv", "2023-06-30|commune|t|5"),
        "expected.csv",
        "lặp lại dòng 3",
    ),
]
