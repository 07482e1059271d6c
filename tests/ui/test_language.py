"""Names in the reader's language, with the Vietnamese one where there is no other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from dean06.ui.language import localized

UNIT = SimpleNamespace(name="Huyện Mẫu", name_en="Mau District")
DESK = SimpleNamespace(name="Bộ phận một cửa xã Mẫu", name_en="")
ITEM = SimpleNamespace(label_vi="Video tại bộ phận một cửa", label_en="Video at one-stop desks")


@pytest.mark.parametrize(
    ("language", "thing", "field", "text"),
    [
        ("vi", UNIT, "name", "Huyện Mẫu"),
        ("en", UNIT, "name", "Mau District"),
        ("en", DESK, "name", "Bộ phận một cửa xã Mẫu"),
        ("vi", ITEM, "label", "Video tại bộ phận một cửa"),
        ("en", ITEM, "label", "Video at one-stop desks"),
    ],
)
def test_a_name_is_in_the_language_of_the_page(language: str, thing: object, field: str, text: str) -> None:
    with translation.override(language):
        assert localized(thing, field) == text


def test_what_has_no_such_name_is_an_error() -> None:
    with pytest.raises(AttributeError):
        localized(UNIT, "label")


def test_a_template_picks_the_name_and_shows_nothing_for_nothing() -> None:
    template = Template(
        "{% load dean06_ui %}{{ unit|localized }}|{{ item|localized:'label' }}|{{ none|localized }}"
    )
    with translation.override("en"):
        shown = template.render(Context({"unit": UNIT, "item": ITEM, "none": None}))
    assert shown == "Mau District|Video at one-stop desks|"
