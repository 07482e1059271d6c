"""docs/access.md: who may do what, made of the policy and the table of routes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dean06.core.access.incompatible import every_pair
from dean06.core.access.models import Role
from dean06.core.access.policies import REGISTRY
from dean06.core.access.policy import ALLOWED, Action
from tests.guards.objects import ROUTES

FILE = Path(__file__).resolve().parents[2] / "docs" / "access.md"

_HEAD = """# Who may do what

Made by `tools/access` from `core.access.policy`, `core.access.incompatible` and the table of routes; a test
compares it. Do not edit it by hand.

A grant is a role for a unit and all that is or ever was below it, perhaps for some pilots, for a time.
It gives the actions of its role there. `view_personal` comes from the grant itself, whatever the role; a
grant limited to pilots reads everything of its units but writes, and reads names, for those pilots only.
`manage_plan` and `operate` need a grant for the province. `may(actor, action, row)` asks for one row,
`which(actor, action, model)` gives the rows; row-level security stands behind both ([ADR
2](adr/0002-access.md)).
"""
_PAIRS = """
## Maker and checker

Two roles that one person may not hold at once in one branch of the tree
(`core/access/incompatible.toml`, dated). The actions refuse them; a constraint trigger refuses whatever
goes past the actions. A unit that is moved under another later is not looked at again: the yearly review
is. The plan of 2023 names no maker and checker of payments, so no roles or pairs exist for them; they
are added to the file with the pilot that pays.
"""
_ROUTES = """
## Addresses

What is asked for to read and to send; “–”: the method is not taken; “own”: nothing but being the one it
is about. Beside these actions of the policy: `record_person` is `record` and `view_personal` together,
`keep_library` is `record` for the whole province and pilot P0, `see_hidings` is `view_personal` or
`view_log`, `audit` is the role auditor, `citizen` a citizen for himself.

| address | object | read | send |
|---|---|---|---|
"""


def _rows() -> Iterator[str]:
    yield _HEAD
    yield "\n## Roles\n\n| action | " + " | ".join(role.value for role in Role) + " |\n"
    yield "|---|" + "---|" * len(Role) + "\n"
    for action in Action:
        if action is not Action.VIEW_PERSONAL:
            marks = ("yes" if action in ALLOWED[role] else "" for role in Role)
            yield f"| {action.value} | " + " | ".join(marks) + " |\n"
    yield _PAIRS + "\n| role | role | why | from | source | compared |\n|---|---|---|---|---|---|\n"
    for pair in every_pair():
        one, other = sorted(pair.roles)
        checked = "yes" if pair.verified else "no"
        yield f"| {one} | {other} | {pair.reason} | {pair.since or 'always'} | {pair.source} | {checked} |\n"
    yield _ROUTES
    for name, about in sorted(ROUTES.items()):
        read, send = ("–" if code == "-" else code or "own" for code in (about.get, about.post))
        yield f"| `{name}` | {about.kind} | {read} | {send} |\n"
    yield "\n## Rows\n\nTables with a unit, and how their rows are kept inside it.\n\n"
    yield "| table | unit | kind | pilot |\n|---|---|---|---|\n"
    for table, rule in sorted(REGISTRY.items()):
        if rule.column:
            yield f"| {table} | {rule.column} | {rule.kind.value} | {rule.pilot or '–'} |\n"


def text() -> str:
    """The whole document."""
    return "".join(_rows())
