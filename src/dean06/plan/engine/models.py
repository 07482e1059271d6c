"""What the engine stores: runs, observations, the rows and the tree of closed periods; stated figures."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dean06.core.units.models import Unit

_PERIOD = Q(period__regex=r"^\d{4}-(0[1-9]|1[0-2])$")


class IndicatorRun(models.Model):
    """An indicator was counted for every unit in a period. Without a run nothing is known; with one, a unit
    that has no observation had nothing to count ("không phát sinh").

    `tree` is a fingerprint of the tree of units that was counted over; `frozen_at` ends all changes.
    """

    indicator = models.CharField(max_length=80)
    period = models.CharField(max_length=7)
    definition_version = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    milliseconds = models.PositiveIntegerField()
    tree = models.BigIntegerField()
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "plan_indicator_run"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period"], name="plan_indicator_run_once"),
            models.CheckConstraint(condition=_PERIOD, name="plan_indicator_run_period"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"


class Span(models.TextChoices):
    """Over which time a figure counts. Stock indicators have only the period's own figure."""

    PERIOD = "period", _("Trong kỳ")
    SINCE_START = "since_start", _("Luỹ kế từ khi bắt đầu kế hoạch")


class Observation(models.Model):
    """The figure of one unit with all below it, in one period; `own_*` counts the unit alone.

    Kept only where there is something to count (denominator > 0).
    """

    # No number of its own: a full count writes hundreds of rows, and each index costs.
    pk = models.CompositePrimaryKey("indicator", "period", "span", "unit")
    indicator = models.CharField(max_length=80)
    period = models.CharField(max_length=7)
    span = models.CharField(max_length=11, choices=Span.choices, default=Span.PERIOD)
    # The ids come out of units_closure, which has the constraint; checked again for each row, it would cost
    # as much as the counting.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    numerator = models.IntegerField()
    denominator = models.IntegerField()
    own_numerator = models.IntegerField()
    own_denominator = models.IntegerField()
    computed_at = models.DateTimeField()
    definition_version = models.PositiveSmallIntegerField()
    frozen = models.BooleanField(default=False)

    class Meta:
        db_table = "plan_observation"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    numerator__gte=0,
                    numerator__lte=F("denominator"),
                    denominator__gt=0,
                    own_numerator__gte=0,
                    own_numerator__lte=F("own_denominator"),
                    own_denominator__lte=F("denominator"),
                ),
                name="plan_observation_share",
            ),
        ]
        indexes = [models.Index(fields=["unit", "indicator", "period"], name="plan_observation_unit")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period} {self.unit_id}: {self.numerator}/{self.denominator}"


class FrozenRow(models.Model):
    """A row of an indicator as it stood when its period was frozen: the proof of the frozen figure."""

    indicator = models.CharField(max_length=80)
    period = models.CharField(max_length=7)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    subject = models.TextField()
    label = models.TextField()
    met = models.BooleanField()
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "plan_frozen_row"
        indexes = [models.Index(fields=["indicator", "period", "unit"], name="plan_frozen_row_unit")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period} {self.subject}"


class FrozenTree(models.Model):
    """The tree of units as it stood at the cut-off when the period was frozen."""

    period = models.CharField(max_length=7)
    ancestor = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    descendant = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    depth = models.SmallIntegerField()

    class Meta:
        db_table = "plan_frozen_tree"
        constraints = [
            models.UniqueConstraint(
                fields=["period", "ancestor", "descendant"], name="plan_frozen_tree_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.ancestor_id} > {self.descendant_id}"


class StatedFigure(models.Model):
    """A figure nobody counted here: imported from a named source, or declared by a person who signs for it.

    Never edited: a correction is a new row that `supersedes` the old one; the head of the chain holds.
    Either both counts are given, or only the percentage `value` (0–100) that the source states.
    """

    class StatedKind(models.TextChoices):
        IMPORTED = "imported", _("Nhập từ nguồn có văn bản")
        DECLARED = "declared", _("Đơn vị khai, có người ký")

    item = models.ForeignKey("plan.Item", models.PROTECT, related_name="stated_figures")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    kind = models.CharField(max_length=10, choices=StatedKind.choices)
    numerator = models.IntegerField(null=True, blank=True)
    denominator = models.IntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    document_number = models.CharField(max_length=60)
    document_date = models.DateField()
    document_title = models.CharField(max_length=300)
    source = models.CharField(max_length=200)
    signer = models.CharField(max_length=120)
    stated_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField(null=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        db_table = "plan_stated_figure"
        indexes = [models.Index(fields=["item", "period", "unit"], name="plan_stated_figure_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "unit", "period", "kind"],
                condition=Q(supersedes__isnull=True),
                name="plan_stated_figure_first",
            ),
            models.CheckConstraint(condition=_PERIOD, name="plan_stated_figure_period"),
            models.CheckConstraint(
                condition=Q(
                    numerator__isnull=False,
                    denominator__isnull=False,
                    numerator__gte=0,
                    numerator__lte=F("denominator"),
                    value__isnull=True,
                )
                | Q(
                    numerator__isnull=True,
                    denominator__isnull=True,
                    value__isnull=False,
                    value__gte=0,
                    value__lte=100,
                ),
                name="plan_stated_figure_counts_or_value",
            ),
            models.CheckConstraint(
                condition=~Q(document_number="") & ~Q(document_title="") & ~Q(source="") & ~Q(signer=""),
                name="plan_stated_figure_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.unit_id} {self.period}"
