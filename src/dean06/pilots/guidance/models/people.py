"""Who guides people at a desk or post, and whether they were trained for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dean06.pilots.guidance.models.base import Record


class Officer(Record):
    """A civil servant. `staff_code` stands for the person wherever the name is not needed."""

    staff_code = models.CharField(_("Mã cán bộ"), max_length=20, unique=True)
    full_name = models.CharField(_("Họ và tên"), max_length=120)  # personal data
    position = models.CharField(_("Chức danh"), max_length=120)
    valid_from = models.DateField(_("Công tác từ"))
    valid_to = models.DateField(_("Thôi công tác từ"), null=True, blank=True)

    class Meta:
        db_table = "guidance_officer"
        indexes = [models.Index(fields=["unit"], name="guidance_officer_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="guidance_officer_validity",
            )
        ]

    def __str__(self) -> str:
        return self.staff_code

    @property
    def label(self) -> str:
        """Staff code and position: how the person appears wherever the name is not needed."""
        return f"{self.staff_code} · {self.position}"


class Assignment(Record):
    """An officer guides people at this desk or post, by a decision or duty roster."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="assignments")
    # Staff code and position as they were when this was written: who may see this record need not see the
    # officer's own row, which belongs to his unit.
    officer_label = models.CharField(max_length=160, blank=True, editable=False)
    document = models.CharField(_("Quyết định, lịch trực"), max_length=200)
    valid_from = models.DateField(_("Từ ngày"))
    valid_to = models.DateField(_("Đến trước ngày"), null=True, blank=True)

    class Meta:
        db_table = "guidance_assignment"
        indexes = [models.Index(fields=["unit", "valid_from"], name="guidance_assignment_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="guidance_assignment_validity",
            ),
            models.UniqueConstraint(
                fields=["unit", "officer", "valid_from"],
                condition=Q(revoked_at__isnull=True),
                name="guidance_assignment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} @ {self.unit_id}"


class Training(Record):
    """An officer passed a course on guiding people in online public services."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="trainings")
    officer_label = models.CharField(max_length=160, blank=True, editable=False)
    course = models.CharField(_("Lớp tập huấn"), max_length=200)
    passed_on = models.DateField(_("Ngày đạt"))
    certificate = models.CharField(_("Chứng nhận"), max_length=120)

    class Meta:
        db_table = "guidance_training"
        indexes = [models.Index(fields=["officer", "passed_on"], name="guidance_training_officer")]
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "course", "passed_on"],
                condition=Q(revoked_at__isnull=True),
                name="guidance_training_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.course}"
