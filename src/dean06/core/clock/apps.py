from django.apps import AppConfig


class ClockConfig(AppConfig):
    """The room of clock as a Django app."""

    name = "dean06.core.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_reference

        register_reference("core_clock", reason="everybody works by the same business date")
