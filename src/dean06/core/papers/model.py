"""An official paper as data: what stands in it, in the order of NĐ 30/2020/NĐ-CP, annex I.

Nothing here knows how it is drawn; whatever is drawn takes its words from `words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum


class Kind(Enum):
    """Kinds of papers with their abbreviation (annex III) and name; an official letter has neither."""

    REPORT = ("BC", "BÁO CÁO")
    SUBMISSION = ("TTr", "TỜ TRÌNH")
    NOTICE = ("TB", "THÔNG BÁO")
    PLAN = ("KH", "KẾ HOẠCH")
    LETTER = ("", "")

    @property
    def abbreviation(self) -> str:
        """What stands in the symbol."""
        return self.value[0]

    @property
    def title(self) -> str:
        """What stands above the abstract."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered part of the body: level 1 is "I.", level 2 "1."; the number is part of the text."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as `heads`. Columns in `numbers` (from 0) are set to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    numbers: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError("every row of a table has as many cells as its heads")


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Appendix:
    """An appendix with its own page numbers; tables with many columns lie across."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = True


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: lines of authority ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), the name."""

    authority: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. Without a number and a day it is a draft: both stay blank for the hand that issues it.

    `superior` and `issuer`: the agency above and the one that issues; `code`: the issuer's letters in the
    symbol; `drafted_by`: the department's letters in a letter's symbol; `to`: whom it addresses;
    `copies`: further recipients; `notice`: a line above everything, for papers of a simulation.
    """

    kind: Kind
    superior: str
    issuer: str
    code: str
    place: str
    abstract: str
    body: tuple[Block, ...]
    signature: Signature
    number: int | None = None
    day: date | None = None
    drafted_by: str = ""
    to: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    archive: str = "VT"
    appendices: tuple[Appendix, ...] = ()
    notice: str = ""


def texts(blocks: Sequence[Block]) -> list[str]:
    """Every text of these blocks in reading order: what two renderings of a paper must share."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            rows = [block.heads, *block.rows]
            found += [block.caption] * bool(block.caption) + [cell for row in rows for cell in row]
        else:
            found.append(block.text)
    return found
