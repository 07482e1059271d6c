"""The fixed words and spellings of a paper (NĐ 30/2020/NĐ-CP, annex I, part II; annex III)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from dean06.core.papers.model import Block, Kind, Paper, Paragraph, Table

NATION: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
END: Final = "./."
_LEADING_ZERO_UP_TO_MONTH: Final = 2
_ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_BLANK: Final = "....."


def dated(place: str, day: date | None) -> str:
    """ "Hà Nội, ngày 05 tháng 9 năm 2023": days below 10 and months 1 and 2 take a zero, others none."""
    if day is None:
        return f"{place}, ngày {_BLANK} tháng {_BLANK} năm {_BLANK}"
    month = f"{day.month:02d}" if day.month <= _LEADING_ZERO_UP_TO_MONTH else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def symbol(paper: Paper) -> str:
    """ "BC-UBND" of a report; "UBND-VX" of a letter, which names its department instead of a kind."""
    if paper.kind is Kind.LETTER:
        return f"{paper.code}-{paper.drafted_by}" if paper.drafted_by else paper.code
    return f"{paper.kind.abbreviation}-{paper.code}"


def numbered(paper: Paper) -> str:
    """ "Số: 07/BC-SXD"; numbers below 10 take a zero; a draft has a blank."""
    number = _BLANK if paper.number is None else f"{paper.number:02d}"
    return f"Số: {number}/{symbol(paper)}"


def addressed(to: tuple[str, ...]) -> list[str]:
    """Kính gửi: one addressee on the same line, several each on their own."""
    if len(to) < 2:
        return [f"Kính gửi: {to[0]}."] if to else []
    return ["Kính gửi:", *listed(to)]


def listed(names: tuple[str, ...]) -> list[str]:
    """ "- A;" and "- B." at the end."""
    return [f"- {name}{'.' if at == len(names) - 1 else ';'}" for at, name in enumerate(names)]


def recipients(paper: Paper) -> list[str]:
    """Under "Nơi nhận:": "- Như trên;" where somebody is addressed, the copies, the archive."""
    above = ("Như trên",) if paper.to else ()
    return listed((*above, *paper.copies, f"Lưu: {paper.archive}"))


def grounded(grounds: tuple[str, ...]) -> list[str]:
    """The grounds, each on its line with ";", the last with "."."""
    return [f"{text}{'.' if at == len(grounds) - 1 else ';'}" for at, text in enumerate(grounds)]


def closed(body: tuple[Block, ...]) -> tuple[Block, ...]:
    """The body with the sign of its end: in its last paragraph, or in one of its own after a table."""
    if not body:
        return body
    *before, last = body
    if isinstance(last, Table):
        return (*body, Paragraph(END))
    return (*before, replace(last, text=ended(last.text)))


def ended(text: str) -> str:
    """The last paragraph of the body with the sign of the end."""
    return text.rstrip().rstrip("./;") + END


def roman(number: int) -> str:
    """1 to 39 in Roman numerals, as appendices are counted."""
    found = ""
    for value, sign in _ROMAN:
        while number >= value:
            found, number = found + sign, number - value
    return found


def attached(paper: Paper) -> str:
    """Under an appendix' name: what it belongs to."""
    kind = "Công văn" if paper.kind is Kind.LETTER else paper.kind.title.capitalize()
    day = dated("", paper.day).removeprefix(", ")
    return f"(Kèm theo {kind} số: {numbered(paper).removeprefix('Số: ')} {day} của {paper.issuer})"


def appendix_title(position: int, count: int) -> str:
    """ "Phụ lục", and "Phụ lục II" where there are several; `position` from 0."""
    return "Phụ lục" if count == 1 else f"Phụ lục {roman(position + 1)}"
