"""What every record of daily work carries."""

from __future__ import annotations

from django.db import models

from dean06.core.access.models import User
from dean06.core.units.models import Unit


class Record(models.Model):
    """A dated fact about one desk or post: who wrote it when, and whether it was withdrawn.

    A withdrawn record stays readable and proves nothing. `version` guards against two people editing
    at once.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
