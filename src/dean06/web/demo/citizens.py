"""Who signs in at the simulated VNeID of a demo: somebody the demo's officers keep a record of.

So that a look made in the demo can be seen by the person it was about. Nobody holds these numbers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from dean06.core import vault
from dean06.core.people.models import Person
from dean06.gateways.vneid.citizens import CITIZENS_FILE, made_up

_ADULT_BEFORE = 2005


def write(data_dir: Path, people: Sequence[Person]) -> None:
    """Put the first grown-up of `people` among the citizens of the simulator, readable by its owner only."""
    grown = next(person for person in people if person.birth_date.year < _ADULT_BEFORE)
    family, _space, rest = grown.full_name.partition(" ")
    number = vault.decrypt(bytes(grown.number_cipher), context=grown.context)
    first = {"number": number, "family": family, "rest": rest, "born": grown.birth_date.isoformat()}
    others = [
        {
            "number": one.number,
            "family": one.family,
            "rest": one.rest,
            "born": one.born.isoformat(),
            "level": one.level,
        }
        for one in made_up()
    ]
    data_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(data_dir / CITIZENS_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([first, *others], file, ensure_ascii=False)
