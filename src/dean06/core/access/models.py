"""Who may sign in, and what a person may do for which part of the tree."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.units.models import Unit


class UserManager(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(self, *, username: str, full_name: str, password: str | None) -> User:
        """A new account; a None password cannot be used to sign in."""
        user = self.model(username=username, full_name=full_name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person with an account. What he may do stands in his grants, nowhere else."""

    id = models.AutoField(primary_key=True)
    username = models.CharField(_("Tên đăng nhập"), max_length=60, unique=True)
    full_name = models.CharField(_("Họ và tên"), max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    password_changed_at = models.DateTimeField(null=True)
    enabled_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=200, blank=True, db_default="")
    # A citizen: the blind index of his number under which he finds what was read about him. Never the number.
    subject_key = models.BinaryField(max_length=64, null=True, unique=True)
    citizen_level = models.SmallIntegerField(null=True)
    # Whom the provider means (identities.py): its address, a keyed index of its subject, the key of that.
    identity_issuer = models.CharField(max_length=200, blank=True, db_default="")
    identity_key = models.BinaryField(max_length=64, null=True, unique=True)
    identity_index = models.CharField(max_length=32, blank=True, db_default="")

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        db_table = "access_user"

    def __str__(self) -> str:
        return self.username

    @property
    def is_citizen(self) -> bool:
        """Whether this is somebody who signed in as a citizen: no grants, only what is his own."""
        return self.subject_key is not None

    def set_password(self, raw_password: str | None) -> None:
        """As Django's, remembering when."""
        super().set_password(raw_password)
        self.password_changed_at = clock.machine_now()


class Role(models.TextChoices):
    """What a person is to a unit; policy.py says what each may do."""

    PROVINCE_LEADER = "province_leader", _("Lãnh đạo tỉnh")
    PROVINCE_SUPERVISOR = "province_supervisor", _("Cơ quan theo dõi cấp tỉnh")
    PILOT_LEAD = "pilot_lead", _("Cơ quan chủ trì mô hình")
    UNIT_HEAD = "unit_head", _("Thủ trưởng đơn vị")
    UNIT_OFFICER = "unit_officer", _("Cán bộ đơn vị")
    DESK_OFFICER = "desk_officer", _("Cán bộ bộ phận một cửa")
    AUDITOR = "auditor", _("Kiểm tra viên")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("Quản trị hệ thống")


class Grant(models.Model):
    """A role for a unit and all below it, perhaps for some pilots only, for a time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    pilots = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    personal_data = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(default=clock.now)  # given, or found still needed at a review

    class Meta:
        db_table = "access_grant"
        constraints = [models.UniqueConstraint(fields=["user", "role", "unit"], name="access_grant_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.unit_id}"


class Invitation(models.Model):
    """A link with which somebody sets his first password, once. Only its digest is kept."""

    token_hash = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_invitation"

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class Session(models.Model):
    """A browser's session. Only the digest of the cookie is kept: a copy of this table opens nothing."""

    session_key = models.CharField(primary_key=True, max_length=64)  # SHA-256 of the cookie, in hex
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    created_at = models.DateTimeField(default=clock.machine_now)
    last_seen = models.DateTimeField(default=clock.machine_now)
    address_hash = models.CharField(max_length=32, default="", blank=True)
    agent = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        db_table = "access_session"

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"


class Attempt(models.Model):
    """Wrong sign-ins: a row for each account, group of unknown names and address, not one for each try."""

    key = models.CharField(primary_key=True, max_length=80)
    failures = models.IntegerField()
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        db_table = "access_attempt"

    def __str__(self) -> str:
        return f"{self.key} {self.failures}"
