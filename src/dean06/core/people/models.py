"""A person, and the fingerprints of the keys that the numbers were encrypted with."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dean06.core.units.models import SortKey, Unit

TAIL = 3
MASK = "•"
NUMBER_LENGTH = 12


class Sex(models.TextChoices):
    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class Person(models.Model):
    """A person known to a unit. `key` stands for him in addresses and logs; the number is never in clear.

    `usage_key` is the blind index under which the record of looks knows him. `needed_until` is the day the
    purpose ended, from which the retention rule counts; `hold_reason` forbids deletion while it is not empty;
    `restricted_on` is the day he had the processing restricted.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    full_name = models.CharField(_("Họ và tên"), max_length=120)
    birth_date = models.DateField(_("Ngày sinh"))
    sex = models.CharField(_("Giới tính"), max_length=10, choices=Sex.choices)
    number_cipher = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    usage_key = models.BinaryField(max_length=32)
    number_tail = models.CharField(max_length=TAIL)
    key_id = models.CharField(max_length=8, db_index=True)
    recorded_at = models.DateTimeField()
    needed_until = models.DateField(null=True, blank=True)
    hold_reason = models.CharField(max_length=300, blank=True)
    restricted_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    sort_key = models.GeneratedField(
        expression=SortKey(F("full_name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    class Meta:
        db_table = "people_person"
        indexes = [
            models.Index(fields=["unit", "sort_key"], name="people_person_unit"),
            models.Index(fields=["number_index"], name="people_person_number"),
            models.Index(fields=["usage_key"], name="people_person_usage"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number_index"], name="people_person_once"),
            models.CheckConstraint(
                condition=Q(number_tail__regex=rf"^[0-9]{{{TAIL}}}$"), name="people_person_tail"
            ),
            models.CheckConstraint(condition=~Q(full_name=""), name="people_person_named"),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def masked_number(self) -> str:
        """ "•••••••••123": all that pages and files show of the number."""
        return MASK * (NUMBER_LENGTH - TAIL) + self.number_tail

    @property
    def context(self) -> str:
        """What the encryption of the number is bound to."""
        return f"people_person.number_cipher:{self.key}"


class KeySeal(models.Model):
    """A key that rows of this database were written with, by its fingerprint: foreign keys are refused."""

    class KeyKind(models.TextChoices):
        ENCRYPTION = "encryption"
        INDEX = "index"

    key_id = models.CharField(primary_key=True, max_length=8)
    kind = models.CharField(max_length=12, choices=KeyKind.choices)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "people_key_seal"

    def __str__(self) -> str:
        return self.key_id
