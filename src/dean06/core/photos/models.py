from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from dean06.core.units.models import Unit


class Photo(models.Model):
    """A photo that proves a record of a unit; its pixels lie on disk under the hash of the kept JPEG.

    Two photos with the same pixels share one file. The id is random: a link cannot be guessed from another.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    taken_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "photos_photo"
        indexes = [
            models.Index(fields=["unit", "-created_at"], name="photos_photo_unit"),
            models.Index(fields=["sha256"], name="photos_photo_content"),
        ]
        constraints = [
            models.CheckConstraint(
                name="photos_photo_sha256", condition=models.Q(sha256__regex="^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="photos_photo_size",
                condition=models.Q(width__range=(1, 1600), height__range=(1, 1600), size__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.width}×{self.height})"

    def get_absolute_url(self) -> str:
        """The address of the kept JPEG itself, for <img>."""
        return reverse("photos:photo", args=[self.pk])

    @property
    def thumbnail_url(self) -> str:
        """The address of its variant of 320 px."""
        return reverse("photos:thumbnail", args=[self.pk])
