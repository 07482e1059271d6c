from django.db import models

from dean06.core.units.models import Unit


class UsageRecord(models.Model):
    """One look at personal data: who, when, why, about how many people of which unit; never the data."""

    at = models.DateTimeField(db_index=True)
    actor_id = models.IntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=80)
    route = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    subjects = models.IntegerField()

    class Meta:
        db_table = "usage_record"
        constraints = [
            models.CheckConstraint(condition=models.Q(subjects__gte=0), name="usage_record_subjects")
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.purpose}"
