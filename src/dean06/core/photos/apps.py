from django.apps import AppConfig


class PhotosConfig(AppConfig):
    """The room of photos as a Django app."""

    name = "dean06.core.photos"
    label = "photos"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_scoped

        register_scoped("photos_photo", column="unit_id")
