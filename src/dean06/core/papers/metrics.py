"""Widths of text in Times bold, in em: whether the nation's name fits a line, how long a drawn rule is.

The advance widths are those of Adobe's Times-Bold (AFM); letters with marks are as wide as the bare ones.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_THOUSANDTHS: Final = {
    250: " .,",
    278: "il/;:",
    333: "fjt-()",
    389: "Is",
    444: "cerz",
    500: "agovxyJ0123456789",
    556: "bdhknpquS",
    611: "FP",
    667: "BELTZ",
    722: "ACDNRUVXYw",
    778: "GHKOQ",
    833: "m",
    944: "M",
    1000: "W",
}
_WIDTHS: Final = {
    letter: width / 1000 for width, letters in sorted(_THOUSANDTHS.items()) for letter in letters
}
_USUAL: Final = 0.5


def width(text: str) -> float:
    """The width of a line in em; times the size in points it is points."""
    bare = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return sum(_WIDTHS.get(sign, _USUAL) for sign in bare if not unicodedata.combining(sign))
