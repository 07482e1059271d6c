"""Sign-in by password. Grants decide everything else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from dean06.core.access.models import User


class PasswordBackend(BaseBackend):
    """Django's password check without its permission tables."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's signature
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """The active user with this name and password, else None; an unknown name takes as long."""
        if not username or password is None:
            return None
        try:
            user = User.objects.get(username=username)
        except User.DoesNotExist:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The account behind a session, while it is active."""
        return User.objects.filter(pk=user_id, is_active=True).first()
