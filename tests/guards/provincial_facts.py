"""What belongs to the shipped province and to no other, and how each kind of it is recognised in a text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings

from vnid.text import fold

TEXT = {".py", ".html", ".txt", ".po", ".js", ".ts", ".css", ".json", ".toml", ".md", ".sql", ".svg", ".csv"}
LARGE = frozenset({"province", "district"})
PLACES = LARGE | {"commune"}
KIND_WORDS = ("tỉnh", "huyện", "thành phố", "thị xã", "xã", "phường", "thị trấn")
_NEVER = "(?!)"
LONG_CODE = 5  # digits: shorter ones are numbers like any other, unless quoted or under their scheme


def _rows(file: str) -> list[dict[str, str]]:
    with (settings.PLAN_DIR / "units" / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@cache
def place_names(kinds: frozenset[str] = PLACES) -> frozenset[str]:
    """Names of provinces, districts and communes without their kind."""
    names = (row["name"] for row in _rows("units.csv") if row["kind"] in kinds)
    kind = re.compile(rf"(?:{'|'.join(KIND_WORDS)}) (?=\S)", re.IGNORECASE)
    return frozenset(kind.sub("", name, count=1) if kind.match(name) else name for name in names)


@cache
def unit_codes() -> frozenset[str]:
    """Keys, and codes under every scheme."""
    codes = {row["code"] for row in _rows("codes.csv")}
    return frozenset(codes | {row["key"] for row in _rows("units.csv")} | {settings.PLAN_DIR.name})


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or _NEVER


def _spelt(names: Iterable[str]) -> str:
    return "|".join("[ _-]?".join(fold(name).split()) for name in sorted(names))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.casefold()))


@cache
def _facts() -> tuple[tuple[str, frozenset[str]], ...]:
    """Every name and code with its words."""
    return tuple((fact, _words(fact)) for fact in sorted(place_names() | unit_codes()))


def _patterns(text: str) -> tuple[re.Pattern[str], ...]:
    """Each finds one kind of fact as `fact`; only for those whose words occur, or it would take long."""
    words = _words(text)
    there = {fact for fact, parts in _facts() if parts <= words}
    names, codes = place_names() & there, unit_codes() & there
    long = {name for name in names if " " in name}
    short = {code for code in codes if code.isdecimal() and len(code) < LONG_CODE}
    large = {name for name in place_names(LARGE) if " " in name}
    before, after = r"(?<![\w-])", r"(?![\w-])"
    return (
        # A large one in any letters, also as programs write it: "ten_huyen".
        re.compile(rf"(?<![^\W_])(?P<fact>{_any(large)}|{_spelt(large)})(?![^\W_])", re.IGNORECASE),
        # As names are written: the words of a small one may be said of anything in small letters.
        re.compile(rf"(?<!\w)(?P<fact>{_any(long | {name.upper() for name in long})})(?!\w)"),
        # One word is a name only behind its kind, or alone between quotes.
        re.compile(rf"(?<!\w)(?:{_any(KIND_WORDS)})\s+(?P<fact>{_any(names)})(?!\w)", re.IGNORECASE),
        re.compile(rf"[\"'“>](?P<fact>{_any(names - long)})[\"'”<]"),
        re.compile(rf"{before}(?P<fact>{_any(codes - short)}){after}", re.IGNORECASE),
        re.compile(rf"(?:\w:|[\"'])(?P<fact>{_any(short)})(?=[\"'])"),
    )


def in_text(text: str) -> list[tuple[str, int]]:
    """(fact, line), each fact once a line, and none that is only a part of a longer one there."""
    found = {
        (match["fact"], text.count("\n", 0, match.start("fact")) + 1)
        for one in _patterns(text)
        for match in one.finditer(text)
    }
    return sorted(
        (fact, line)
        for fact, line in found
        if not any(fact != other and fact in other and line == place for other, place in found)
    )


def in_folder(root: Path) -> list[tuple[str, str, int]]:
    """(file, fact, line) of every fact found under a folder."""
    return [
        (path.relative_to(root).as_posix(), fact, number)
        for path in sorted(root.rglob("*"))
        if path.suffix in TEXT and path.is_file() and not {"dist", "node_modules"} & set(path.parts)
        for fact, number in in_text(path.read_text(encoding="utf-8"))
    ]
