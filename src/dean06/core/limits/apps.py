from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "dean06.core.limits"
    label = "limits"
    default_auto_field = "django.db.models.BigAutoField"
