"""DG13 of a Vietnamese card: everything in Vietnamese about its holder.

Published nowhere: a SEQUENCE of fields, each a SEQUENCE of a number and a value. The numbers are what
programs in the field agree on; chips leave fields out, empty or in another kind of string, so a field is
found by its number and by nothing else. What is not known is kept as read.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from vnid import der
from vnid.chip.lds import FILE_TAGS, MOST
from vnid.dates import PartialDate, parse_date
from vnid.der import Node
from vnid.errors import DateError, DerError, LdsError
from vnid.pin import Sex, is_old_number
from vnid.validity import NO_EXPIRY

_ENCODINGS: Final = {
    der.UTF8_STRING: "utf-8",
    der.NUMERIC_STRING: "ascii",
    der.PRINTABLE_STRING: "utf-8",  # chips write letters with diacritics in it too
    der.IA5_STRING: "utf-8",
    der.BMP_STRING: "utf-16-be",
    0x14: "latin-1",  # TeletexString
    der.OCTET_STRING: "utf-8",
}
_SEXES: Final = {"nam": Sex.MALE, "nữ": Sex.FEMALE, "nu": Sex.FEMALE}
_KNOWN: Final = 16
_MOST_FIELDS: Final = 64


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """What DG13 says. Texts are NFC and empty where the chip has none; `place` is field 8.

    Field 8 is the native place (quê quán) on the card of 2021 and the place of birth registration on the card
    of 2024. `no_expiry`: the chip says that the card has no end.
    """

    pin: str
    name: str
    birth_date: PartialDate | None
    sex: Sex
    nationality: str
    ethnicity: str
    religion: str
    place: str
    residence: str
    marks: str
    issue_date: date | None
    expiry_date: date | None
    no_expiry: bool
    father: str
    mother: str
    spouses: tuple[str, ...]
    old_number: str
    chip_id: str
    extra: tuple[tuple[int, bytes], ...]

    def __repr__(self) -> str:
        return f"Holder(•••{self.pin[-3:]})"


def parse_dg13(data: bytes) -> Holder:
    """Read DG13. Raises LdsError: `too_large`, `holder_field` with the number, `not_text`; DerError."""
    if len(data) > MOST:
        raise LdsError("too_large", "DG13", limit=MOST)
    fields = _fields(data)
    texts = {number: _text(data, nodes, number) for number, nodes in fields.items() if number not in (13, 14)}
    parents = _names(data, fields.get(13, []), 13)
    end = texts.get(12, "")
    lasting = unicodedata.normalize("NFC", end).casefold() == NO_EXPIRY.casefold()
    return Holder(
        pin=texts.get(1, ""),
        name=texts.get(2, ""),
        birth_date=_date(texts.get(3, ""), 3),
        sex=_SEXES.get(texts.get(4, "").casefold(), Sex.UNKNOWN),
        nationality=texts.get(5, ""),
        ethnicity=texts.get(6, ""),
        religion=texts.get(7, ""),
        place=texts.get(8, ""),
        residence=texts.get(9, ""),
        marks=texts.get(10, ""),
        issue_date=_day(texts.get(11, ""), 11),
        expiry_date=None if lasting else _day(end, 12),
        no_expiry=lasting,
        father=parents[0] if parents else "",
        mother=parents[1] if len(parents) > 1 else "",
        spouses=tuple(name for name in _names(data, fields.get(14, []), 14) if name),
        old_number=texts.get(15, ""),
        chip_id=texts.get(16, ""),
        extra=tuple(
            (number, b"".join(der.raw(data, node) for node in nodes))
            for number, nodes in sorted(fields.items())
            if not 1 <= number <= _KNOWN
        ),
    )


def _fields(data: bytes) -> dict[int, list[Node]]:
    """The values of each field, by its number."""
    outer = der.whole(data, tag=FILE_TAGS["DG13"], where="DG13", ber=True)
    (container, *more) = der.children(data, outer, where="DG13", limit=2, ber=True) or [outer]
    if more or container.tag != der.SEQUENCE:
        raise DerError("der_tag", "DG13", offset=outer.begin)
    found: dict[int, list[Node]] = {}
    for field in der.children(data, container, where="DG13", limit=_MOST_FIELDS, ber=True):
        number, *values = der.children(data, field, where="DG13", limit=16, ber=True) or [field]
        key = der.integer(data, number, where="DG13")
        if field.tag != der.SEQUENCE or key in found:
            raise LdsError("holder_field", "DG13", number=key)
        found[key] = values
    return found


def _text(data: bytes, nodes: list[Node], number: int) -> str:
    """The one string of a field, NFC; "" for none. Fields of the future are not read as text."""
    if not nodes or not 1 <= number <= _KNOWN:
        return ""
    if len(nodes) > 1 or nodes[0].tag not in _ENCODINGS:
        raise LdsError("holder_field", "DG13", number=number)
    try:
        text = der.content(data, nodes[0]).decode(_ENCODINGS[nodes[0].tag])
    except UnicodeDecodeError as error:
        raise LdsError("not_text", f"DG13 {number}") from error
    return unicodedata.normalize("NFC", text).strip(" \0")


def _names(data: bytes, nodes: list[Node], number: int) -> list[str]:
    """The names in a field of nested sequences; an empty one is a place that nobody fills."""
    found = []
    for node in nodes:
        inner = (
            [node] if node.tag in _ENCODINGS else der.children(data, node, where="DG13", limit=4, ber=True)
        )
        found.append(_text(data, inner, number))
    return found


def _date(text: str, number: int) -> PartialDate | None:
    if not text:
        return None
    try:
        return parse_date(text)
    except DateError as error:
        raise LdsError(error.code, f"DG13 {number}") from error


def _day(text: str, number: int) -> date | None:
    found = _date(text, number)
    if found is not None and found.whole is None:
        raise LdsError("date_shape", f"DG13 {number}")
    return found.whole if found else None


def old_numbers(holder: Holder) -> tuple[str, ...]:
    """Earlier numbers of the holder, to find old records: nine digits, or twelve on a card issued anew."""
    number = holder.old_number
    return (
        (number,)
        if is_old_number(number) or (len(number) == 12 and number.isascii() and number.isdigit())
        else ()
    )


def make_dg13(holder: Holder) -> bytes:
    """DG13 with the fields of a holder, each in the kind of string that chips use."""
    printable, utf8 = der.PRINTABLE_STRING, der.UTF8_STRING
    end = NO_EXPIRY if holder.no_expiry else _written(holder.expiry_date)
    birth = holder.birth_date
    plain = [
        (1, printable, holder.pin),
        (2, utf8, holder.name),
        (3, printable, _written(birth.whole) or str(birth.year) if birth else ""),
        (4, utf8, {Sex.MALE: "Nam", Sex.FEMALE: "Nữ", Sex.UNKNOWN: ""}[holder.sex]),
        (5, utf8, holder.nationality),
        (6, utf8, holder.ethnicity),
        (7, utf8, holder.religion),
        (8, utf8, holder.place),
        (9, utf8, holder.residence),
        (10, utf8, holder.marks),
        (11, printable, _written(holder.issue_date)),
        (12, utf8, end),
    ]
    fields = [_field(number, _string(tag, text)) for number, tag, text in plain]
    parents = [_string(utf8, name) for name in (holder.father, holder.mother)]
    fields.append(_field(13, *(der.sequence(name) for name in parents)))
    fields.append(_field(14, *(der.sequence(_string(utf8, name)) for name in holder.spouses)))
    fields.append(_field(15, _string(printable, holder.old_number)))
    fields.append(_field(16, _string(printable, holder.chip_id)))
    fields.extend(_field(number, value) for number, value in holder.extra)
    return der.tlv(FILE_TAGS["DG13"], der.sequence(*fields))


def _field(number: int, *values: bytes) -> bytes:
    return der.sequence(der.encode_integer(number), *values)


def _string(tag: int, text: str) -> bytes:
    return der.tlv(tag, text.encode()) if text else b""


def _written(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
