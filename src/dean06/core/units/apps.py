from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """The room of units as a Django app."""

    name = "dean06.core.units"
    label = "units"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_reference

        reason = "names, codes and places of public bodies are public"
        for table in ("units_placement", "units_closure", "units_code", "units_alias", "units_succession"):
            register_reference(table, reason=reason)
        register_reference("units_unit", reason=reason)
        register_reference("units_loaded_folder", reason="which public files were loaded tells nothing more")
