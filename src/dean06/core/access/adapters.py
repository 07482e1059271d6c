"""How django-allauth behaves here: no sign-up, no e-mail, secrets encrypted, every event audited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dean06.core.access import enrolment, factors, identities
from dean06.core.access.address import client_address
from dean06.core.access.citizens import TooLow, citizen_for
from dean06.core.access.journal import note
from dean06.core.access.models import User
from dean06.core.errors import Dean06Error, Denied
from dean06.gateways.vneid.live import Refused
from dean06.gateways.vneid.protocol import AnswerError, read_answer

CITIZEN_HOME = "/cua-toi/"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators and by VNeID, never by visitors."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail leaves the province's network; what happened stands in the audit."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        if isinstance(user, User) and user.is_citizen:
            return CITIZEN_HOME
        return str(super().get_login_redirect_url(request))

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if not user.is_active:  # a passkey of a closed account: the password check does not see it
            note("sign_in_failed", user, request, closed=True)
            raise ImmediateHttpResponse(
                problem(request, Denied(_("Tài khoản này đã bị khóa. Hãy liên hệ quản trị hệ thống.")))
            )
        if user.is_citizen and not _by_vneid(request, user):
            note("sign_in_failed", user, request, citizen=True)
            refusal = Denied(_("Công dân chỉ đăng nhập bằng VNeID."))
            raise ImmediateHttpResponse(problem(request, refusal))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in: the last step, after the second factor."""
        methods = [_method(record) for record in get_authentication_records(request, user)]
        super().login(request, user)
        enrolment.mark(request, user, methods)
        note("sign_in", user, request, by=methods)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Confirm by password; the gate of sign-in counts here too."""
        from allauth.core import context
        from django.contrib.auth import authenticate

        found = authenticate(context.request, username=user.username, password=password)
        right = found is not None and found.pk == user.pk
        note("reconfirmed" if right else "reconfirm_failed", user, context.request)
        return right


def _by_vneid(request: HttpRequest, user: User) -> bool:
    """Whether the last thing this person proved was who he is to VNeID."""
    records = get_authentication_records(request, user)
    return bool(records) and _method(records[-1]) == "vneid"


def _method(record: dict[str, Any]) -> str:
    return str(record.get("type") or record.get("method"))


def problem(request: HttpRequest, error: Dean06Error, status: int = 403) -> HttpResponse:
    """A domain error as a page."""
    return render(request, "errors/problem.html", {"error": error, "status": status}, status=status)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are encrypted with the key files, the database holds no usable one."""

    def encrypt(self, text: str) -> str:
        return factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "dean06"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Khóa số %(number)s") % {"number": count + 1}


class CitizenAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in by VNeID: the answer makes or finds a citizen's account and is then forgotten."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Always ends allauth's own way: it would keep the answer, number and all, in its tables.

        Raises ImmediateHttpResponse with the page that follows.
        """
        from allauth.account.internal.flows.login import perform_login, record_authentication
        from allauth.account.models import Login

        try:
            given = sociallogin.account.extra_data
            answer = read_answer(given)
            with transaction.atomic():
                user = citizen_for(answer)
                identities.bind(user, given["id_token"]["iss"], given["id_token"]["sub"], request)
        except AnswerError as error:
            note("citizen_answer_refused", None, request, reason=str(error))
            refusal = Denied(_("VNeID trả lời thiếu hoặc sai thông tin. Hãy thử lại sau."))
            raise ImmediateHttpResponse(problem(request, refusal)) from error
        except TooLow as error:
            note("citizen_level_refused", None, request, level=answer.level)
            raise ImmediateHttpResponse(problem(request, error)) from error
        except identities.Mismatch as error:
            note("citizen_identity_refused", None, request)
            raise ImmediateHttpResponse(problem(request, error)) from error
        record_authentication(request, user, "vneid")
        response = perform_login(request, Login(user=user, redirect_url=CITIZEN_HOME))
        text = _("Đã đăng nhập bằng VNeID: %(name)s, sinh ngày %(day)s.")
        messages.success(request, text % {"name": answer.full_name, "day": f"{answer.birth_date:%d/%m/%Y}"})
        raise ImmediateHttpResponse(response)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002 - allauth's signature
        exception: Exception | None = None,
        **more: Any,  # noqa: ARG002
    ) -> None:
        """Note what was wrong with the answer: the part at fault, never its value."""
        why = str(exception) if isinstance(exception, Refused) else type(exception).__name__
        note("citizen_sign_in_refused", None, request, reason=why if exception else "state")

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        return False
