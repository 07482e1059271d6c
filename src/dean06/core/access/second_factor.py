"""Codes of authenticator apps and recovery codes: each works once, wrong ones count against the account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction

from dean06.core import clock
from dean06.core.access import gate
from dean06.core.access.address import client_address
from dean06.core.access.journal import note
from dean06.core.access.models import User

PERIOD = 30  # seconds a code stands for


def matching_step(secret: str, code: str) -> int | None:
    """The 30-second step of now when this is its code, else None.

    No step before or after: a code lives 30 seconds (ASVS 5.0 6.5.5), and telephones keep exact time.
    """
    step = int(clock.machine_now().timestamp()) // PERIOD
    right = compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
    return step if right else None


def accept_totp(authenticator: Authenticator, code: str) -> bool:
    """Whether the code is right and newer than every code taken so far.

    The last step is kept with the secret, under a lock: a code seen over a shoulder is refused, by any
    process, also after the machine's clock was set back.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        step = matching_step(get_adapter().decrypt(row.data["secret"]), code)
        if step is None or step <= row.data.get("last_step", 0):
            return False
        row.data["last_step"] = step
        row.save(update_fields=["data"])
    return True


def _accepted(user: User, code: str) -> Authenticator | None:
    """The factor of the user that takes this code."""
    factors = Authenticator.objects.filter(user=user)
    for factor in factors.filter(type=Authenticator.Type.TOTP):
        if accept_totp(factor, code):
            return factor
    for factor in factors.filter(type=Authenticator.Type.RECOVERY_CODES):
        if factor.wrap().validate_code(code):
            note("recovery_code_used", user, context.request)
            return factor
    return None


def take_code(user: User, code: str) -> Authenticator:
    """The factor that takes the code. Raises ValidationError when none does, or no more are taken for now.

    Codes count in a row of their own: who knows the password cannot clear it, and wrong codes lock nobody
    out who does not know it. They count against the address too.
    """
    key, address = gate.factor_key(user.pk), client_address(context.request)
    known = context.request is not None
    if (known and gate.address_refused(address)) or not gate.take(key):
        raise account_adapter().validation_error("too_many_login_attempts")
    factor = _accepted(user, code)
    if factor is not None:
        gate.clear(key)
        return factor
    until = gate.failed(key)
    note("second_factor_failed", user, context.request)
    if until is not None:
        note("sign_in_locked", user, context.request, until=until.isoformat())
    if known and gate.address_failed(address):
        note("sign_in_address_refused", None, context.request)
    raise get_adapter().validation_error("incorrect_code")


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second step of sign-in."""

    def clean_code(self) -> str:
        """A code that this user has not used yet."""
        code = str(self.cleaned_data["code"])
        self.authenticator = take_code(self.user, code)
        return code


class ConfirmCodeForm(ReauthenticateForm):  # type: ignore[misc]
    """The same when a signed-in person confirms that it is still he."""

    def clean_code(self) -> str:
        """A code that this user has not used yet."""
        code = str(self.cleaned_data["code"])
        self.authenticator = take_code(self.user, code)
        return code


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """Proof that the app shows the right codes; remembers the step, so that this code opens nothing later."""

    step: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        """A code of the app that is being set up, of the step that is running."""
        code = str(self.cleaned_data["code"])
        self.step = matching_step(self.secret, code)
        if self.step is None:
            raise get_adapter().validation_error("incorrect_code")
        return code
