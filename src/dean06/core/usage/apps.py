from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class UsageConfig(AppConfig):
    """The room of usage as a Django app."""

    name = "dean06.core.usage"
    label = "usage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_append_only, register_reference, register_scoped

        for table in ("usage_record", "usage_subject", "usage_hidden", "usage_hiding_approval"):
            register_append_only(table)
        register_scoped("usage_hiding")
        register_scoped("usage_representation")
        register_reference("usage_purpose", reason="purposes and their legal basis are public")
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(using: str, **_: Any) -> None:
    """After core.access, whose policies it completes: the catalogue, and the one way by which rows go."""
    from django.db import connections

    from dean06.core.access.roles import WIDE_ROLE
    from dean06.core.usage import purposes, retention_sql

    with connections[using].cursor() as cursor:
        cursor.execute("select to_regprocedure('usage_expire()') is not null")
        if not cursor.fetchone()[0]:  # a migration backwards
            return
        cursor.execute(retention_sql.after_migrate(WIDE_ROLE))
    purposes.load(using)
