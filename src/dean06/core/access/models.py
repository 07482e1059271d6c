"""Who may sign in, and what a person may do for which part of the tree."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

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

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        db_table = "access_user"

    def __str__(self) -> str:
        return self.username


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

    class Meta:
        db_table = "access_grant"
        constraints = [models.UniqueConstraint(fields=["user", "role", "unit"], name="access_grant_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.unit_id}"
