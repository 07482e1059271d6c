"""Names that data carry in two languages."""

from __future__ import annotations

from django.utils.translation import get_language


def is_english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "vi").startswith("en")


def localized(thing: object, field: str = "name") -> str:
    """A name in the reader's language: `name_en` for English where there is one, else `name_vi` or `name`.

    For units, pilots, items ("label") and whatever else keeps both. Raises AttributeError for other things.
    """
    english = str(getattr(thing, f"{field}_en", "") or "") if is_english() else ""
    if english:
        return english
    vietnamese = f"{field}_vi"
    return str(getattr(thing, vietnamese if hasattr(thing, vietnamese) else field))
