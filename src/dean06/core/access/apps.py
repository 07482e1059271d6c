from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    """The room of access as a Django app."""

    name = "dean06.core.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables, and put our recovery codes in place."""
        from dean06.core.access import recovery
        from dean06.core.access.policies import register_own
        from dean06.core.access.receivers import connect

        register_own("access_grant")
        connect()
        recovery.install()
        post_migrate.connect(_apply, sender=self)


def _apply(using: str, **_: Any) -> None:
    from django.db import connections

    from dean06.core.access.incompatible import install
    from dean06.core.access.policies import apply

    apply(connections[using])
    install(connections[using])
