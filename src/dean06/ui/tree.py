"""The data of the tree component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """`note` stands at the end of the line (a count, a percentage); `open` shows the children at first."""

    label: str
    href: str = ""
    note: str = ""
    open: bool = False
    current: bool = False
    children: Sequence[Node] = field(default=())
