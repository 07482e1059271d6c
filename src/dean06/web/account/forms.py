"""The forms of sign-in and of a new password."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.access import gate, limits
from dean06.core.access.address import client_address
from dean06.core.access.backend import account_of


class SignInForm(AuthenticationForm):
    """Name and password. The answer to a wrong one is the same for names that exist and names that do not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"
        self.fields["username"].widget.attrs["autocomplete"] = "username webauthn"

    def get_invalid_login_error(self) -> ValidationError:
        """Why not: the address tried too often, the account is locked for a time, or the words are wrong."""
        name = str(self.cleaned_data.get("username", ""))
        until = gate.address_refused(client_address(self.request))
        if until is not None:
            text = _("Địa chỉ này đã đăng nhập sai quá nhiều lần. Hãy thử lại từ lúc %(time)s.")
            return ValidationError(text % {"time": _hour(until)}, code="address")
        until = gate.locked_until(account_of(name)[1])
        if until is not None:
            text = _(
                "Tên đăng nhập này bị khóa tạm vì sai mật khẩu %(count)s lần."
                " Hãy thử lại từ lúc %(time)s hoặc gọi quản trị hệ thống."
            )
            return ValidationError(
                text % {"count": limits.current().failures, "time": _hour(until)}, code="locked"
            )
        return super().get_invalid_login_error()


class NewPasswordForm(PasswordChangeForm):
    """The old password, then the new one twice. Wrong old ones count against the account as at sign-in."""

    def clean_old_password(self) -> str:
        """The password in force, asked by the adapter, which counts wrong ones."""
        old = str(self.cleaned_data["old_password"])
        if not get_adapter().reauthenticate(self.user, old):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old


def _hour(moment: Any) -> str:
    return f"{moment.astimezone(clock.VIETNAM):%H:%M}"
