"""What VNeID answers about somebody who signed in, in both shapes that are known; nothing is kept here.

Direct: Keycloak-style claims; `preferred_username` is the number, `given_name` holds the family name (họ) and
`family_name` the rest, `birthdate` is yyyyMMdd, `acr` the level. By the national portal: `SoDinhDanh`,
`HoVaTen`, `NgayThangNamSinh` (yyyyMMdd), `LoaiTaiKhoan` (1 a person), `IAL`. Levels: NĐ 69/2024 Đ7.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

_NUMBER = re.compile(r"[0-9]{12}")
_DAY = re.compile(r"[0-9]{8}")
_LEVEL = re.compile(r"(?:LoA|IAL|level)?[ _-]?0?([1-4])", re.IGNORECASE)
_PERSON = {"", "1"}


class AnswerError(Exception):
    """The answer lacks something or is not of the agreed shape; the text names the field, never its value."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A person VNeID vouches for. `level` 1 or 2 (mức 01, mức 02)."""

    number: str
    full_name: str
    birth_date: date
    level: int


def read_answer(given: Mapping[str, Any]) -> Answer:
    """The answer in our words. Raises AnswerError; userinfo is preferred to the ID token where both came."""
    claims: Mapping[str, Any] = given.get("userinfo") or given.get("id_token") or given
    token: Mapping[str, Any] = given.get("id_token") or claims
    if claims.get("sub") is None or token.get("sub") != claims.get("sub"):
        raise AnswerError("sub")
    if _text(claims, "LoaiTaiKhoan") not in _PERSON:
        raise AnswerError("LoaiTaiKhoan")
    number = _text(claims, "SoDinhDanh", "preferred_username")
    if not _NUMBER.fullmatch(number):
        raise AnswerError("SoDinhDanh")
    return Answer(number, _name(claims), _day(claims), _level(claims))


def _text(claims: Mapping[str, Any], *names: str) -> str:
    found = next((claims[name] for name in names if claims.get(name) not in (None, "")), "")
    return unicodedata.normalize("NFC", str(found)).strip()


def _name(claims: Mapping[str, Any]) -> str:
    """Family name first, as it is written here; `name` and `HoVaTen` are whole, the two parts are swapped."""
    whole = _text(claims, "HoVaTen", "name")
    found = whole or f"{_text(claims, 'given_name')} {_text(claims, 'family_name')}".strip()
    if not found or len(found) > 120:
        raise AnswerError("HoVaTen")
    return found


def _day(claims: Mapping[str, Any]) -> date:
    text = _text(claims, "NgayThangNamSinh", "birthdate")
    if not _DAY.fullmatch(text):
        raise AnswerError("NgayThangNamSinh")
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a date
    except ValueError as error:
        raise AnswerError("NgayThangNamSinh") from error


def _level(claims: Mapping[str, Any]) -> int:
    match = _LEVEL.fullmatch(_text(claims, "IAL", "acr", "level"))
    if match is None:
        raise AnswerError("IAL")
    return int(match[1])
