"""Law as dated rows: deadlines, holidays and retention, each with its citation (data/rules.toml)."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dean06.core.rules.models import Rule

DATA = Path(__file__).parent / "data"


def rows() -> list[dict[str, Any]]:
    """The rules that ship with the program."""
    with (DATA / "rules.toml").open("rb") as file:
        return list(tomllib.load(file)["rule"])


def load(using: str) -> int:
    """Add the rules that the database has not yet; what an administrator changed stays. How many came new."""
    known = set(Rule.objects.using(using).values_list("code", "valid_from"))
    new = [
        Rule(
            code=row["code"],
            value=row["value"],
            valid_from=row.get("valid_from"),
            valid_to=row.get("valid_to"),
            citation=row["citation"],
        )
        for row in rows()
        if (row["code"], row.get("valid_from")) not in known
    ]
    Rule.objects.using(using).bulk_create(new)
    return len(new)


@cache
def _unread() -> re.Pattern[str]:
    with (DATA / "rules.toml").open("rb") as file:
        return re.compile(tomllib.load(file)["unread"])


def read_citation(text: str) -> tuple[str, bool]:
    """A citation to show, without the working note that nobody compared it yet; whether it carried one."""
    shown = _unread().sub("", text).strip()
    return shown, shown != text.strip()


def citation(code: str, on: date) -> str:
    """Where the rule in force on a day comes from; "" when there is none."""
    found = (
        Rule.objects.filter(code=code)
        .exclude(valid_from__gt=on)
        .exclude(valid_to__lte=on)
        .values_list("citation", flat=True)
        .first()
    )
    return found or ""
