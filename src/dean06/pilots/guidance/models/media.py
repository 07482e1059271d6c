"""What a desk shows to people: how-to videos, posters and panels, posted procedures."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dean06.core.photos.models import Photo
from dean06.core.units.models import DateRange, Unit
from dean06.pilots.guidance.models.base import Record


class Video(models.Model):
    """A how-to video of the provincial library; desks may show it while it is approved and valid."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    title = models.CharField(_("Tên video"), max_length=200)
    procedure = models.CharField(_("Thủ tục, dịch vụ công"), max_length=200)
    approved_on = models.DateField(_("Ngày duyệt"), null=True, blank=True)
    approval = models.CharField(_("Văn bản duyệt"), max_length=200, blank=True)
    valid_to = models.DateField(_("Hết hiệu lực từ"), null=True, blank=True)

    class Meta:
        db_table = "guidance_video"
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(fields=["title", "procedure"], name="guidance_video_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(approved_on__isnull=True)
                | Q(approved_on__lt=F("valid_to")),
                name="guidance_video_validity",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class VideoShowing(Record):
    """A desk shows a video from a day on, proved by a photo of the screen."""

    class Channel(models.TextChoices):
        """How the video reaches people."""

        SCREEN = "screen", _("Màn hình tại bộ phận một cửa")
        TABLET = "tablet", _("Máy tính bảng, ki-ốt")
        QR = "qr", _("Mã QR dẫn tới video")

    video = models.ForeignKey(Video, models.PROTECT, related_name="showings")
    channel = models.CharField(_("Hình thức"), max_length=10, choices=Channel.choices)
    shown_from = models.DateField(_("Chiếu từ ngày"))
    shown_to = models.DateField(_("Thôi chiếu từ ngày"), null=True, blank=True)
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "guidance_video_showing"
        indexes = [models.Index(fields=["unit", "shown_from"], name="guidance_showing_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_to__isnull=True) | Q(shown_from__lt=F("shown_to")),
                name="guidance_showing_validity",
            ),
            models.UniqueConstraint(
                fields=["unit", "video", "shown_from"],
                condition=Q(revoked_at__isnull=True),
                name="guidance_showing_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.video_id} @ {self.unit_id}"


class Material(Record):
    """A panel or poster about Đề án 06 hung at a desk."""

    class MaterialKind(models.TextChoices):
        """What hangs there; panels and posters are what the plan counts."""

        PANEL = "panel", _("Pano")
        POSTER = "poster", _("Áp phích")
        BANNER = "banner", _("Băng rôn")
        STANDEE = "standee", _("Standee")

    kind = models.CharField(_("Loại"), max_length=10, choices=MaterialKind.choices)
    title = models.CharField(_("Nội dung"), max_length=200)
    hung_on = models.DateField(_("Ngày treo"))
    removed_on = models.DateField(_("Ngày gỡ"), null=True, blank=True)
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "guidance_material"
        indexes = [models.Index(fields=["unit", "hung_on"], name="guidance_material_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(hung_on__lte=F("removed_on")),
                name="guidance_material_validity",
            ),
            models.UniqueConstraint(
                fields=["unit", "kind", "title", "hung_on"],
                condition=Q(revoked_at__isnull=True),
                name="guidance_material_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MaterialCheck(Record):
    """Somebody looked on a day and found the material there, or not."""

    material = models.ForeignKey(Material, models.PROTECT, related_name="checks")
    checked_on = models.DateField(_("Ngày kiểm tra"))
    present = models.BooleanField(_("Còn nguyên, đúng chỗ"))
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "guidance_material_check"
        indexes = [models.Index(fields=["material", "checked_on"], name="guidance_check_material")]
        constraints = [
            # Two looks on one day may differ (put right in the afternoon); the same twice is a slip.
            models.UniqueConstraint(
                fields=["material", "checked_on", "present"],
                condition=Q(revoked_at__isnull=True),
                name="guidance_check_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.material_id} {self.checked_on}"


class ProcedureList(models.Model):
    """A published version of the list of procedures, fees and steps for one level of desks."""

    class Level(models.TextChoices):
        """Whose desks post the list."""

        PROVINCE = "province", _("Cấp tỉnh")
        DISTRICT = "district", _("Cấp huyện")
        COMMUNE = "commune", _("Cấp xã")

    level = models.CharField(_("Cấp"), max_length=10, choices=Level.choices)
    code = models.CharField(_("Phiên bản danh mục"), max_length=60, unique=True)
    document = models.CharField(_("Quyết định công bố"), max_length=200)
    valid_from = models.DateField(_("Có hiệu lực từ"))
    valid_to = models.DateField(_("Hết hiệu lực từ"), null=True, blank=True)

    class Meta:
        db_table = "guidance_procedure_list"
        ordering = ["level", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="guidance_list_validity",
            ),
            ExclusionConstraint(
                name="guidance_list_one_in_force",
                expressions=[
                    (F("level"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        """In no particular language, for the audit."""
        return f"{self.document} ({self.code})"

    @property
    def title(self) -> str:
        """What people call this version, in the reader's language: whose list, by which decision."""
        texts = {
            self.Level.PROVINCE: _("Danh mục cấp tỉnh – %(document)s"),
            self.Level.DISTRICT: _("Danh mục cấp huyện – %(document)s"),
            self.Level.COMMUNE: _("Danh mục cấp xã – %(document)s"),
        }
        return str(texts[self.Level(self.level)]) % {"document": self.document}


class Posting(Record):
    """A desk posted a version of the procedure list, proved by a photo."""

    procedure_list = models.ForeignKey(ProcedureList, models.PROTECT, related_name="postings")
    posted_on = models.DateField(_("Ngày niêm yết"))
    removed_on = models.DateField(_("Ngày gỡ"), null=True, blank=True)
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "guidance_posting"
        indexes = [models.Index(fields=["unit", "posted_on"], name="guidance_posting_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(posted_on__lte=F("removed_on")),
                name="guidance_posting_validity",
            ),
            models.UniqueConstraint(
                fields=["unit", "procedure_list", "posted_on"],
                condition=Q(revoked_at__isnull=True),
                name="guidance_posting_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_list_id} @ {self.unit_id}"
