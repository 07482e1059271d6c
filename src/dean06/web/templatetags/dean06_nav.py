"""The main navigation for the frame of every page: `{% load dean06_nav %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import HttpRequest

from dean06.core.access.actor import Actor
from dean06.core.access.models import Role
from dean06.web import nav

register = template.Library()


@register.simple_tag(takes_context=True)
def main_nav(context: Mapping[str, Any]) -> list[nav.Link]:
    """The navigation entries: `{% main_nav as entries %}`."""
    request: HttpRequest | None = context.get("request")
    return nav.links(request.path if request else "", context.get("actor"))


@register.filter
def may_view_as(actor: Actor | None) -> bool:
    """Whether the menu offers to see as another: to auditors."""
    return actor is not None and any(grant.role == Role.AUDITOR for grant in actor.grants)
