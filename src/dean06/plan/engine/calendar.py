"""From when on an indicator is counted: the first day of the plan that asks for it."""

from __future__ import annotations

from datetime import date

from dean06.plan.periods import Period


def starts_on(code: str) -> date | None:
    """The first day of the earliest plan with an item measured by the indicator; None when no plan is."""
    from dean06.plan.models import Plan

    return (
        Plan.objects.filter(items__indicators__indicator=code)
        .order_by("starts_on")
        .values_list("starts_on", flat=True)
        .first()
    )


def first_period() -> Period | None:
    """The first period of the earliest plan; None when no plan is loaded."""
    from dean06.plan.models import Plan

    day = Plan.objects.order_by("starts_on").values_list("starts_on", flat=True).first()
    return Period.containing(day) if day is not None else None
