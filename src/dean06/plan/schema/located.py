"""A value of the plan together with the lines it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from dean06.plan.schema.problem import Problem
from dean06.plan.schema.tree import Document, Path

Value_co = TypeVar("Value_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Located(Generic[Value_co]):
    """`value`, validated, as it stands at `base` in a document."""

    value: Value_co
    document: Document
    base: Path = ()

    def line(self, *path: str | int) -> int:
        """The line of a field of the value (of the value itself without arguments)."""
        return self.document.line(self.base + path)

    def problem(self, message: str, *path: str | int) -> Problem:
        """A problem at a field of the value."""
        return Problem(self.document.file, self.line(*path), message)
