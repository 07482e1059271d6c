"""Field types shared by every file of a plan."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Spec(BaseModel):
    """A frozen, closed record: unknown fields are refused and nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _decimal(value: object) -> object:
    """YAML has only binary floats; read them as the decimal number that was written."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    return value


def _plain_date(value: object) -> object:
    if isinstance(value, datetime.datetime):
        raise ValueError("phải là ngày dạng 2023-06-15, không kèm giờ")
    return value


def _of_our_time(value: datetime.date) -> datetime.date:
    if not 1945 <= value.year <= 2200:
        raise ValueError("năm phải từ 1945 đến 2200")
    return value


def _ordered(value: tuple[int, int]) -> tuple[int, int]:
    if value[0] > value[1]:
        raise ValueError(f"dòng đầu {value[0]} lớn hơn dòng cuối {value[1]}")
    return value


def _json(value: object) -> object:
    """A value that PostgreSQL can keep as JSON: tuples become lists, dates must be quoted."""
    if isinstance(value, tuple):
        return [_json(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _json(entry) for key, entry in value.items()}
    if isinstance(value, float) and value - value != 0:
        raise ValueError("không nhận số vô hạn hoặc không xác định")
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise ValueError("giá trị phải là số, chữ, danh sách hay bảng; ngày phải đặt trong dấu nháy")


Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^\S(.|\n)*$")]
Label = Annotated[str, Field(min_length=1, max_length=90, pattern=r"^\S.*$")]
Title = Annotated[str, Field(min_length=1, max_length=600, pattern=r"^\S.*$")]
Identifier = Annotated[str, Field(max_length=20, pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+[a-z]?)*$")]
Slug = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
UnitCode = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
PartyCode = Annotated[str, Field(max_length=70, pattern=r"^(group:)?[a-z0-9]+(-[a-z0-9]+)*$")]
IndicatorCode = Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
Date = Annotated[datetime.date, BeforeValidator(_plain_date), AfterValidator(_of_our_time)]
LineNumber = Annotated[int, Field(ge=1, le=1_000_000)]
Lines = Annotated[tuple[LineNumber, LineNumber], AfterValidator(_ordered)]
Percent = Annotated[Decimal, BeforeValidator(_decimal), Field(gt=0, le=100, decimal_places=2)]
JsonValue = Annotated[object, BeforeValidator(_json)]
