"""Text written for fonts of the years before Unicode: TCVN3 ("ABC", .VnTime) and VNI (VNI-Times) to Unicode.

Both are read as the Latin-1 or cp1252 characters that such files turn into. TCVN3: TCVN 5712:1993, VN3, one
byte a letter; capitals with tones are lower-case codes in a capital font (.VnTimeH), so they come out small.
VNI for Windows: a letter followed by the mark of its tone and shape. Nothing tells the two apart but the
caller: the same characters are good text in both, and in French.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TONES: Final = "\u0300\u0301\u0309\u0303\u0323"  # huyền, sắc, hỏi, ngã, nặng: the order of both tables
_TCVN3: Final = {
    "a": "µ¸¶·¹",
    "ă": "»¾¼½Æ",
    "â": "ÇÊÈÉË",
    "e": "ÌÐÎÏÑ",
    "ê": "ÒÕÓÔÖ",
    "i": "×ÝØÜÞ",
    "o": "ßãáâä",
    "ô": "åèæçé",
    "ơ": "êíëìî",
    "u": "ïóñòô",
    "ư": "õøö÷ù",
    "y": "úýûüþ",
}
_TCVN3_BARE: Final = dict(zip("¨©ª«¬\u00ad®¡¢£¤¥¦§", "ăâêôơưđĂÂÊÔƠƯĐ", strict=True))
_VNI_TONES: Final = {"": "øùûõï", "\u0306": "èéúüë", "\u0302": "àáåãä"}  # none, ă, â
_VNI_SHAPES: Final = {"\u0306": "ê", "\u0302": "â"}
_VNI_BASES: Final = {"": "aeouyôö", "\u0306": "a", "\u0302": "aeo"}
_VNI_ALONE: Final = {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ì": "ì", "í": "í"}


def _composed(*parts: str) -> str:
    return unicodedata.normalize("NFC", "".join(parts))


def _tcvn3() -> dict[str, str]:
    toned = {
        sign: _composed(letter, tone)
        for letter, signs in _TCVN3.items()
        for sign, tone in zip(signs, _TONES, strict=True)
    }
    return toned | _TCVN3_BARE


def _vni() -> dict[str, str]:
    found = dict(_VNI_ALONE)
    for shape, bases in _VNI_BASES.items():
        for base in bases:
            letter = _VNI_ALONE.get(base, base) + shape
            if shape:
                found[base + _VNI_SHAPES[shape]] = _composed(letter)
            for mark, tone in zip(_VNI_TONES[shape], _TONES, strict=True):
                found[base + mark] = _composed(letter, tone)
    del found["yï"]  # ỵ has a sign of its own
    return found | {key.upper(): letter.upper() for key, letter in found.items()}


TCVN3: Final = _tcvn3()
"""One character of TCVN3, as Latin-1, to its letter."""
VNI: Final = _vni()
"""One letter of VNI with its mark, as cp1252, to its letter; small and capital."""

_TCVN3_TABLE: Final = str.maketrans(TCVN3)
# A mark belongs to the letter before it; where the base is a capital, its mark may be either.
_VNI_PATTERN: Final = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """Unicode (NFC) from text in TCVN3 that was read as Latin-1; other characters stay."""
    return unicodedata.normalize("NFC", text.translate(_TCVN3_TABLE))


def from_vni(text: str) -> str:
    """Unicode (NFC) from text in VNI that was read as cp1252; other characters stay."""
    return unicodedata.normalize("NFC", _VNI_PATTERN.sub(lambda found: VNI[found[0]], text))
