"""Units of administration in time: what exists, since when, under whom, and what became of it."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class DateRange(Func):
    """SQL daterange(from, to): [from, to), null meaning unbounded."""

    function = "daterange"
    output_field = DateRangeField()


class Kind(models.TextChoices):
    """What a unit is in the machinery of a province."""

    PROVINCE = "province", _("Tỉnh")
    DEPARTMENT = "department", _("Sở, ban, ngành")
    CENTRAL_BODY = "central_body", _("Cơ quan trung ương trên địa bàn")
    MASS_ORGANISATION = "mass_organisation", _("Tổ chức chính trị - xã hội")
    ENTERPRISE = "enterprise", _("Doanh nghiệp")
    DISTRICT = "district", _("Huyện, thành phố, thị xã")
    COMMUNE = "commune", _("Xã, phường, thị trấn")
    POLICE_POST = "police_post", _("Công an cấp xã")
    ONE_STOP_DESK = "one_stop_desk", _("Bộ phận một cửa")
    SCHOOL = "school", _("Cơ sở giáo dục")
    CLINIC = "clinic", _("Cơ sở khám chữa bệnh")
    VILLAGE = "village", _("Thôn, bản, tổ dân phố")
    DIGITAL_TEAM = "digital_team", _("Tổ công nghệ số cộng đồng")


# The levels that issue plans of their own and that people look through from above; desks, posts and what
# else stands below them is shown on the page of its unit.
UPPER_KINDS = (
    Kind.PROVINCE,
    Kind.DEPARTMENT,
    Kind.CENTRAL_BODY,
    Kind.MASS_ORGANISATION,
    Kind.ENTERPRISE,
    Kind.DISTRICT,
    Kind.COMMUNE,
)


class Folded(Func):
    """SQL vn_fold(text): the search key of a Vietnamese name (twin of vnid.text.fold)."""

    function = "vn_fold"
    output_field = models.TextField()


class SortKey(Func):
    """SQL vn_sort_key(text): Vietnamese alphabetical order under COLLATE "C"."""

    function = "vn_sort_key"
    output_field = models.TextField()


class Unit(models.Model):
    """An administrative unit, agency, desk or post; its id never changes, its name and parent may."""

    id = models.AutoField(primary_key=True)
    key = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subkind = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    document = models.TextField(blank=True)
    source = models.TextField(blank=True)
    verified = models.BooleanField(default=True)
    # Rises with every edit by hand: optimistic locking, and a mark that a reload must not overwrite.
    version = models.PositiveIntegerField(default=1, db_default=1)
    fold = models.GeneratedField(
        expression=Folded(F("name")), output_field=models.TextField(), db_persist=True
    )
    sort_key = models.GeneratedField(
        expression=SortKey(F("name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    class Meta:
        db_table = "units_unit"
        ordering = ["sort_key", "id"]
        indexes = [models.Index(fields=["kind", "sort_key"], name="units_unit_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lt=F("valid_to")),
                name="units_unit_validity",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="units_unit_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Under which parent a unit stands, from when to when; one parent at a time."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="placements")
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="child_placements")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    document = models.TextField(blank=True)

    class Meta:
        db_table = "units_placement"
        constraints = [
            models.CheckConstraint(condition=~Q(unit=F("parent")), name="units_placement_not_self"),
            ExclusionConstraint(
                name="units_placement_one_parent",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} < {self.parent_id}"


class Closure(models.Model):
    """Every (ancestor, descendant) pair with the time it holds; each unit is its own ancestor at depth 0.

    Derived from placements by `core.units.closure.rebuild`; never edited by hand.
    """

    ancestor = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    descendant = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    depth = models.SmallIntegerField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "units_closure"
        indexes = [
            models.Index(fields=["ancestor", "descendant"], name="units_closure_down"),
            models.Index(fields=["descendant", "ancestor"], name="units_closure_up"),
        ]

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id}"


class Code(models.Model):
    """A code under a named scheme ("gso", "dean06"); the same code may mean another unit at another time."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "units_code"
        indexes = [models.Index(fields=["code", "scheme"], name="units_code_code")]
        constraints = [
            ExclusionConstraint(
                name="units_code_one_meaning",
                expressions=[
                    (F("scheme"), RangeOperators.EQUAL),
                    (F("code"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.code}"


class Alias(models.Model):
    """Another way a name is written: a spelling, an abbreviation, an old or English name."""

    class AliasKind(models.TextChoices):
        """Why the other name exists."""

        SPELLING = "spelling", _("Cách viết khác")
        ABBREVIATION = "abbreviation", _("Viết tắt")
        OLD_NAME = "old_name", _("Tên cũ")
        ENGLISH = "english", _("Tên tiếng Anh")

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=AliasKind.choices)
    # Of an old name: the first day it was no longer the name, and the document that changed it.
    valid_to = models.DateField(null=True, blank=True)
    document = models.TextField(blank=True)
    fold = models.GeneratedField(
        expression=Folded(F("alias")), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        db_table = "units_alias"
        constraints = [models.UniqueConstraint(fields=["unit", "alias"], name="units_alias_once")]
        indexes = [models.Index(fields=["fold"], name="units_alias_fold")]

    def __str__(self) -> str:
        return self.alias


class Succession(models.Model):
    """What a unit became: `share` of it (0 < share ≤ 1) passed to another unit on a date, by a document."""

    class SuccessionKind(models.TextChoices):
        """By what kind of decision a unit became another."""

        RENAME = "rename", _("Đổi tên")
        MERGE = "merge", _("Sáp nhập")
        SPLIT = "split", _("Chia, tách")
        TRANSFER = "transfer", _("Điều chuyển")
        ABOLISH = "abolish", _("Giải thể")
        FUNCTION_TRANSFER = "function_transfer", _("Chuyển chức năng, nhiệm vụ")

    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="predecessions")
    kind = models.CharField(max_length=20, choices=SuccessionKind.choices)
    share = models.DecimalField(max_digits=7, decimal_places=6)
    effective_date = models.DateField()
    document = models.TextField(blank=True)
    source = models.TextField(blank=True)
    verified = models.BooleanField(default=True)

    class Meta:
        db_table = "units_succession"
        constraints = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="units_succession_share"),
            models.CheckConstraint(condition=~Q(from_unit=F("to_unit")), name="units_succession_not_self"),
            models.UniqueConstraint(
                fields=["from_unit", "to_unit", "effective_date"], name="units_succession_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_unit_id} → {self.to_unit_id}"


class LoadedFolder(models.Model):
    """Which content of a folder of unit files was loaded last: an unchanged folder is not read again."""

    folder = models.CharField(max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "units_loaded_folder"

    def __str__(self) -> str:
        return f"{self.folder} {self.sha256[:12]}"
