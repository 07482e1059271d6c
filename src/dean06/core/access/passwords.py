"""How long a password must be: longer where nothing else protects the account."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dean06.core.access import enrolment, limits
from dean06.core.access.models import User


class LengthValidator:
    """14 characters, or 8 with a second factor (rules access.password_length…)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError when it is too short for this account."""
        needed = _needed(user)
        if len(password) < needed:
            text = _("Mật khẩu có %(have)s ký tự; tài khoản này cần ít nhất %(need)s ký tự.")
            raise ValidationError(text % {"have": len(password), "need": needed}, code="password_too_short")

    def get_help_text(self) -> str:
        """The rule in words."""
        known = limits.current()
        text = _("Ít nhất %(long)s ký tự; ít nhất %(short)s ký tự khi tài khoản có xác thực hai lớp.")
        return text % {"long": known.password_length, "short": known.password_length_mfa}


def _needed(user: User | None) -> int:
    known = limits.current()
    protected = user is not None and user.pk is not None and enrolment.has_factor(user)
    return known.password_length_mfa if protected else known.password_length
