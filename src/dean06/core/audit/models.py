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
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_entry_object"),
            models.Index(fields=["action", "id"], name="audit_entry_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditInstallation(models.Model):
    """One row: the name under which this installation's chains begin; it travels with a backup."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    key = models.UUIDField()

    class Meta:
        db_table = "audit_installation"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_installation_one_row")]

    def __str__(self) -> str:
        return str(self.key)


class AuditHead(models.Model):
    """The last link of each stream. Written only by the database's trigger (migration 0003)."""

    stream = models.CharField(max_length=12, primary_key=True)  # "action-3", "usage-15"
    number = models.SmallIntegerField()  # of the stream; one transaction has one for both kinds
    seq = models.BigIntegerField()
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_head"

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"


class AuditLink(models.Model):
    """A row of a log as it was hashed into its stream. Written only by the database's trigger.

    `payload` is null once the row was erased at the end of its retention: `digest` keeps the chain whole.
    `unit_id` and `at` are copies for row-level security and for choosing a range.
    """

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.CharField(max_length=12)
    seq = models.BigIntegerField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    digest = models.BinaryField()
    payload = models.TextField(null=True)  # noqa: DJ001 - null is "erased", no text is never written
    entry_id = models.BigIntegerField()
    unit_id = models.IntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_link"

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"


class AuditAnchor(models.Model):
    """A time-stamp token (RFC 3161) over the heads of all streams at one moment."""

    at = models.DateTimeField(db_index=True)  # as the authority says
    authority = models.CharField(max_length=200)
    heads = models.TextField()  # the text that was stamped
    token = models.BinaryField()

    class Meta:
        db_table = "audit_anchor"

    def __str__(self) -> str:
        return f"{self.authority} {self.at}"
