"""What people ask of their data, what went wrong with it, and what was deleted in time."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dean06.core.people.models import Person
from dean06.core.units.models import Unit


class RequestKind(models.TextChoices):
    VIEW = "view", _("Xem dữ liệu")
    CORRECT = "correct", _("Chỉnh sửa dữ liệu")
    PROVIDE = "provide", _("Cung cấp dữ liệu")
    WITHDRAW = "withdraw", _("Rút lại sự đồng ý")
    RESTRICT = "restrict", _("Hạn chế xử lý")
    OBJECT = "object", _("Phản đối xử lý")
    DELETE = "delete", _("Xóa dữ liệu")
    PROTECT = "protect", _("Thực hiện biện pháp bảo vệ")


class RequestState(models.TextChoices):
    RECEIVED = "received", _("Mới nhận")
    ACKNOWLEDGED = "acknowledged", _("Đã phản hồi, đang xử lý")
    FULFILLED = "fulfilled", _("Đã thực hiện")
    REFUSED = "refused", _("Từ chối, có lý do")


OPEN_STATES = (RequestState.RECEIVED, RequestState.ACKNOWLEDGED)


class SubjectRequest(models.Model):
    """A request of a person about his data (Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP Điều 5), with its clocks.

    `person` is empty once his data were deleted; `person_key` stays. The due days are computed when the
    request is written, by the rules in force on the day it was received.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("Loại yêu cầu"), max_length=12, choices=RequestKind.choices)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="requests")
    person_key = models.UUIDField(editable=False)
    via_processor = models.BooleanField(_("Dữ liệu do bên xử lý giữ"), default=False)
    received_on = models.DateField(_("Ngày nhận"))
    asked = models.TextField(_("Nội dung yêu cầu"), max_length=2000, blank=True)
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.RECEIVED)
    acknowledge_due = models.DateField()
    answer_due = models.DateField()
    acknowledged_on = models.DateField(null=True, blank=True)
    extended_on = models.DateField(null=True, blank=True)
    extension_reason = models.CharField(max_length=500, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "privacy_request"
        indexes = [models.Index(fields=["unit", "state", "answer_due"], name="privacy_request_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, closed_on__isnull=True)
                | Q(state__in=("fulfilled", "refused"), closed_on__isnull=False),
                name="privacy_request_closed",
            ),
            models.CheckConstraint(
                condition=Q(extended_on__isnull=True) | ~Q(extension_reason=""),
                name="privacy_request_extension_said",
            ),
            models.CheckConstraint(
                condition=Q(acknowledge_due__gte=F("received_on")) & Q(answer_due__gt=F("received_on")),
                name="privacy_request_due_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class BreachKind(models.TextChoices):
    DATA = "data", _("Vi phạm quy định bảo vệ dữ liệu cá nhân")
    INCIDENT = "incident", _("Sự cố an ninh mạng nghiêm trọng")
    BOTH = "both", _("Cả hai")


class Breach(models.Model):
    """A breach of personal data or a grave security incident; each has its own clocks and recipients.

    Moments are those of the machine's calendar of work; `form` holds the answers to the fields of the form
    (core/privacy/data/breach_form.toml), never data of the people concerned. `papers` says on what a clock
    was met: clock → number of the document, why fields of the form were empty; "close" → the conclusion.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("Loại"), max_length=10, choices=BreachKind.choices)
    title = models.CharField(_("Tóm tắt"), max_length=200)
    detected_at = models.DateTimeField(_("Phát hiện lúc"))
    subjects = models.PositiveIntegerField(_("Số người bị ảnh hưởng"), default=0)
    biometric = models.BooleanField(_("Có dữ liệu sinh trắc học hoặc vị trí"), default=False)
    form = models.JSONField(default=dict)
    papers = models.JSONField(default=dict)
    notify_due = models.DateTimeField(null=True, blank=True)
    notified_at = models.DateTimeField(null=True, blank=True)
    report_due = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    cause_due = models.DateTimeField(null=True, blank=True)
    cause_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "privacy_breach"
        indexes = [models.Index(fields=["unit", "detected_at"], name="privacy_breach_unit")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DeletionReport(models.Model):
    """What one run of the retention job deleted under one rule: counts, no person."""

    ran_at = models.DateTimeField()
    rule = models.CharField(max_length=80)
    table = models.CharField(max_length=80)
    days = models.PositiveIntegerField()
    cutoff = models.DateField()
    deleted = models.PositiveIntegerField()
    held = models.PositiveIntegerField(default=0)
    citation = models.TextField()

    class Meta:
        db_table = "privacy_deletion_report"
        indexes = [models.Index(fields=["-ran_at"], name="privacy_deletion_report_at")]

    def __str__(self) -> str:
        return f"{self.rule} {self.cutoff:%Y-%m-%d}"
