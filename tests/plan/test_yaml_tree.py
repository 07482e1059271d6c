"""One YAML file becomes values with lines, or problems with lines – never an exception."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dean06.plan.schema.tree import MAX_BYTES, MAX_DEPTH, read_yaml


def refusals(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [str(problem) for problem in read_yaml("f.yaml", data)[1]]


def test_values_and_lines_of_keys_and_entries() -> None:
    document, problems = read_yaml("f.yaml", b"a: 1\nb:\n  - x\n  - {c: 2023-06-15, d: '05'}\ne: null\n")
    assert problems == []
    assert document is not None
    assert document.value == {"a": 1, "b": ("x", {"c": datetime.date(2023, 6, 15), "d": "05"}), "e": None}
    assert [document.line(path) for path in (("a",), ("b",), ("b", 0), ("b", 1, "d"), ("e",))] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert document.line(("b", 1, "missing", "deeper")) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: trường 'a' bị lặp (đã có ở dòng 1)"),
        ("x:\n  k: 1\n  k: {z: 1}\n", "f.yaml:3: trường 'k' bị lặp (đã có ở dòng 2)"),
        ("a: &x 1\n", "f.yaml:1: không cho phép neo YAML (&)"),
        ("a:\n- *x\n", "f.yaml:2: không cho phép bí danh YAML (*)"),
        ("a: !!python/object:os.system x\n", "f.yaml:1: không cho phép thẻ kiểu YAML (!)"),
        ("a: 1\n<<: {b: 2}\n", "f.yaml:2: không cho phép gộp khóa YAML (<<)"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: tệp chứa hơn một tài liệu YAML (dấu ---)"),
        ("", "f.yaml:1: tệp rỗng"),
        ("? [a]\n: 1\n", "f.yaml:1: tên trường phải là một chuỗi đơn giản"),
        ("a: 2023-02-30\n", "không phải số hay ngày có thật"),
        ("a: =\n", "f.yaml:1: giá trị '=' phải đặt trong dấu nháy"),
        ('a: 1\nb: "\\u0000"\n', "f.yaml:2: có ký tự điều khiển không cho phép (U+0000)"),
        ('a: "\\uD800"\n', "f.yaml:1: có ký tự điều khiển không cho phép (U+D800)"),
        ("a: 1\nb: tie\u0302\u0301ng\n", "f.yaml:2: văn bản phải ở dạng Unicode dựng sẵn (NFC)"),
        ("a: [1\nb: 2\n", "f.yaml:2: sai cú pháp YAML"),
        (b"a: 1\nb: \xff\n", "f.yaml:2: tệp không phải văn bản UTF-8 hợp lệ"),
    ],
)
def test_what_a_file_may_not_hold(text: str | bytes, expected: str) -> None:
    assert any(expected in refusal for refusal in refusals(text)), refusals(text)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"k{n}: &k{n} [*a, *a, *a]" for n in range(1000))
    assert refusals(bomb) == ["f.yaml:1: không cho phép neo YAML (&)"]


def test_depth_and_size_are_limited() -> None:
    assert refusals("[" * (MAX_DEPTH + 1)) == [f"f.yaml:1: lồng nhau quá {MAX_DEPTH} tầng"]
    assert refusals("[" * 100_000) == [f"f.yaml:1: lồng nhau quá {MAX_DEPTH} tầng"]
    assert "vượt giới hạn" in refusals(b"#" * (MAX_BYTES + 1))[0]


YAML_LIKE = st.text(alphabet="ab01:-_.+[]{}&*!|>'\"\\#%@`<=?,~ \n\tđ\u0301\x00\ufeff", max_size=60)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=200), YAML_LIKE.map(str.encode)))
@example(b"a: 0b_\n")
@example(b"a: 2001-01-01 00:00:00 +99:99\n")
@example(b"a: -_\nb: 0x_\nc: 0o8\nd: 190:20:30\ne: ._1\nf: .inf\n")
@example(b"a: " + b"9" * 5000)
@example(b"%YAML 9.9\n---\na: 1\n")
def test_arbitrary_bytes_give_a_document_or_problems(data: bytes) -> None:
    document, problems = read_yaml("f.yaml", data)
    assert document is not None or problems
    assert all(problem.line >= 1 and problem.message for problem in problems)
