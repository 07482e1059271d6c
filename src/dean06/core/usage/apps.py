from django.apps import AppConfig


class UsageConfig(AppConfig):
    """The room of usage as a Django app."""

    name = "dean06.core.usage"
    label = "usage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_append_only

        register_append_only("usage_record")
