"""The icons we ship: the inner SVG of a few Tabler icons (frontend/icons.txt; MIT)."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


@cache
def shapes() -> dict[str, str]:
    """Inner SVG by icon name."""
    return dict(json.loads((Path(__file__).parent / "icons.json").read_text("utf-8")))


@lru_cache(maxsize=1024)
def icon(name: str, label: str = "") -> SafeString:
    """Inline SVG. Without `label` it is decoration, hidden from screen readers.

    Raises KeyError for a name that is not in frontend/icons.txt.
    """
    body = mark_safe(shapes()[name])  # noqa: S308 - our own file, written by frontend/tools/icons.mjs
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        name,
        role,
        body,
    )
