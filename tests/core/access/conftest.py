"""Fixtures of the tests of sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dean06.core.access import limits
from tests.core.access.visitors import let_in_with_a_password_alone


@pytest.fixture
def quick(db: None, settings: Any) -> Iterator[None]:
    """A database, and passwords that are cheap to check."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATE_LIMITS = False  # these tests are about the gate behind it
    let_in_with_a_password_alone()
    yield
    limits.forget()
