"""The vault by itself: no database to ask before the first keys are made."""

from __future__ import annotations

import pytest

from dean06.core.vault import keyring


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "_checks", [])
    monkeypatch.setattr(keyring, "_told", [])
