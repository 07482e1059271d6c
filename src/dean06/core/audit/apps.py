from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """The room of audit as a Django app."""

    name = "dean06.core.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the row policies of its tables."""
        from dean06.core.access.policies import register_append_only, register_ledger

        register_append_only("audit_entry")
        register_ledger("audit_link", column="unit_id")
        hashes = "hashes only: everybody may compare them"
        register_ledger("audit_head", reason=hashes)
        register_ledger("audit_installation", reason="the name under which the chains begin")
        register_ledger("audit_anchor", reason=hashes, wide_inserts=True)
        post_migrate.connect(_grant, sender=self)


def _grant(using: str, **_: Any) -> None:
    """Erasing at the end of retention is system work; the roles exist once core.access has migrated."""
    from django.db import connections

    from dean06.core.access.roles import WIDE_ROLE

    with connections[using].cursor() as cursor:
        cursor.execute("select to_regprocedure('audit_forget(timestamptz)') is not null")
        if cursor.fetchone()[0]:
            cursor.execute(f"grant execute on function audit_forget(timestamptz) to {WIDE_ROLE}")
