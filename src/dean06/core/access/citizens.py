"""Accounts of citizens: found by the blind index of the number VNeID vouched for, holding nothing of it."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_noop

from dean06.core.access import limits
from dean06.core.access.levels import TooLow
from dean06.core.access.models import User
from dean06.core.people import usage_keys
from dean06.gateways.vneid.protocol import Answer

__all__ = ["TooLow", "citizen_for"]


def citizen_for(answer: Answer) -> User:
    """The account of the person who signed in, made at the first time.

    Raises TooLow below the level that personal pages need (rule access.citizen_level).
    """
    if answer.level < limits.current().citizen_level:
        raise TooLow(answer.level)
    key = usage_keys.present(answer.number)
    user, _new = User.objects.get_or_create(
        subject_key=key,
        defaults={
            "username": f"cd-{key.hex()[:24]}",
            "full_name": gettext_noop("Công dân"),
            "password": make_password(None),
            "citizen_level": answer.level,
        },
    )
    if user.citizen_level != answer.level:
        user.citizen_level = answer.level
        user.save(update_fields=["citizen_level"])
    return user
