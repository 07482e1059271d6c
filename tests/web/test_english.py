"""English where one Vietnamese word has two senses: the one that is meant."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tests.pilots.guidance.world import World
from tests.web.account.test_users import read, world

__all__ = ["world"]


def english(client: Client, settings: Any) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_the_tabs_of_personal_data_say_requests(world: World, settings: Any) -> None:
    page = read(english(world.client("officer"), settings), reverse("people:home"))
    assert ">Requests</a>" in page
    assert "Requirement" not in page


def test_retention_says_how_long(world: World, settings: Any) -> None:
    page = read(english(world.client("officer"), settings), reverse("people:retention"))
    assert '<th scope="col">Kept for</th>' in page
    assert ">Save<" not in page


@pytest.mark.parametrize(
    ("context", "text", "meant"),
    [("requests of people", "Yêu cầu", "Requests"), ("how long data are kept", "Lưu", "Kept for")],
)
def test_two_senses_have_two_words(context: str, text: str, meant: str) -> None:
    with translation.override("en"):
        assert pgettext(context, text) == meant
        assert _(text) != meant


def test_a_look_has_one_colon_before_what_was_done() -> None:
    with translation.override("en"):
        text = _("Ngày %(day)s, lúc %(hour)s, %(who)s đã %(action)s. Căn cứ: %(basis)s.")
        said = text % {"day": "10/12/2023", "hour": "04h57", "who": "X", "action": "looked at", "basis": "Y"}
    assert said == "10/12/2023, 04h57, X: looked at. Legal basis: Y."
