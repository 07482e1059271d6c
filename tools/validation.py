"""docs/validation.md from the program itself: what each value must look like, and which values must agree.

`tools/validation` writes it; tests/guards/test_validation_docs.py compares (OWASP ASVS 5.0.0, 2.1.1, 2.1.2).
Needs Django set up, but no database.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeGuard, get_args, get_origin

from django import forms
from django.apps import apps
from django.core.validators import BaseValidator, RegexValidator
from django.db import models
from django.utils import translation
from pydantic import BaseModel

import dean06
from dean06.core.sheets import Column
from dean06.core.sheets.template import _explain

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "validation.md"
_FORM_MODULES = ("forms", "edits", "importing", "invite", "looks_forms", "second_factor", "sheet")
_HEAD = """# Rules of validation

Made by `tools/validation` from the forms, sheets, tables and the schema of plans; a test keeps it current.
What a rule refuses is told in Vietnamese beside its field, or with row and column of a sheet; nothing is
corrected silently. All rules hold on the server.

Wherever a value comes from:

- text is NFC, without control characters; spaces at both ends are dropped; length counts characters;
- a day is `YYYY-MM-DD` in forms and `dd/mm/yyyy` in sheets; a day that tells a fact is not after today;
- a number in a sheet has a comma before its fraction; a share lies between 0 and 100 %;
- an identity number has 12 digits, the first always 0 (Nghị định 137/2015/NĐ-CP, Điều 13); none is taken in
  an address, a reason or a search that travels in an address;
