"""The small province of the people's tests."""

from tests.core.people.conftest import keys, world

__all__ = ["keys", "world"]
