"""The coverage of the security standard: counted honestly, and able to fail."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from tools.asvs import PAGE, Requirement, malformed, missing, not_run, order, outcomes, page, read, summary

ROWS, SIGNATURES = read()
IDS_OF_THE_STANDARD = "c221cc01ef8fef1236787852eaaffe3e41baaa66b99534975cf9ccc3f62e5b4a"
"""SHA-256 over "id level" lines of the 253 requirements of levels 1 and 2 of ASVS 5.0.0."""

RESULTS = """<testsuites><testsuite>
<testcase classname="tests.a" name="test_one[x]"/>
<testcase classname="tests.a" name="test_one[y]">{}</testcase>
<testcase classname="tests.b" name="test_two"/></testsuite></testsuites>"""


def test_every_requirement_of_both_levels_stands_in_the_table() -> None:
    assert malformed(ROWS, SIGNATURES) == []
    told = "".join(f"{row.id} {row.level}\n" for row in sorted(ROWS, key=order))
    assert hashlib.sha256(told.encode()).hexdigest() == IDS_OF_THE_STANDARD


def test_every_test_that_is_named_exists() -> None:
    assert missing(ROWS) == []


def test_the_page_is_in_step_with_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(ROWS, SIGNATURES), "run tools/asvs.py --write"


def test_reasons_are_reasons() -> None:
    assert [row.id for row in ROWS if not row.tests and len(row.not_applicable or row.open) < 8] == []
    assert all(len(text) > 20 for text in SIGNATURES.values())


# --- controls: the check can fail ------------------------------------------------------------------

ONE = Requirement("1.1.1", 2, "x", tests=("tests/a.py::test_one", "tests/b.py::test_two"))


@pytest.mark.parametrize(
    ("inside", "fault"),
    [("<skipped/>", "was skipped"), ("<failure/>", "was failure"), ("<error/>", "was error"), ("", "")],
)
def test_control_a_skipped_or_failed_test_is_a_fault(tmp_path: Path, inside: str, fault: str) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(RESULTS.format(inside), encoding="utf-8")
    found = not_run([ONE], outcomes(path))
    assert found == ([f"1.1.1: tests/a.py::test_one {fault}"] if fault else [])


def test_control_a_test_that_did_not_run_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(RESULTS.format(""), encoding="utf-8")
    gone = replace(ONE, tests=("tests/c.py::test_three",))
    assert not_run([gone], outcomes(path)) == ["1.1.1: tests/c.py::test_three did not run"]


@pytest.mark.parametrize(
    "test", ["tests/none.py::test_x", "tests/guards/test_asvs.py::test_none", "tests/guards"]
)
def test_control_a_test_that_does_not_exist_is_a_fault(test: str) -> None:
    assert missing([replace(ONE, tests=(test,))]) == [f"1.1.1: there is no test {test}"]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ROWS[0], tests=(), open="", not_applicable=""),
        replace(ROWS[0], tests=(), open="", not_applicable="x", signed="nobody"),
        replace(ROWS[0], tests=("a", "a"), open="", not_applicable=""),
        replace(ROWS[0], level=3),
    ],
)
def test_control_a_row_that_says_nothing_is_a_fault(wrong: Requirement) -> None:
    assert malformed([wrong, *ROWS[1:]], SIGNATURES)


def test_open_is_counted_apart() -> None:
    rows = [
        ONE,
        Requirement("1.1.2", 1, "x", open="not yet"),
        Requirement("1.1.3", 1, "x", not_applicable="no"),
    ]
    assert summary(rows)[-1].startswith(
        "ASVS 5.0.0 both: 3 requirements: 1 covered by tests, 1 not applicable (signed), 1 open; 50 %"
    )
