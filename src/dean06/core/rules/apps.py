from django.apps import AppConfig


class RulesConfig(AppConfig):
    """The room of rules as a Django app."""

    name = "dean06.core.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_reference

        register_reference("core_rule", reason="rules of law are public")
