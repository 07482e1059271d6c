"""Names of people: places of tone marks, official ASCII spellings, parts, a comparison with reasons."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from vnid.mrz_make import mrz_letters
from vnid.text import TONES, fold, nfc_collapse

_TONE: Final = re.compile("[" + "".join(TONES[1:]) + "]")
# Clusters in which the old and the new spelling put the mark on different letters: hòa and hoà. Letters with
# a hat or a hook (oẽ stays, uê does not) carry the mark in both; after "qu" the u is no vowel.
_OPEN: Final = re.compile(r"(?<![qQ])([oO])([aAeE])(?![^\W\d_])|(?<![qQ])([uU])([yY])(?![^\W\d_])")
_NOT_IN_NDXP: Final = re.compile(r"[^A-Z0-9]")
_MRZ_WIDTH: Final = 30
Style = Literal["old", "new"]


class Agreement(StrEnum):
    """How two names relate, from the closest to the farthest."""

    EQUAL = "equal"
    TONE_PLACE = "tone_place"
    SIGNS = "signs"
    CUT = "cut"
    ORDER = "order"
    DIFFERENT = "different"


AGREEMENT_TEXTS: Final[dict[Agreement, tuple[str, str]]] = {
    Agreement.EQUAL: ("trùng họ tên", "the same name"),
    Agreement.TONE_PLACE: (
        "trùng họ tên, khác cách đặt dấu thanh",
        "the same name, tone marks placed otherwise",
    ),
    Agreement.SIGNS: ("trùng họ tên khi bỏ dấu", "the same name without diacritics"),
    Agreement.CUT: ("trùng phần đầu, dòng MRZ bị cắt", "the same beginning, cut by the width of the MRZ"),
    Agreement.ORDER: ("cùng các chữ, khác thứ tự", "the same words in another order"),
    Agreement.DIFFERENT: ("khác họ tên", "another name"),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Họ, đệm and tên; a name of one word is a given name."""

    family: str
    middle: str
    given: str


def place_tones(text: str, style: Style = "old") -> str:
    """The same text with tone marks where one spelling puts them: "hòa" (old, on cards) or "hoà" (new).

    Only open oa, oe, uy differ; words that are spelt otherwise stay as they are. NFC.
    """
    return " ".join(_word(word, style) for word in nfc_collapse(text).split(" "))


def _word(word: str, style: Style) -> str:
    plain = unicodedata.normalize("NFD", word)
    tone = _TONE.search(plain)
    bare = unicodedata.normalize("NFC", _TONE.sub("", plain, count=1))
    found = _OPEN.search(bare) if tone else None
    if tone is None or found is None:
        return word
    at = found.start() if style == "old" else found.start() + 1
    return unicodedata.normalize("NFC", bare[: at + 1] + tone[0] + bare[at + 1 :])


def mrz_name(name: str) -> str:
    """As an MRZ writes it: upper-case letters, "<" between words. Raises MrzError `not_encodable`."""
    return mrz_letters(name)


def ndxp_name(name: str) -> str:
    """As the national population database is asked: "NGUYENVANA", neither blanks nor signs."""
    return _NOT_IN_NDXP.sub("", fold(name).upper())


def split_name(name: str, compound_families: frozenset[str] = frozenset()) -> Parts:
    """Family name first, given name last. `compound_families`: folded family names of two words, as data."""
    words = nfc_collapse(name).split(" ")
    if len(words) == 1:
        return Parts("", "", words[0])
    size = 2 if len(words) > 2 and fold(" ".join(words[:2])) in compound_families else 1
    return Parts(" ".join(words[:size]), " ".join(words[size:-1]), words[-1])


def compare_names(one: str, other: str) -> Agreement:
    """How two spellings of a name relate. `CUT`: one is a full line of an MRZ and the other goes on."""
    first, second = nfc_collapse(one).casefold(), nfc_collapse(other).casefold()
    if first == second:
        return Agreement.EQUAL
    if place_tones(first) == place_tones(second):
        return Agreement.TONE_PLACE
    bare, spare = fold(one), fold(other)
    if bare == spare or bare.replace(" ", "") == spare.replace(" ", ""):
        return Agreement.SIGNS
    short, long = sorted((bare, spare), key=len)
    if len(short) >= _MRZ_WIDTH - 3 and long.startswith(short):
        return Agreement.CUT
    return Agreement.ORDER if sorted(bare.split()) == sorted(spare.split()) else Agreement.DIFFERENT
