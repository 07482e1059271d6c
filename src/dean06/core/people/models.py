"""A person, and the fingerprints of the keys that he was encrypted and indexed with."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dean06.core import vault
from dean06.core.units.models import Unit

TAIL = 3
TOKEN = 8  # bytes of a token of a name: two syllables of the language never share one
MASK = "•"
NUMBER_LENGTH = 12


class Sex(models.TextChoices):
    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class Person(models.Model):
    """A person known to a unit. `key` stands for him in addresses and logs.

    Name, birth date and number are encrypted under one key (`key_id`), each bound to its row and column.
    `name_index` holds a keyed token for each syllable of the name, in an order that tells nothing;
    `number_index`, `usage_key` and the tokens are under one index key (`index_id`).
    `usage_key` is the blind index under which the record of looks knows him. `needed_until` is the day the
    purpose ended, from which the retention rule counts; `hold_reason` forbids deletion while it is not empty;
    `restricted_on` is the day he had the processing restricted.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name_cipher = models.BinaryField()
    name_index = ArrayField(models.BinaryField(max_length=TOKEN))
    birth_cipher = models.BinaryField()
    sex = models.CharField(_("Giới tính"), max_length=10, choices=Sex.choices)
    number_cipher = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    usage_key = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=8, db_index=True)
    index_id = models.CharField(max_length=8, db_index=True)
    recorded_at = models.DateTimeField()
    needed_until = models.DateField(null=True, blank=True)
    hold_reason = models.CharField(max_length=300, blank=True)
    restricted_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "people_person"
        indexes = [
            models.Index(fields=["unit", "recorded_at"], name="people_person_unit"),
            GinIndex(fields=["name_index"], name="people_person_name"),
            models.Index(fields=["number_index"], name="people_person_number"),
            models.Index(fields=["usage_key"], name="people_person_usage"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number_index"], name="people_person_once"),
            models.CheckConstraint(condition=~Q(name_index=[]), name="people_person_named"),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def masked_number(self) -> str:
        """ "•••••••••123": all that pages and files show of the number. Raises VaultError."""
        return MASK * (NUMBER_LENGTH - TAIL) + self.number_tail

    @property
    def number_tail(self) -> str:
        """Its last digits, decrypted for showing: no digit of it stands in the database in clear."""
        return vault.decrypt(bytes(self.number_cipher), context=self.context)[-TAIL:]

    @property
    def full_name(self) -> str:
        """His name, decrypted. Raises VaultError."""
        return vault.decrypt(bytes(self.name_cipher), context=self.bound("name_cipher"))

    @property
    def birth_date(self) -> date:
        """His birth date, decrypted. Raises VaultError."""
        text = vault.decrypt(bytes(self.birth_cipher), context=self.bound("birth_cipher"))
        return date.fromisoformat(text)

    @property
    def context(self) -> str:
        """What the encryption of the number is bound to."""
        return self.bound("number_cipher")

    def bound(self, column: str) -> str:
        """What the encryption of a column of this row is bound to."""
        return f"people_person.{column}:{self.key}"


class FormerKey(models.Model):
    """The usage key of a person before a change of the index key, and the one he has now.

    Looks of that time keep the former key, because the chain of the log holds it fast; by this row their
    subject still finds them. Both are blind indexes: neither tells who it is. `index_id`: the former's key.
    """

    former = models.BinaryField(max_length=32, unique=True)
    current = models.BinaryField(max_length=32, db_index=True)
    index_id = models.CharField(max_length=8, db_index=True)

    class Meta:
        db_table = "people_former_key"

    def __str__(self) -> str:
        return f"{self.index_id} {self.pk}"


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
