from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The room of audit as a Django app."""

    name = "dean06.core.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_append_only

        register_append_only("audit_entry")
