"""docs/validation.md is what the program checks: made from it, whole, and current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from tools.validation import PAGE, _checks, _first, _rules, form_classes, page

SOURCE = Path(__file__).parents[2] / "src" / "dean06"
TEXT = PAGE.read_text(encoding="utf-8")
_FORM = re.compile(r"^class (\w+)\((?:[\w.]*(?:Form|_Base)\b)", re.MULTILINE)
WITHOUT_FIELDS = {
    "SampleForm",
    "AliasForm",
    "RetireForm",
}  # the first is the kit's, the others may add fields


def test_the_document_is_up_to_date() -> None:
    assert page() == TEXT, "run tools/validation"


def test_every_form_stands_in_it() -> None:
    written = {
        name for path in SOURCE.rglob("*.py") for name in _FORM.findall(path.read_text(encoding="utf-8"))
    }
    assert len(written) > 25
    told = {form.__name__ for form in form_classes()}
    assert {name for name in written if not name.startswith("_")} - told - WITHOUT_FIELDS == set()
    assert {name for name in told if f".{name}**" not in TEXT} == set()


def test_every_field_has_its_rules_and_sheets_and_plans_too() -> None:
    for form in form_classes():
        for name, field in form.base_fields.items():
            assert f"| `{name}` | " in TEXT, (form, name)
            assert _rules(field) in " ".join(TEXT.replace("\\|", "|").split()), (form, name)
    assert "| Mã định danh | Chữ; tối đa 80 ký tự; bắt buộc" in TEXT
    assert "| `goal` |" in TEXT


def test_values_that_must_agree_are_told_with_where() -> None:
    for where, rule in _checks():
        assert f"| {where} | {rule}" in TEXT
    for name in ("people_person_once", "guidance_material_validity", "units_placement_one_parent"):
        assert f"| {name} |" in TEXT


def test_control_a_rule_nobody_described_is_a_fault() -> None:
    def silent() -> None: ...

    with pytest.raises(ValueError, match="what does it check"):
        _first(silent)


def test_control_a_changed_rule_changes_the_document() -> None:
    assert _rules(forms.CharField(max_length=7)) != _rules(forms.CharField(max_length=8))
    assert "one of `a`" in _rules(forms.ChoiceField(choices=[("a", "A")]))
