"""What a desk has for people to use: four items, each checked on a day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dean06.core.photos.models import Photo
from dean06.pilots.guidance.models.base import Record


class EquipmentCheck(Record):
    """On a day, an item of equipment was found working at the desk, or not."""

    class Item(models.TextChoices):
        """The four things a desk needs (plan lines 257-259)."""

        COMPUTER = "computer", _("Máy tính nối mạng internet")
        SCANNER = "scanner", _("Máy quét (scan)")
        WIFI = "wifi", _("Mạng wifi")
        MEDIA = "media", _("Phương tiện tuyên truyền")

    item = models.CharField(_("Hạng mục"), max_length=10, choices=Item.choices)
    quantity = models.PositiveSmallIntegerField(_("Số lượng"), default=1)
    working = models.BooleanField(_("Hoạt động tốt"))
    checked_on = models.DateField(_("Ngày kiểm kê"))
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "guidance_equipment_check"
        indexes = [models.Index(fields=["unit", "item", "checked_on"], name="guidance_equipment_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "item", "checked_on", "working"],
                condition=models.Q(revoked_at__isnull=True),
                name="guidance_equipment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} @ {self.unit_id}"
