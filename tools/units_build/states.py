"""The three states of the territory as read from the extracts, and what joins them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tools.units_build.archives import BuildError, Package, read_rows
from tools.units_build.tables import Event

SUBKINDS = {
    "Thành phố": ("thanh_pho", "City"),
    "Thị xã": ("thi_xa", "Town"),
    "Thị trấn": ("thi_tran", "Township"),
    "Huyện": ("huyen", "District"),
    "Phường": ("phuong", "Ward"),
    "Xã": ("xa", "Commune"),
    "Tỉnh": ("tinh", "Province"),
}


class Commune(NamedTuple):
    """A commune in one state; `former` are the package's keys of names that became part of it."""

    code: str
    name: str
    district: str = ""
    former: frozenset[str] = frozenset()


def letters(name: str) -> str:
    """The form in which the package keys names: unaccented lower-case letters and digits, nothing else."""
    text = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D")).lower()
    return re.sub(r"[^a-z0-9]", "", text)


def split_type(name: str) -> tuple[str, str]:
    """("Thị trấn", "Chũ") of "Thị trấn Chũ"."""
    for word in SUBKINDS:
        if name.startswith(word + " "):
            return word, name[len(word) + 1 :]
    raise BuildError(f"unknown type of unit in the name {name!r}")


def subkind(name: str) -> str:
    return SUBKINDS[split_type(name)[0]][0]


def english(name: str) -> str:
    word, bare = split_type(name)
    return f"{bare} {SUBKINDS[word][1]}"


@dataclass(frozen=True)
class States:
    """Everything known of the territory before the rows are made."""

    districts_a: dict[str, str]
    districts_b: dict[str, str]
    a: dict[str, Commune]
    b: dict[str, Commune]
    c: dict[str, Commune]
    b_to_c: dict[str, str]
    scope: dict[str, Any]
    events: dict[str, Event]
    packages: dict[str, Package]

    def event_of(self, district: str) -> Event:
        """Event that ends state A of a district."""
        return self.events[self.scope["events"]["districts"].get(district, self.scope["events"]["default"])]

    @property
    def last(self) -> Event:
        """Event that ends state B: the end of the district level."""
        return self.events[self.scope["events"]["state_c"]]

    def renamed(self, code: str) -> bool:
        """Whether the unit of this code has another name or type in B; two spellings of one name are not."""
        return self.a[code].name != self.b[code].name and code not in self.scope["same_unit"]

    def successor(self, code: str) -> str:
        """Code in B of the commune that took in a commune whose code is gone.

        Evidence, in the same district of A: B lists the gone name among its former names, or B took the
        gone name over for a merged unit under another code. Exactly one must fit, otherwise BuildError.
        """
        gone = self.a[code]
        near = [c for c in self.b.values() if self.a[c.code].district == gone.district]
        wanted = letters(gone.name)
        found = [c.code for c in near if wanted in c.former or letters(c.name) == wanted]
        if len(found) != 1:
            raise BuildError(f"{code} {gone.name}: {len(found)} possible successors in state B: {found}")
        return found[0]

    def district_b(self, code: str) -> str:
        """District in B of the commune that a code of A became."""
        return self.b[code if code in self.b else self.successor(code)].district

    def divided(self) -> set[str]:
        """Districts of A out of which a new district was made: what is left is a new unit too."""
        return {self.a[c.code].district for c in self.b.values() if c.district not in self.districts_a}

    def received(self) -> dict[str, list[str]]:
        """Code in B → codes of A that vanished into it."""
        table: dict[str, list[str]] = {}
        for code in sorted(set(self.a) - set(self.b)):
            table.setdefault(self.successor(code), []).append(code)
        return table


def _communes(path: Path) -> dict[str, Commune]:
    return {
        r["code"]: Commune(
            r["code"], r["name"], r.get("district", ""), frozenset((r.get("former_keys") or "").split())
        )
        for r in read_rows(path)
    }


def read_states(
    extracts: Path, scope: dict[str, Any], events: dict[str, Event], packages: dict[str, Package]
) -> States:
    """Read the extracts and check that nothing is lost between them."""
    states = States(
        districts_a={r["code"]: r["name"] for r in read_rows(extracts / "districts_a.csv")},
        districts_b={r["code"]: r["name"] for r in read_rows(extracts / "districts_b.csv")},
        a=_communes(extracts / "state_a.csv"),
        b=_communes(extracts / "state_b.csv"),
        c=_communes(extracts / "state_c.csv"),
        b_to_c={r["old"]: r["new"] for r in read_rows(extracts / "b_to_c.csv")},
        scope=scope,
        events=events,
        packages=packages,
    )
    new = sorted(set(states.b) - set(states.a))
    if new:
        raise BuildError(f"communes of state B unknown in state A: {new}")
    if set(states.b) != set(states.b_to_c) or set(states.b_to_c.values()) != set(states.c):
        raise BuildError("the conversion from state B to C does not cover both states")
    return states
