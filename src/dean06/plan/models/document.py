"""The plan as a document, its pilots and the units registered to them."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from dean06.core.units.models import DateRange, Unit


class Plan(models.Model):
    """A plan of a province. Number and day of issue may be blank: a plan can be carried out before."""

    code = models.SlugField(max_length=60, unique=True)
    title_vi = models.TextField()
    title_en = models.TextField()
    number = models.CharField(max_length=60, null=True, blank=True)  # noqa: DJ001 - null: blank in the text
    symbol = models.CharField(max_length=60)
    issued_on = models.DateField(null=True, blank=True)
    issued_text = models.CharField(max_length=120)
    issuer_vi = models.CharField(max_length=300)
    issuer_en = models.CharField(max_length=300)
    signer_capacity = models.CharField(max_length=120)
    signer_post = models.CharField(max_length=120)
    signer_name = models.CharField(max_length=120)
    starts_on = models.DateField()
    opens_day = models.PositiveSmallIntegerField()
    due_before_day = models.PositiveSmallIntegerField()
    period_citation = models.TextField()
    legal_bases = models.JSONField(default=list)
    references = models.JSONField(default=list)
    recipients = models.JSONField(default=list)
    corrections = models.JSONField(default=list)
    source_text = models.TextField()
    source_sha256 = models.CharField(max_length=64)
    rule_codes = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "plan_plan"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    opens_day__gte=1, opens_day__lte=28, due_before_day__gte=1, due_before_day__lte=28
                ),
                name="plan_plan_period_days",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Pilot(models.Model):
    """A pilot model of a plan, known by (plan, code): numbers of pilots are local to a province."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="pilots")
    code = models.CharField(max_length=20)
    name_vi = models.TextField()
    name_en = models.TextField()
    scope_vi = models.TextField(blank=True)
    objects_vi = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField()
    lead = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="led_pilots")
    line_from = models.PositiveIntegerField()
    line_to = models.PositiveIntegerField()

    class Meta:
        db_table = "plan_pilot"
        ordering = ["plan", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="plan_pilot_code")]

    def __str__(self) -> str:
        return self.code


class Registration(models.Model):
    """A unit registered to a pilot, [valid_from, valid_to). Who registers is not what is measured."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="registrations")
    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="registrations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="registrations")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.TextField(blank=True)
    line_from = models.PositiveIntegerField()
    line_to = models.PositiveIntegerField()

    class Meta:
        db_table = "plan_registration"
        ordering = ["pilot__order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="plan_registration_validity",
            ),
            ExclusionConstraint(
                name="plan_registration_once",
                deferrable=models.Deferrable.IMMEDIATE,
                expressions=[
                    (F("pilot"), RangeOperators.EQUAL),
                    (F("unit"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.pilot_id}"
