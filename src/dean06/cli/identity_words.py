"""What `dean06 id` prints: one shape for programs, names of fields for people, numbers masked."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from vnid.dates import PartialDate
from vnid.decide import reason_texts
from vnid.errors import VnidError
from vnid.health_card import HealthCardQr, is_health_card, parse_health_card
from vnid.mrz import Mrz, parse_mrz
from vnid.pin import Pin, doubts, is_old_number, mask, parse_pin
from vnid.qr import Qr, on_day, parse_qr
from vnid.validity import card_model

LABELS = {
    "kind": "Loại",
    "pin": "Số định danh",
    "old_number": "Số CMND cũ",
    "name": "Họ tên",
    "birth_date": "Ngày sinh",
    "sex": "Giới tính",
    "address": "Nơi cư trú",
    "issue_date": "Ngày cấp",
    "expiry_date": "Có giá trị đến",
    "card_model": "Mẫu thẻ",
    "extra": "Trường thêm",
    "proof": "Bằng chứng",
    "degraded": "Máy quét làm hỏng chữ",
    "warnings": "Cần lưu ý",
    "repairs": "Đã sửa",
}
HOLDER_LABELS = LABELS | {"residence": "Nơi cư trú", "no_expiry": "Không thời hạn"}
_SAID = {
    "kind": {
        "qr": "mã QR",
        "mrz": "MRZ",
        "pin": "số định danh cá nhân",
        "cmnd": "số chứng minh nhân dân",
        "bhyt_qr": "mã QR thẻ BHYT",
    },
    "sex": {"male": "Nam", "female": "Nữ", "unknown": "không rõ"},
    "proof": {"declared": "tự khai, chưa kiểm chứng"},
    "card_model": {"cccd2021": "CCCD gắn chip (2021)", "cancuoc2024": "Căn cước (2024)"},
}
FACTS_SAID = {
    "ok": "đúng",
    "bad": "SAI",
    "not_done": "chưa kiểm tra",
    "trusted": "trong danh sách tin cậy",
    "unknown_issuer": "không có trong danh sách tin cậy",
    "expired": "hết hạn",
    "revoked": "đã bị thu hồi",
}
"""A verdict's values for people."""
_ISO = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_MRZ = re.compile(r"^[A-Z0-9<\s]+$")
_NUMBER = re.compile(r"(?=\w*\d)[A-Z0-9]{9,}")


def parse(text: str, today: date, *, full: bool) -> dict[str, Any]:
    """The contract of `id parse`. Raises VnidError."""
    bare = text.strip().lstrip("\ufeff")
    if is_health_card(bare):
        return _shown(_health(parse_health_card(bare)), full=full)
    if "|" not in bare and "<" in bare and _MRZ.match(bare.upper()):
        return _shown(_mrz(parse_mrz(bare, today=today), today), full=full)
    if bare.isascii() and bare.isdigit():
        return _shown(_digits(bare, today), full=full)
    return _shown(_qr(on_day(parse_qr(text), today), today), full=full)


def said(name: str, value: Any) -> str:
    """A value of the contract as people read it: words for codes, 05/09/2023 for 2023-09-05."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list):
        texts = (reason_texts().get(each, (each,))[0] if name == "warnings" else each for each in value)
        return ", ".join(text for text in texts if text)
    text = str(value)
    if name.endswith("_date") and (parts := _ISO.fullmatch(text)):
        return "/".join(part for part in reversed(parts.groups()) if part)
    return _SAID.get(name, {}).get(text, text)


def _empty(kind: str) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(LABELS)
    lists: dict[str, Any] = {"extra": [], "warnings": [], "repairs": []}
    return (
        told
        | lists
        | {"birth_precision": None, "kind": kind, "sex": "unknown", "proof": "declared", "degraded": False}
    )


def _birth(found: PartialDate) -> dict[str, Any]:
    return {"birth_date": str(found), "birth_precision": found.precision.value}


def _qr(found: Qr, today: date) -> dict[str, Any]:
    about = doubts(found.pin, today=today, birth=found.birth_date, sex=found.sex)
    model = card_model(found.issue_date) if found.issue_date else None
    return (
        _empty("qr")
        | _birth(found.birth_date)
        | {
            "pin": found.pin.digits,
            "old_number": found.old_number,
            "name": found.name,
            "sex": found.sex.value,
            "address": found.address,
            "issue_date": found.issue_date,
            "card_model": model.value if model else None,
            "extra": [each.text for each in found.extra],
            "degraded": found.degraded,
            "warnings": [str(each.value) for each in (*found.warnings, *about)],
            "repairs": list(found.repairs),
        }
    )


def _mrz(found: Mrz, today: date) -> dict[str, Any]:
    about = doubts(found.pin, today=today, birth=found.birth_date, sex=found.sex) if found.pin else ()
    return (
        _empty("mrz")
        | _birth(found.birth_date)
        | {
            "pin": found.pin.digits if found.pin else None,
            "name": f"{found.primary} {found.secondary}".strip(),
            "sex": found.sex.value,
            "expiry_date": found.expiry_date,
            "extra": [] if found.pin else [found.document_number],
            "warnings": [each.value for each in about],
        }
    )


def _digits(text: str, today: date) -> dict[str, Any]:
    if is_old_number(text):
        return _empty("cmnd") | {"old_number": text}
    pin: Pin = parse_pin(text)
    return _empty("pin") | {
        "pin": pin.digits,
        "sex": pin.sex.value,
        "birth_date": str(pin.birth_year),
        "birth_precision": "year",
        "address": pin.place.name or None,
        "warnings": [each.value for each in doubts(pin, today=today)],
    }


def _health(found: HealthCardQr) -> dict[str, Any]:
    return (
        _empty("bhyt_qr")
        | _birth(found.birth_date)
        | {
            "pin": found.number,
            "name": found.name,
            "sex": found.sex.value,
            "address": found.address,
            "extra": list(found.rest),
        }
    )


def _shown(told: dict[str, Any], *, full: bool) -> dict[str, Any]:
    """Numbers by their last three digits, wherever they stand, unless the whole is asked for."""
    if full:
        return told
    for name in ("pin", "old_number"):
        if told[name]:
            told[name] = mask(told[name])
    told["extra"] = [_NUMBER.sub(lambda number: mask(number[0]), each) for each in told["extra"]]
    return told


def refusal(error: VnidError) -> dict[str, str]:
    """The contract of what was refused; the text itself is never in it."""
    return {"error": error.code, "field": error.field, "reason": error.text("vi")}
