"""Sign-in by password, with the gate before it. Grants decide everything else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from dean06.core.access import enrolment, gate
from dean06.core.access.address import client_address
from dean06.core.access.journal import note
from dean06.core.access.models import User


class PasswordBackend(BaseBackend):
    """Django's password check without its permission tables, at most five wrong tries in a row."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """The active user with this name and password, else None.

        An unknown name, an account without a password and a closed one take as long as a wrong password,
        count the same and are locked the same.
        """
        if not username or password is None:
            return None
        address = client_address(request)
        if request is not None and gate.address_refused(address):
            return None
        user, key = account_of(username)
        if not gate.take(key):
            return None
        if _right(user, password):
            gate.clear(key)
            return user
        _failed(request, user, key, address)
        return None

    def get_user(self, user_id: int) -> User | None:
        """The account behind a session, while it is active, with whether it has a second factor."""
        return enrolment.with_factor(User.objects.filter(pk=user_id, is_active=True)).first()


def account_of(username: str) -> tuple[User | None, str]:
    """The account of a name, however it is cased, and the row of the gate that counts for it.

    Every spelling of a name counts in one row, with an account and without: the answers do not differ.
    """
    user = User.objects.filter(username=gate.fold(username)).first()
    return user, gate.account_key(user.pk) if user is not None else gate.name_key(username)


def _right(user: User | None, password: str) -> bool:
    if user is None or not user.has_usable_password():
        User().set_password(password)  # as long as a real look
        return False
    return user.check_password(password) and user.is_active


def _failed(request: HttpRequest | None, user: User | None, key: str, address: str) -> None:
    until = gate.failed(key)
    note("sign_in_failed", user, request)
    if until is not None:
        note("sign_in_locked", user, request, until=until.isoformat())
    if request is not None and gate.address_failed(address):
        note("sign_in_address_refused", None, request)
