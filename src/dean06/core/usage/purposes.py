"""The catalogue of purposes and the dated rules of this room: data files, loaded after every migrate."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q

from dean06.core.rules.models import Rule
from dean06.core.usage.models import UsagePurpose

DATA = Path(__file__).parent / "data"
_TEXTS = ("label_vi", "label_en", "seen_vi", "seen_en")


def in_force(code: str, on: date) -> UsagePurpose | None:
    """The purpose as it stands on a day; None for one that does not exist then."""
    return (
        UsagePurpose.objects.filter(code=code)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .first()
    )


def rows() -> Iterator[UsagePurpose]:
    """The purposes that ship with the program. Raises KeyError for a legal basis that the file has not."""
    with (DATA / "purposes.toml").open("rb") as file:
        content = tomllib.load(file)
    for row in content["purpose"]:
        for name in row["basis"]:
            basis: dict[str, Any] = content["basis"][name]
            yield UsagePurpose(
                code=row["code"],
                needs_reason=row.get("needs_reason", False),
                **{text: row[text] for text in _TEXTS},
                **basis,
            )


def load(using: str) -> None:
    """Bring the catalogue in line with the file, and add the rules that the database has not.

    A purpose that only the database knows stays; of the rules, what an administrator changed stays.
    """
    known = {(row.code, row.valid_from): row for row in UsagePurpose.objects.using(using)}
    for row in rows():
        old = known.get((row.code, row.valid_from))
        row.pk = old.pk if old else None
        row.save(using=using)
    _load_rules(using)


def _load_rules(using: str) -> None:
    with (DATA / "rules.toml").open("rb") as file:
        shipped = tomllib.load(file)["rule"]
    known = set(Rule.objects.using(using).values_list("code", "valid_from"))
    Rule.objects.using(using).bulk_create(
        Rule(**row) for row in shipped if (row["code"], row.get("valid_from")) not in known
    )
