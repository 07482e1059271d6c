from typing import Any

from django.apps import AppConfig

REFERENCE_TABLES = (
    "plan_plan",
    "plan_pilot",
    "plan_item",
    "plan_item_unit",
    "plan_item_party",
    "plan_reading",
    "plan_item_indicator",
    "plan_registration",
    "plan_adopted_target",
)


class PlanConfig(AppConfig):
    """The plan and its engine as a Django app."""

    name = "dean06.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies; count anew whenever the tree of units changes."""
        """Name the row policies of the plan's tables."""
        from dean06.core.access.policies import register_reference

        reason = "the plan, who answers for it and the goals adopted are public inside the province"
        for table in REFERENCE_TABLES:
            register_reference(table, reason=reason)

        from dean06.plan.engine.tables import register_tables

        register_tables()

        from dean06.core.units.signals import tree_changed

        tree_changed.connect(_count_anew, dispatch_uid="plan.count_anew")


def _count_anew(**_: Any) -> None:
    """Ask for every figure: whose units they are sums of may have changed."""
    from dean06.plan import engine

    engine.touch_all(indicator.code for indicator in engine.every())
