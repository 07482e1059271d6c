"""One reason why a plan folder cannot be accepted, with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A reason in Vietnamese at a line of a file.

    `file` is relative to the plan folder, with forward slashes; `line` starts at 1.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"
