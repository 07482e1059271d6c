from django.apps import AppConfig

SCOPED = (
    "guidance_video_showing",
    "guidance_material",
    "guidance_material_check",
    "guidance_officer",
    "guidance_assignment",
    "guidance_training",
    "guidance_equipment_check",
    "guidance_posting",
)


class GuidanceConfig(AppConfig):
    """The pilot P0 as a Django app."""

    name = "dean06.pilots.guidance"
    label = "guidance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies and the indicators of this pilot."""
        from dean06.core.access.policies import register_reference, register_scoped

        for table in SCOPED:
            register_scoped(table, pilot="P0")
        register_reference("guidance_video", reason="approved videos are made for every desk to show")
        register_reference("guidance_procedure_list", reason="the lists are published for every desk to post")

        from dean06.pilots.guidance import indicators

        indicators.register_all()
