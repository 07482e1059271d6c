"""Indicators are registered once, under a proper name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from dean06.core.errors import NotFound
from dean06.plan import engine
from tests.plan.engine import things


def test_a_code_is_registered_once() -> None:
    with things.registered(things.indicator(things.STOCK)):
        assert [one.code for one in engine.every()] == [things.STOCK]
        with pytest.raises(ImproperlyConfigured, match="twice"):
            engine.register(things.indicator(things.STOCK))


@pytest.mark.parametrize("code", ["", "guidance", "Guidance.video", "guidance.", "a b.c", "x." + "y" * 80])
def test_other_codes_are_refused(code: str) -> None:
    with things.registered(), pytest.raises(ImproperlyConfigured, match="app"):
        engine.register(replace(things.indicator(things.STOCK), code=code))


def test_a_version_counts_from_one() -> None:
    with things.registered(), pytest.raises(ImproperlyConfigured, match="version"):
        engine.register(things.indicator(things.STOCK, version=0))


def test_an_unknown_code_is_an_error() -> None:
    with things.registered(), pytest.raises(NotFound, match=r"nothing\.here"):
        engine.get("nothing.here")
