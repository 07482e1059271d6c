from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PrivacyConfig(AppConfig):
    name = "dean06.core.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dean06.core.access.policies import register_reference, register_scoped

        register_scoped("privacy_request")
        register_scoped("privacy_breach")
        register_reference("privacy_deletion_report", reason="counts of what was deleted, without any person")
        post_migrate.connect(_load_rules, sender=self)


def _load_rules(using: str, **_: Any) -> None:
    from dean06.core.privacy.lawdata import load

    load(using)
