"""The reader that the tests of this process share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.vnid.card import slot


@pytest.fixture(scope="session")
def possible() -> None:
    """Where a card can be put on a reader; in CI that must be so."""
    why = slot.missing()
    if why and os.environ.get("CI"):
        pytest.fail(f"CI has to read a card: {why}")
    if why:
        pytest.skip(why)


@pytest.fixture(scope="session")
def reader(possible: None) -> Iterator[slot.Slot]:
    """A reader that works as long as the tests run; the library finds it by its environment, once."""
    with slot.opened() as opened, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCSCLITE_CSOCK_NAME", str(opened.path))
        yield opened
