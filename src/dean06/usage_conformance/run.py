"""Running the rules one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dean06.usage_conformance.checks import CHECKS, Failed
from dean06.usage_conformance.client import Target


@dataclass(frozen=True)
class Result:
    """What a rule found; `kept` None when the target lacks what the rule needs."""

    code: str
    title: str
    kept: bool | None
    message: str = ""


def run(target: Target, only: Iterable[str] = ()) -> Iterator[Result]:
    """The result of each rule (of those in `only`, when given). Raises Unreachable."""
    wanted = set(only)
    for check in CHECKS:
        if wanted and check.code not in wanted:
            continue
        if check.needs and not getattr(target, check.needs):
            yield Result(check.code, check.title, None, f"not asked: the target names no {check.needs}")
            continue
        try:
            check.run(target)
        except Failed as failed:
            yield Result(check.code, check.title, False, str(failed))
        except (KeyError, TypeError, AttributeError, IndexError) as odd:
            # An answer of another shape than the protocol's breaks the rule that read it.
            yield Result(check.code, check.title, False, f"the answer has another shape: {odd!r}")
        else:
            yield Result(check.code, check.title, True)
