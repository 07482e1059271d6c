"""How much each visitor has asked lately, shared by all web processes."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """A token bucket of one person or one address for one class of requests.

    The table is unlogged: after a crash it is empty, which gives everybody a full bucket, and writing to it
    waits for no disk. `key` is a keyed digest: the table tells nobody who asked or from where.
    """

    key = models.CharField(primary_key=True, max_length=64)
    tokens = models.FloatField()
    refused = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "limits_bucket"

    def __str__(self) -> str:
        return self.key[:8]