- a choice is one of the list shown; an object is one that its reader may see;
- files: [security](security.md#limits) lists kinds and sizes; ending, declared type and contents must agree.
"""


def page() -> str:
    """The whole document, in Vietnamese where it quotes labels."""
    with translation.override("vi"):
        parts = [_HEAD, *_forms(), *_records(), *_sheets(), *_plan(), *_combined()]
    return "\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return [*lines, *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows), ""]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def form_classes() -> list[type[forms.Form]]:
    """Every form of the program that people fill in, by name."""
    found = set()
    for module in pkgutil.walk_packages(dean06.__path__, "dean06."):
        if module.name.rpartition(".")[2] in _FORM_MODULES or module.name.endswith("_forms"):
            members = vars(importlib.import_module(module.name)).values()
            found |= {each for each in members if _is_ours(each) and each.base_fields}
    return sorted(found, key=lambda form: (form.__module__, form.__name__))


def _is_ours(each: object) -> TypeGuard[type[forms.Form]]:
    return (
        isinstance(each, type) and issubclass(each, forms.BaseForm) and each.__module__.startswith("dean06.")
    )


def _forms() -> Iterator[str]:
    yield "## Forms\n"
    for form in form_classes():
        own = (vars(form).get("__doc__") or "").split("\n\n")[0]
        yield f"**{form.__module__.removeprefix('dean06.')}.{form.__name__}** {_cell(own)}\n"
        fields = ((f"`{name}`", _kind(field), _rules(field)) for name, field in form.base_fields.items())
        yield from _table(("field", "kind", "rules"), fields)


def _records() -> Iterator[str]:
    from dean06.pilots.guidance.records import KINDS

    yield "## Records of guidance\n"
    for slug, kind in KINDS.items():
        columns = ((name, kind.model._meta.get_field(name).formfield()) for name in kind.fields)  # type: ignore[union-attr]
        yield f"**{slug}** ({kind.name})\n"
        yield from _table(
            ("field", "kind", "rules"), ((f"`{n}`", _kind(f), _rules(f)) for n, f in columns if f)
        )


def _sheets() -> Iterator[str]:
    from dean06.core.units import sheet as units
    from dean06.pilots.guidance import sheet as guidance
    from dean06.pilots.guidance.records import KINDS
    from dean06.web.account import invite

    yield "## Sheets\n"
    named = {"units": units.columns(), "invitations": invite.columns()}
    named |= {slug: guidance.columns(kind) for slug, kind in KINDS.items() if kind.imported}
    for name, columns in named.items():
        yield f"**{name}**\n"
        yield from _table(("column", "rules"), ((column.label_vi, _column(column)) for column in columns))


def _column(column: Column) -> str:
    choices = f"; {', '.join(column.choices)}" if column.choices else ""
    return "; ".join(_explain(column)) + choices


def _plan() -> Iterator[str]:
    from dean06.plan.schema import document, item

    yield "## Files of a plan\n"
    specs = {
        each
        for module in (document, item)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == module.__name__
    }
    for spec in sorted(specs, key=lambda each: each.__name__):
        rows = (
            (f"`{name}`", _annotation(field.annotation), _of_pydantic(field))
            for name, field in spec.model_fields.items()
        )
        yield f"**{spec.__name__}**: {_first(spec)}\n"
        yield from _table(("field", "kind", "rules"), rows)


def _of_pydantic(field: Any) -> str:
    told = ["required" if field.is_required() else "optional", *_limits(field.metadata)]
    return "; ".join(told)


def _limits(rules: Iterable[Any]) -> Iterator[str]:
    """What the marks on a type of pydantic's say."""
    for rule in rules:
        if metadata := getattr(rule, "metadata", None):
            yield from _limits(metadata)
        for name in ("min_length", "max_length", "pattern", "ge", "gt", "le", "lt"):
            if (value := getattr(rule, name, None)) is not None:
                yield f"{name} `{value}`"
        if function := getattr(rule, "func", None):
            yield f"checked by `{function.__name__}`"


def _annotation(kind: Any) -> str:
    """A type in words: `tuple of str (max_length 20)`."""
    if hasattr(kind, "__metadata__"):
        limits = ", ".join(_limits(kind.__metadata__))
        return f"{_annotation(get_args(kind)[0])} ({limits})" if limits else _annotation(get_args(kind)[0])
    inner = [each if isinstance(each, str) else _annotation(each) for each in get_args(kind)]
    if isinstance(kind, types.UnionType):
        return " or ".join(inner)
    if not inner:
        return "..." if kind is Ellipsis else kind.__name__
    origin = get_origin(kind)
    return (
        f"{origin.__name__} of {', '.join(inner)}"
        if isinstance(origin, type)
        else f"one of {', '.join(inner)}"
    )


def _combined() -> Iterator[str]:
    yield "## Values that must agree\n"
    yield "Between the fields of one form or record, and with what is kept already:\n"
    yield from _table(("where", "rule"), iter(_checks()))
    yield "In the database, for every way in:\n"
    yield from _table(("table", "rule", "over"), iter(_constraints()))
    yield "In the files of a plan:\n"
    yield from _table(("check", "rule"), iter(_plan_checks()))


def _checks() -> list[tuple[str, str]]:
    from dean06.pilots.guidance.records import KINDS

    found = [(f"{slug}", _first(check)) for slug, kind in KINDS.items() for check in kind.checks]
    for form in form_classes():
        own = [name for name in vars(form) if name == "clean" or name.startswith("clean_")]
        found += [(f"{form.__name__}.{name}", _first(getattr(form, name))) for name in own]
    return found


def _constraints() -> Iterator[tuple[str, str, str]]:
    for model in sorted(apps.get_models(), key=lambda each: each._meta.db_table):
        if not model.__module__.startswith("dean06."):
            continue
        for rule in sorted(model._meta.constraints, key=lambda each: each.name):
            yield f"`{model._meta.db_table}`", rule.name, _over(rule)


def _over(rule: models.BaseConstraint) -> str:
    if isinstance(rule, models.CheckConstraint):
        return f"`{rule.condition}`"
    kind = "no two overlap" if type(rule).__name__ == "ExclusionConstraint" else "unique together"
    names = getattr(rule, "fields", ()) or [str(each[0]) for each in getattr(rule, "expressions", ())]
    condition = getattr(rule, "condition", None)
    where = f" where `{condition}`" if condition else ""
    return f"{kind}: {', '.join(str(name) for name in names)}{where}"


def _plan_checks() -> Iterator[tuple[str, str]]:
    folder = ROOT / "src" / "dean06" / "plan" / "check"
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
                yield f"`{path.stem}.{node.name}`", text.split("\n\n")[0]


def _first(thing: Any) -> str:
    """The first sentence about it; a rule that nobody described is a fault."""
    text = (inspect.getdoc(thing) or "").split("\n\n")[0]
    if not text:
        raise ValueError(f"{thing.__module__}.{thing.__qualname__} has no docstring: what does it check?")
    return text


def _kind(field: forms.Field) -> str:
    return type(field).__name__.removesuffix("Field").lower() or "text"


def _rules(field: forms.Field) -> str:
    told = ["required" if field.required else "optional"]
    for name in ("max_length", "min_length", "min_value", "max_value", "max_digits", "decimal_places"):
        if (value := getattr(field, name, None)) is not None:
            told.append(f"{name.replace('_', ' ')} {value}")
    choices = getattr(field, "_choices", None)
    if isinstance(choices, list) and 0 < len(choices) <= 30:
        told.append(
            "one of " + ", ".join(f"`{value}`" for value, _label in choices if value not in ("", None))
        )
    told += [
        f"pattern `{getattr(rule.regex, 'pattern', rule.regex)}`"
        for rule in field.validators
        if isinstance(rule, RegexValidator)
    ]
    own = {type(rule).__name__ for rule in field.validators} - {"RegexValidator"}
    told += sorted(name for name in own if not issubclass(getattr(forms, name, BaseValidator), BaseValidator))
    return "; ".join(told)


if __name__ == "__main__":
    import django

    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
