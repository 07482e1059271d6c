"""Badges as HTML. In Python, not in a template: a dashboard has hundreds, and each template costs."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from dean06.ui.figures import Badge
from dean06.ui.icons import icon


def mark(badge: Badge | None) -> SafeString:
    """Icon and text together; nothing for None."""
    if badge is None:
        return mark_safe("")
    title = format_html(' title="{}"', badge.title) if badge.title else ""
    return format_html(
        '<span class="mark mark-{}"{}>{}<span>{}</span></span>',
        badge.tone,
        title,
        icon(badge.icon),
        badge.label,
    )
