"""However the tiny plan is spoiled, the check answers with problems and never with an exception."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dean06.plan.check import check_plan
from tests.plan.tiny import CODES, TINY, copy_to, problems, replace

ITEMS = ("P0-T1", "P0-T2", "P0-S1", "M1-T1", "M1-T2", "R-1")
RANGES = ("[13, 14]", "[16, 16]", "[20, 20]", "[26, 26]", "[28, 28]", "[32, 32]")
GOALS = ("goal: 60\n", "goal: 100\n", "goal: 12.5\n")
PARTIES = ("[so-mau]", '"group:communes"', '"group:payers"', "cong-an-mau", '"902"', "huyen-dong")
FILES = sorted(
    path.relative_to(TINY).as_posix() for path in TINY.rglob("*") if path.is_file() and path.suffix != ".txt"
)


@contextmanager
def spoiled() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield copy_to(Path(folder))


@st.composite
def dropped_id(draw: st.DrawFn) -> tuple[str, str, str]:
    name = draw(st.sampled_from(ITEMS))
    return "items.yaml", f"id: {name}\n", f"id: {draw(st.sampled_from([f'{name}9', 'Z-1', 'x', '']))}\n"


@st.composite
def duplicate_id(draw: st.DrawFn) -> tuple[str, str, str]:
    one, two = draw(st.permutations(ITEMS))[:2]
    return "items.yaml", f"id: {one}\n", f"id: {two}\n"


@st.composite
def other_goal(draw: st.DrawFn) -> tuple[str, str, str]:
    old = draw(st.sampled_from(GOALS))
    number = draw(st.one_of(st.integers(-10, 200), st.floats(width=16)))
    written = str(number).replace("inf", ".inf").replace("nan", ".nan")
    written_in_text: dict[str, set[float]] = {GOALS[0]: {60}, GOALS[1]: {100}, GOALS[2]: {12.5, 25}}
    return "items.yaml", old, old if number in written_in_text[old] else f"goal: {written}\n"


@st.composite
def unknown_unit(draw: st.DrawFn) -> tuple[str, str, str]:
    party = draw(st.sampled_from(PARTIES))
    file = "registrations.yaml" if party in ('"902"', "huyen-dong") else "items.yaml"
    other = draw(st.from_regex(r"\A[a-z]{1,8}-(x|zz)[0-9]\Z"))
    return file, party, f"[{other}]" if party.startswith("[") else other


@st.composite
def bad_range(draw: st.DrawFn) -> tuple[str, str, str]:
    first, last = draw(st.integers(-5, 10**7)), draw(st.integers(33, 10**7))
    return "items.yaml", draw(st.sampled_from(RANGES)), f"[{first}, {last}]"


@settings(max_examples=120, deadline=None)
@given(st.one_of(dropped_id(), duplicate_id(), other_goal(), unknown_unit(), bad_range()))
def test_every_mutation_is_a_problem(mutation: tuple[str, str, str]) -> None:
    file, old, new = mutation
    with spoiled() as folder:
        replace(folder, file, old, new)
        found = problems(folder)
        assert (found == []) is (old == new), (mutation, found)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=300), st.integers(0, 10**6), st.integers(0, 40))
def test_arbitrary_bytes_anywhere_never_raise(file: str, junk: bytes, at: int, cut: int) -> None:
    with spoiled() as folder:
        path = folder / file
        data = path.read_bytes()
        at %= len(data) + 1
        path.write_bytes(data[:at] + junk + data[at + cut :])
        report = check_plan(folder, CODES)
        assert all(problem.line >= 1 and problem.message for problem in report.problems)


KEYS = st.sampled_from(["id", "lines", "items", "members", "ambiguity"])
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(alphabet="aM1-:đ 0\n", max_size=8),
    st.dates().map(str),
)
TREE = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner)),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([name for name in FILES if name.endswith(".yaml")]), TREE)
def test_any_yaml_value_in_any_file_is_a_problem(file: str, value: object) -> None:
    import yaml

    with spoiled() as folder:
        (folder / file).write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
        assert problems(folder) != []
