from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "dean06.core.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"
