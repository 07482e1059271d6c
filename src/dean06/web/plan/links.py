"""Addresses of pages that another room may or may not have installed."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def unit_url(key: str) -> str:
    """The page of a unit; where that room is missing, the plan seen by that unit."""
    try:
        return reverse("web:unit", args=[key])
    except NoReverseMatch:
        return f"{reverse('web:plan')}?unit={key}"
