from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F

from dean06.core.units.models import DateRange


class Rule(models.Model):
    """A value of law or local decision that changes with time: never a constant in code."""

    code = models.CharField(max_length=80)
    value = models.JSONField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    citation = models.TextField()

    class Meta:
        db_table = "core_rule"
        constraints = [
            ExclusionConstraint(
                name="core_rule_one_value",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.code
