"""The tree of units as nested nodes: the upper levels, or the branches that lead to what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from dean06.core.units import queries
from dean06.core.units.models import UPPER_KINDS
from dean06.core.units.queries import TreeNode
from dean06.ui.tree import Node


def upper_levels(day: date, address: Callable[[int], str]) -> list[Node]:
    """The upper levels of a day, the top opened."""
    return _nested(queries.tree(day, kinds=UPPER_KINDS), address)


def branches(day: date, wanted: set[int], address: Callable[[int], str]) -> list[Node]:
    """The units of these ids with all that stands above them, every branch opened."""
    return _nested(_leading_to(queries.tree(day), wanted), address, opened=True)


def _leading_to(entries: Sequence[TreeNode], wanted: set[int]) -> list[TreeNode]:
    """Entries in depth-first order, without those that are not wanted and lead to nothing wanted."""
    kept: list[TreeNode] = []
    depth = -1  # of the entry whose parent must be kept
    for entry in reversed(entries):
        if entry.unit.id in wanted or entry.depth == depth - 1:
            kept.append(entry)
            depth = entry.depth
    return kept[::-1]


def _nested(
    entries: Sequence[TreeNode], address: Callable[[int], str], *, opened: bool = False
) -> list[Node]:
    """Nodes inside one another, each with the number of units directly below it; the tops are open."""
    tops: list[Node] = []
    line: list[tuple[int, list[Node]]] = [(-1, tops)]
    for entry in entries:
        while line[-1][0] >= entry.depth:
            line.pop()
        below: list[Node] = []
        node = Node(
            entry.unit.name,
            address(entry.unit.id),
            note=str(entry.children) if entry.children else "",
            open=opened or entry.depth == 0,
            children=below,
        )
        line[-1][1].append(node)
        line.append((entry.depth, below))
    return tops
