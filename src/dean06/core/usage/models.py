"""Looks at personal data, the people they were about, and two exceptions: representation and hiding."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dean06.core.units.models import DateRange, Unit

#: Digits of the scripts that a keyboard here could give, as ranges of code points for PostgreSQL and Python
#: alike: plain, raised, lowered, wide, mathematical, Arabic, Persian, Devanagari, Thai, Lao, Khmer.
DIGITS = (
    "0-9\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u2080-\u2089\uff10-\uff19\U0001d7ce-\U0001d7ff"
    "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59\u0ed0-\u0ed9\u17e0-\u17e9"
)

#: Nine or more digits, each at most one other character from the next: could be somebody's number. For what
#: names documents and agencies, which have numbers of their own.
NUMBER_LIKE = rf"[{DIGITS}]([^{DIGITS}]?[{DIGITS}]){{8}}"

#: Nine or more digits in all, whatever stands between them: for reasons in one's own words.
NINE_DIGITS = rf"[{DIGITS}]([^{DIGITS}]*[{DIGITS}]){{8}}"


class UsagePurpose(models.Model):
    """For what data may be read, and which article allows it, from when to when (data/purposes.toml)."""

    code = models.CharField(max_length=80)
    label_vi = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)
    seen_vi = models.CharField(max_length=200)  # what is seen, for the sentence that citizens read
    seen_en = models.CharField(max_length=200)
    basis = models.CharField(max_length=300)
    verified = models.BooleanField(default=False)  # whether somebody compared `basis` with the gazette
    needs_reason = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "usage_purpose"
        constraints = [
            ExclusionConstraint(
                name="usage_purpose_one_basis",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.code


class RepresentationKind(models.TextChoices):
    PARENT = "parent", _("Cha, mẹ")
    GUARDIAN = "guardian", _("Người giám hộ")
    AUTHORISED = "authorised", _("Người được ủy quyền")


class Representation(models.Model):
    """One person may see what was read about another, on a document, for a time. Both by blind index only."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    representative_key = models.BinaryField(max_length=32)
    subject_key = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=12, choices=RepresentationKind.choices)
    document = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField()  # exclusive
    recorded_at = models.DateTimeField()
    recorded_by = models.IntegerField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "usage_representation"
        indexes = [models.Index(fields=["representative_key"], name="usage_representation_who")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")), name="usage_representation_time"
            ),
            models.CheckConstraint(
                condition=~Q(representative_key=F("subject_key")), name="usage_representation_two"
            ),
            models.CheckConstraint(
                condition=~Q(document__regex=NUMBER_LIKE), name="usage_representation_no_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class UsageRecord(models.Model):
    """One look at personal data: who, when, why, for whom, about how many people; never the data.

    `recipient_unit` is the agency that got to see the data, `recipient` one outside this tree.
    `commitment` binds the rows of UsageSubject to this one, which is linked into the hash chain, without
    telling whom they are about (recording.commitment).
    """

    at = models.DateTimeField(db_index=True)
    actor_id = models.IntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=80)
    route = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    subjects = models.IntegerField()
    reason = models.CharField(max_length=300, default="", db_default="", blank=True)
    recipient = models.CharField(max_length=120, default="", db_default="", blank=True)
    recipient_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(Representation, models.PROTECT, null=True, related_name="+")
    commitment = models.BinaryField(max_length=48, null=True)

    class Meta:
        db_table = "usage_record"
        constraints = [
            models.CheckConstraint(condition=Q(subjects__gte=0), name="usage_record_subjects"),
            models.CheckConstraint(
                condition=~Q(reason__regex=NINE_DIGITS)
                & ~Q(recipient__regex=NUMBER_LIKE)
                & ~Q(route__regex=NUMBER_LIKE),
                name="usage_record_no_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.purpose}"


class UsageSubject(models.Model):
    """About whom a look was, by blind index, so that he finds it. `unit` and `at` are those of the look."""

    usage = models.ForeignKey(UsageRecord, models.PROTECT, related_name="people")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    subject_key = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        db_table = "usage_subject"
        indexes = [models.Index(fields=["subject_key", "-at", "-usage"], name="usage_subject_newest")]
        constraints = [models.UniqueConstraint(fields=["usage", "subject_key"], name="usage_subject_once")]

    def __str__(self) -> str:
        return f"{self.usage_id}"


class Hiding(models.Model):
    """A request to hide looks from their subject until a day. Nothing is hidden before two people agreed.

    Who refuses it ends the request; who ends it makes the looks visible before the day.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)  # a code of the rule usage.hiding_reasons
    document = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    requested_at = models.DateTimeField()
    requested_by = models.IntegerField()
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.IntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.IntegerField(null=True, blank=True)

    class Meta:
        db_table = "usage_hiding"
        constraints = [
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True) | Q(ended_at__isnull=True), name="usage_hiding_one_end"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("requested_at")), name="usage_hiding_expires_later"
            ),
            models.CheckConstraint(condition=~Q(document__regex=NUMBER_LIKE), name="usage_hiding_no_number"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.pk}"


class HidingApproval(models.Model):
    """One person's yes; the database takes one from each."""

    hiding = models.ForeignKey(Hiding, models.PROTECT, related_name="approvals")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    approver_id = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "usage_hiding_approval"
        constraints = [
            models.UniqueConstraint(fields=["hiding", "approver_id"], name="usage_hiding_approved_once")
        ]

    def __str__(self) -> str:
        return f"{self.hiding_id} {self.approver_id}"


class HiddenUsage(models.Model):
    """A look that a hiding is about."""

    hiding = models.ForeignKey(Hiding, models.PROTECT, related_name="looks")
    usage = models.ForeignKey(UsageRecord, models.PROTECT, related_name="hidings")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()  # of the look

    class Meta:
        db_table = "usage_hidden"
        constraints = [models.UniqueConstraint(fields=["hiding", "usage"], name="usage_hidden_once")]

    def __str__(self) -> str:
        return f"{self.hiding_id} {self.usage_id}"
