"""Items of a plan – targets, requirements, duties – with the units and indicators that belong to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dean06.core.units.models import Unit
from dean06.plan.models.document import Pilot, Plan


class PartyRole(models.TextChoices):
    RESPONSIBLE = "responsible", _("Chịu trách nhiệm")
    COOPERATING = "cooperating", _("Phối hợp")


class Item(models.Model):
    """One thing the plan asks for. `goal` is a percentage; null means the plan states none."""

    class Kind(models.TextChoices):
        TARGET = "target", _("Chỉ tiêu")
        REQUIREMENT = "requirement", _("Yêu cầu")
        CONDITION = "condition", _("Điều kiện")
        SCOPE = "scope", _("Phạm vi")
        DUTY = "duty", _("Nhiệm vụ")
        REPORTING = "reporting", _("Báo cáo, phản ánh")
        PURPOSE = "purpose", _("Mục đích")
        CHARGE = "charge", _("Chỉ đạo, theo dõi")

    class KnownBy(models.TextChoices):
        COUNTED = "counted", _("Đếm từ bản ghi")
        IMPORTED = "imported", _("Nhập từ nguồn có văn bản")
        DECLARED = "declared", _("Đơn vị khai, có người ký")
        NOT_MEASURABLE = "not_measurable", _("Không đo được")
        NONE = "none", _("Không phải nội dung đo")

    class Direction(models.TextChoices):
        UP = "up", _("Càng cao càng tốt")
        DOWN = "down", _("Càng thấp càng tốt")

    class Nature(models.TextChoices):
        STOCK = "stock", _("Tại thời điểm chốt")
        FLOW = "flow", _("Phát sinh trong kỳ")

    class Binding(models.TextChoices):
        BINDING = "binding", _("Bắt buộc")
        SUGGESTED = "suggested", _("Gợi ý")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    pilot = models.ForeignKey(Pilot, models.PROTECT, null=True, blank=True, related_name="items")
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    label_vi = models.TextField()
    label_en = models.TextField()
    quote = models.TextField()
    line_from = models.PositiveIntegerField()
    line_to = models.PositiveIntegerField()
    goal = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    goal_text = models.TextField(blank=True)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    nature = models.CharField(max_length=10, choices=Nature.choices)
    deadline = models.DateField(null=True, blank=True)
    deadline_text = models.TextField(blank=True)
    binding = models.CharField(max_length=10, choices=Binding.choices)
    known_by = models.CharField(max_length=20, choices=KnownBy.choices)
    known_by_reason = models.TextField(blank=True)
    planned = models.BooleanField(default=False)
    unit_of_count = models.TextField(blank=True)
    numerator_text = models.TextField(blank=True)
    denominator_text = models.TextField(blank=True)
    ambiguity = models.TextField(blank=True)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="twins")
    order = models.PositiveIntegerField()

    class Meta:
        db_table = "plan_item"
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="plan_item_code"),
            models.CheckConstraint(condition=Q(line_from__lte=F("line_to")), name="plan_item_lines"),
            models.CheckConstraint(
                condition=Q(goal__isnull=True) | Q(goal__gt=0, goal__lte=100), name="plan_item_goal"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def lines(self) -> str:
        """Its lines of the plan's text: "81–83", or "93" for a single one."""
        first, last = self.line_from, self.line_to
        return f"{first}" if first == last else f"{first}–{last}"


class ItemUnit(models.Model):
    """A unit that answers for an item or helps with it; groups are spelled out as at the plan's start."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plan_items")
    role = models.CharField(max_length=12, choices=PartyRole.choices)

    class Meta:
        db_table = "plan_item_unit"
        constraints = [models.UniqueConstraint(fields=["item", "unit", "role"], name="plan_item_unit_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.role} {self.unit_id}"


class ItemParty(models.Model):
    """A party as the plan writes it: one unit, a named group, or a body nobody lists (`open_reason`)."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="parties")
    role = models.CharField(max_length=12, choices=PartyRole.choices)
    order = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    group_code = models.CharField(max_length=60, blank=True)
    label_vi = models.TextField(blank=True)
    label_en = models.TextField(blank=True)
    open_reason = models.TextField(blank=True)

    class Meta:
        db_table = "plan_item_party"
        ordering = ["item", "role", "order"]
        constraints = [
            models.UniqueConstraint(fields=["item", "role", "order"], name="plan_item_party_order"),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, group_code="") | Q(unit__isnull=True) & ~Q(group_code=""),
                name="plan_item_party_unit_or_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.role} {self.group_code or self.unit_id}"


class Reading(models.Model):
    """One way to understand an ambiguous item, and who decided for it.

    `decided_in_system`: the decision was recorded here, not read from the plan's files; loading the files
    again keeps it unless they carry a later one.
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="readings")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    text_vi = models.TextField()
    text_en = models.TextField()
    chosen = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=600, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    document = models.TextField(blank=True)
    decided_in_system = models.BooleanField(default=False)

    class Meta:
        db_table = "plan_reading"
        ordering = ["item", "order"]
        constraints = [
            models.UniqueConstraint(fields=["item", "code"], name="plan_reading_code"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(chosen=True), name="plan_reading_one_chosen"
            ),
            models.CheckConstraint(
                condition=Q(chosen=False) | ~Q(decided_by=""), name="plan_reading_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.code}"


class ItemIndicator(models.Model):
    """An indicator that measures an item, under one reading; the chosen one is the item's figure."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="indicators")
    indicator = models.CharField(max_length=80)
    reading = models.CharField(max_length=40)
    label_vi = models.TextField(blank=True)
    label_en = models.TextField(blank=True)
    chosen = models.BooleanField()
    decided_by = models.CharField(max_length=600, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "plan_item_indicator"
        ordering = ["item", "order"]
        indexes = [models.Index(fields=["indicator"], name="plan_item_indicator_code")]
        constraints = [
            models.UniqueConstraint(fields=["item", "indicator", "reading"], name="plan_item_indicator_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.indicator}"


class AdoptedTarget(models.Model):
    """The goal (percent) that a unit's own plan adopted for an item, beside the plan's suggestion."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="adopted")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="adopted_targets")
    goal = models.DecimalField(max_digits=5, decimal_places=2)
    document = models.TextField()
    decided_on = models.DateField()

    class Meta:
        db_table = "plan_adopted_target"
        constraints = [
            models.UniqueConstraint(fields=["item", "unit"], name="plan_adopted_target_once"),
            models.CheckConstraint(condition=Q(goal__gt=0, goal__lte=100), name="plan_adopted_target_goal"),
            models.CheckConstraint(condition=~Q(document=""), name="plan_adopted_target_document"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.unit_id}"
