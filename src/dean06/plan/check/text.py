"""The source text of a plan, and what a range of its lines contains."""

from __future__ import annotations

import datetime
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from dean06.plan.schema.document import Source

ELISION = "[…]"


def flatten(text: str) -> str:
    """NFC, with every run of white space made one blank: hard wraps no longer matter."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True, slots=True)
class SourceText:
    """The lines of the plan's text, as numbered by every editor (split at LF only)."""

    lines: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> SourceText:
        """Split a text into numbered lines."""
        lines = text.split("\n")
        return cls(tuple(lines[:-1] if lines[-1] == "" else lines))

    def has(self, first: int, last: int) -> bool:
        """Whether the range lies inside the text."""
        return 1 <= first <= last <= len(self.lines)

    def between(self, first: int, last: int) -> str:
        """The flattened text of lines first…last, both included."""
        return flatten(" ".join(self.lines[first - 1 : last]))


def contains_quote(text: str, quote: str) -> bool:
    """Whether the parts of `quote` (separated by "[…]") stand in `text` in their order."""
    position = 0
    for part in (flatten(piece) for piece in quote.split(ELISION)):
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return True


def contains_percent(text: str, goal: Decimal) -> bool:
    """Whether the number stands in `text` as a percentage, alone or as one side of "50%/70%"."""
    written = re.escape(f"{goal.normalize():f}").replace(r"\.", "[.,]")
    return re.search(rf"(?<![\d.,]){written}\s?(%|phần trăm)", text) is not None


def contains_count(text: str, count: int) -> bool:
    """Whether `text` states that many units ("04 đơn vị"), zero-padded or not."""
    return re.search(rf"(?<![\d.,/])0*{count} (đơn vị|cơ quan|địa phương)", text) is not None


def contains_day(text: str, day: datetime.date) -> bool:
    """Whether the full date stands in `text` (23/02/2023, 4/4/2023, "ngày 4 tháng 4 năm 2023")."""
    slashes = rf"(?<!\d)0?{day.day}/0?{day.month}/{day.year}(?!\d)"
    words = rf"ngày 0?{day.day} tháng 0?{day.month} năm {day.year}(?!\d)"
    return re.search(f"{slashes}|{words}", text) is not None


def contains_month(text: str, day: datetime.date) -> bool:
    """Whether a deadline's month stands in `text` ("tháng 7/2023"), or the next one after "trước"."""
    after = day + datetime.timedelta(days=1)
    return _month(text, day, "") or (after.day == 1 and _month(text, after, "trước (tháng )?"))


def _month(text: str, day: datetime.date, before: str) -> bool:
    slashes = rf"(?<!\d)0?{day.month}/{day.year}(?!\d)"
    words = rf"tháng 0?{day.month} năm {day.year}(?!\d)"
    return re.search(f"{before}({slashes}|{words})", text) is not None


def source_defects(source: Source, data: bytes) -> tuple[SourceText | None, str]:
    """Decode the source file and compare it with what plan.yaml says; the text of a defect or ""."""
    digest = hashlib.sha256(data).hexdigest()
    if digest != source.sha256:
        return None, f"tệp nguồn có mã băm {digest}, khác với sha256 đã ghi"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None, "tệp nguồn không phải văn bản UTF-8"
    if source.normalised and not unicodedata.is_normalized("NFC", text):
        return SourceText.parse(text), "ghi normalised: true nhưng tệp nguồn chưa ở dạng NFC"
    return SourceText.parse(text), ""
