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
    name = "dean06.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the row policies of the plan's tables."""
        from dean06.core.access.policies import register_reference

        reason = "the plan, who answers for it and the goals adopted are public inside the province"
        for table in REFERENCE_TABLES:
            register_reference(table, reason=reason)

        from dean06.plan.engine.tables import register_tables

        register_tables()
