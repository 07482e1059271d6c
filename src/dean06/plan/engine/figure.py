"""A figure: two whole numbers and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Source(StrEnum):
    """How a figure is known. The three are never mixed."""

    COUNTED = "counted"
    IMPORTED = "imported"
    DECLARED = "declared"


def percentage(numerator: int, denominator: int) -> Decimal | None:
    """100 × numerator / denominator, rounded half up to two places; None when the denominator is 0.

    Whole-number arithmetic: 1317/1878 is exactly 70.13 on every machine.
    """
    if denominator == 0:
        return None
    hundredths = (numerator * 20_000 + denominator) // (2 * denominator)
    return Decimal(hundredths).scaleb(-2)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in percent with its two numbers.

    `value` None with denominator 0 means that no case arose ("không phát sinh"): neither 0 % nor 100 %. A
    stated figure whose source gives only a percentage has no numerator and no denominator.
    `computed_at`: when it was counted (or signed); `definition_version`: of the indicator, 0 if stated.
    """

    numerator: int | None
    denominator: int | None
    value: Decimal | None
    source: Source
    computed_at: datetime
    definition_version: int = 0
    frozen: bool = False

    @classmethod
    def counted(
        cls, numerator: int, denominator: int, *, at: datetime, version: int, frozen: bool = False
    ) -> Figure:
        """A figure counted from records."""
        value = percentage(numerator, denominator)
        return cls(numerator, denominator, value, Source.COUNTED, at, version, frozen)

    @property
    def nothing_arose(self) -> bool:
        """True when there was nothing to count: "không phát sinh"."""
        return self.denominator == 0
