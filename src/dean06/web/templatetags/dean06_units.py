"""Units to choose from while typing: `{% load dean06_units %}`, `{% unit_options %}`, `list="units"`."""

from __future__ import annotations

from django import template

from dean06.core.units.facts import UnitFact
from dean06.core.units.queries import tree

register = template.Library()


@register.inclusion_tag("units/options.html")
def unit_options() -> dict[str, list[UnitFact]]:
    """Every unit of today, in the order of the tree, with the code or key that `resolve` takes."""
    return {"units": [node.unit for node in tree()]}
