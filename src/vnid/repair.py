"""Text as scanners hand it over, brought back to what was printed, with the names of what was done."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Scanners that send a symbology identifier put "]Q1", "]Q3" before a QR code (ISO/IEC 15424).
_AIM: Final = re.compile(r"\A\][A-Za-z][0-9A-Za-z]")
_ENDS: Final = " \t\r\n\x00\x02\x03\x1d\x1e\x04"
_VIETNAMESE: Final = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯà-ýÀ-Ýạ-ỹẠ-Ỹ]")
_MOJIBAKE: Final = re.compile(r"[\x80-\xff]|[\u0152-\u0192\u02c6\u02dc\u2013-\u2122]")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without what the way added, and the names of the repairs in their order.

    `bom`, `aim_prefix`: removed from the start; `mojibake`: UTF-8 that was read as Latin-1 or Windows-1252;
    `nfc`: decomposed letters. White space and control characters at both ends go without being named.
    """
    done = []
    text = text.strip(_ENDS)
    if text.startswith("\ufeff") or text.startswith("ï»¿"):
        text = text.removeprefix("\ufeff").removeprefix("ï»¿")
        done.append("bom")
    if _AIM.match(text):
        text = text[3:]
        done.append("aim_prefix")
    text = text.strip(_ENDS)
    if text.isascii():
        return text, tuple(done)
    if (better := _read_again(text)) is not None:
        text = better
        done.append("mojibake")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        done.append("nfc")
    return text, tuple(done)


def _read_again(text: str) -> str | None:
    """The UTF-8 text whose bytes were taken for characters, or None when this is no such text."""
    if not _MOJIBAKE.search(text):
        return None
    for read_as in ("latin-1", "cp1252"):
        try:
            found = text.encode(read_as).decode("utf-8")
        except UnicodeError:
            continue
        if _VIETNAMESE.search(unicodedata.normalize("NFC", found)):
            return found
    return None
