"""Tokens of other programs as the settings hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dean06.runtime.bearer import Token


def fresh(text: str, left: timedelta = timedelta(days=90)) -> Token:
    """A token that is taken for so long from now on."""
    return Token("TOKEN_FILE", text, datetime.now(UTC) + left)
