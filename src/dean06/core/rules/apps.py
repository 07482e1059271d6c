from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "dean06.core.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dean06.core.access.policies import register_reference

        register_reference("core_rule", reason="rules of law are public")
