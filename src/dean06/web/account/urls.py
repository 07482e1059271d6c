"""Addresses of sign-in and of one's own account, under the names that django-allauth looks up.

Only what is used is mounted: no sign-up, no e-mail, no connecting of accounts.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from dean06.core.access.middleware import before_enrolment, citizens_too, without_grant, without_scope
from dean06.core.access.reconfirm import reconfirm
from dean06.web.account import views, vneid
from dean06.web.account.sign_in import SignInView


def own(view: Any) -> Any:
    """A page of one's own account."""
    return before_enrolment(without_grant(views.answered(view)))


def sure(view: Any) -> Any:
    """The same, asking first who sits there."""
    return before_enrolment(without_grant(reconfirm(views.answered(view))))


def visitor(view: Any) -> Any:
    """A page of somebody not yet signed in."""
    return login_not_required(without_scope(view))


urlpatterns = [
    path("dang-nhap", SignInView.as_view(), name="account_login"),
    path("dang-nhap/hai-lop", visitor(mfa.authenticate), name="mfa_authenticate"),
    path("dang-nhap/khoa", visitor(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("dang-nhap/huy", visitor(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("dang-nhap/<slug:provider_id>", visitor(vneid.start), name="openid_connect_login"),
    path("dang-nhap/<slug:provider_id>/ve", visitor(vneid.back), name="openid_connect_callback"),
    path("tai-khoan/xac-nhan", own(account.reauthenticate), name="account_reauthenticate"),
    path("tai-khoan/xac-nhan/ma", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "tai-khoan/xac-nhan/khoa", own(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("tai-khoan/bao-mat", own(views.security), name="mfa_index"),
    path("tai-khoan/mat-khau", own(views.PasswordView.as_view()), name="account_change_password"),
    path("tai-khoan/phien", citizens_too(own(views.session_list)), name="account_sessions"),
    path(
        "tai-khoan/phien/ket-thuc-khac",
        citizens_too(sure(views.end_other_sessions)),
        name="account_end_others",
    ),
    path("tai-khoan/phien/ket-thuc", citizens_too(sure(views.end_session)), name="account_end_session"),
    path("tai-khoan/ung-dung/bat", sure(views.ActivateView.as_view()), name="mfa_activate_totp"),
    path("tai-khoan/ung-dung/tat", sure(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("tai-khoan/khoa", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("tai-khoan/khoa/them", sure(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("tai-khoan/khoa/<int:pk>/xoa", sure(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("tai-khoan/khoa/<int:pk>/sua", sure(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("tai-khoan/ma-du-phong", sure(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "tai-khoan/ma-du-phong/tao", sure(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
]
