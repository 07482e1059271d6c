"""Vietnamese text: one clean spelling for storage, a folded key for search, an order for lists.

Pure functions over `str`. `fold` and `sort_key` have SQL twins (`vn_fold`, `vn_sort_key`) that are generated
from the tables below, so that a stored key and a key made here are the same text. The twins agree on every
text of characters assigned in Unicode 14 or earlier without NUL and surrogates: newer characters may
decompose in one Unicode version and not in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

INVISIBLE: Final = "\u00ad\u034f\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
"""Characters that web pages and word processors leave behind: soft hyphen, joiners, direction marks, BOM."""

MARKS: Final = r"\u0300-\u036f"
"""Combining diacritical marks, as the inside of a regular-expression class (Python and PostgreSQL alike)."""

SEPARATORS: Final = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7"
    r"\u02b9-\u02ff\u2000-\u2bff\u3000-\u303f\ufffd"
)
"""Control characters, spaces, punctuation and symbols, as the inside of a regular-expression class."""

ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The 29 letters of Vietnamese and f, j, w, z where the Latin order puts them."""

TONES: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Combining tone marks in dictionary order: none, huyền, hỏi, ngã, sắc, nặng."""

_VOWELS: Final = "aăâeêioôơuưy"
_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Eth and African D look like Đ and are typed for it by some keyboards; dotless i comes from Turkish ones.
_FOLD_FROM: Final = _UPPER + "ĐđÐðƉɖıØø"
_FOLD_TO: Final = _UPPER.lower() + "dddddd" + "ioo"
_FOREIGN: Final = {
    "ÐðƉɖ": "đ",
    "ÄäÅå": "a",
    "Çç": "c",
    "Ëë": "e",
    "ÎîÏï": "i",
    "Ññ": "n",
    "ÖöØø": "o",
    "ÛûÜü": "u",
    "Ÿÿ": "y",
}


def _letters() -> Iterator[tuple[str, str, str]]:
    """Yields (character, its place in the alphabet as one ASCII character, its tone digit)."""
    for index, letter in enumerate(ALPHABET):
        place = chr(ord("A") + index)
        for digit, mark in enumerate(TONES if letter in _VOWELS else TONES[:1]):
            toned = unicodedata.normalize("NFC", letter + mark)
            yield toned, place, str(digit)
            yield toned.upper(), place, str(digit)
    for characters, letter in _FOREIGN.items():
        for character in characters:
            yield character, chr(ord("A") + ALPHABET.index(letter)), "6"


def _frequency(entry: tuple[str, str, str]) -> tuple[bool, bool]:
    return (not entry[0].isascii(), entry[0].isupper())


# PostgreSQL's translate() looks each character up by walking the table: the frequent ones stand first, and
# the characters that stay (space, digits) stand there too so that they do not walk all of it.
_LETTERS: Final = tuple(sorted([*_letters(), *((c, c, c) for c in " 0123456789")], key=_frequency))
FOLD_TABLE: Final = (_FOLD_FROM, _FOLD_TO)
"""(from, to): what `translate` does after decomposition and removal of marks."""
PLACE_TABLE: Final = ("".join(x[0] for x in _LETTERS), "".join(x[1] for x in _LETTERS))
"""(from, to): each letter to its place in the alphabet, "A" (a) to "a" (z): bytes sort like letters."""
TONE_TABLE: Final = (PLACE_TABLE[0], "".join(x[2] for x in _LETTERS))
"""(from, to): each letter to the digit of its tone; 6 marks a foreign letter after all tones of its base."""

_NO_INVISIBLE: Final = dict.fromkeys(map(ord, INVISIBLE))
_FOLD: Final = str.maketrans(*FOLD_TABLE)
_PLACE: Final = str.maketrans(*PLACE_TABLE)
_TONE: Final = str.maketrans(*TONE_TABLE)
_MARKS_RE: Final = re.compile(f"[{MARKS}]+")
_SEPARATORS_RE: Final = re.compile(f"[{SEPARATORS}]+")
# The Ogham space mark is white space to Unicode, yet no separator of a key: it stays what it is.
_SPACES_RE: Final = re.compile(r"[^\S\u1680]+")


def nfc_collapse(text: str) -> str:
    """The one spelling to store a single-line text in.

    Composed (NFC), without invisible characters, every run of white space (no-break space and line ends too)
    one plain space, trimmed. Letters, case and tone placement stay as typed.
    """
    return _SPACES_RE.sub(" ", unicodedata.normalize("NFC", text.translate(_NO_INVISIBLE))).strip(" ")


def fold(text: str) -> str:
    """The key under which a text is searched and matched: lower-case ASCII where the text is Vietnamese.

    "Hoà", "hòa" and decomposed "HÒA" give "hoa"; đ gives d; punctuation, hyphens and any white space give one
    space. y and i stay apart ("Lý" is not "Lí"). Letters of other scripts are kept as they are. Idempotent.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_NO_INVISIBLE))
    return _SEPARATORS_RE.sub(" ", _MARKS_RE.sub("", plain).translate(_FOLD)).strip(" ")


def sort_key(text: str) -> str:
    """The key whose code-point (byte) order is the Vietnamese alphabetical order.

    The letters of the whole text come first, then the tones as a tie-break: none, huyền, hỏi, ngã, sắc, nặng.
    Digits come before letters; punctuation counts as a space; case is ignored; letters of other scripts come
    last. Texts that differ only in case or punctuation share a key: add an id where a total order is needed.
    """
    composed = unicodedata.normalize("NFKC", text.translate(_NO_INVISIBLE))
    spaced = _SEPARATORS_RE.sub(" ", composed).strip(" ")
    return f"{_MARKS_RE.sub('', spaced.translate(_PLACE))}\x01{_MARKS_RE.sub('', spaced.translate(_TONE))}"
