from django.db import models

from dean06.core.units.models import Unit


class AuditEntry(models.Model):
    """Who did what to which object, written in the action's own transaction; never changed."""

    at = models.DateTimeField(db_index=True)
    actor_id = models.IntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["object_type", "object_id", "id"], name="audit_entry_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
