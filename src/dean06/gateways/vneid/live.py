"""The conversation with VNeID: allauth's OpenID Connect, made strict.

Authorisation code with PKCE (S256), `state` and `nonce`, each made for one sign-in and kept in the session
that began it. The provider's description must be of the configured issuer (OpenID Connect Discovery 4.3), an
answer that names its issuer must name ours (RFC 9207), and the ID token is checked in full (`idtoken`).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from dean06.gateways.vneid.idtoken import TokenError, check

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class Refused(OAuth2Error):  # type: ignore[misc]
    """The provider's answer is not to be believed; the text names the part at fault, never its value."""


class StrictOpenID(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One sign-in at the configured provider. Every fault of ours is a Refused."""

    nonce = ""
    max_age = 0

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's description of itself, refused when it is of another issuer or leaves TLS."""
        try:
            found: dict[str, Any] = super().openid_config
        except (RequestException, ValueError) as error:
            raise Refused("discovery") from error
        issuer = self.get_provider().app.settings["issuer"]
        if found.get("issuer") != issuer:
            raise Refused("issuer of the discovery")
        scheme = urlsplit(issuer).scheme
        if any(urlsplit(str(found.get(name))).scheme not in ("https", scheme) for name in _ENDPOINTS):
            raise Refused("endpoint without TLS")
        return found

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """What the provider vouches for: the checked ID token, and the user info of the same person."""
        claims = self._claims(app.client_id, kwargs["response"])
        data = {"userinfo": self._fetch_user_info(token.token), "id_token": claims}
        return self.get_provider().sociallogin_from_response(request, data)

    def _claims(self, client_id: str, response: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return check(
                str(response.get("id_token") or ""),
                keys=self._keys(),
                issuer=self.openid_config["issuer"],
                client_id=client_id,
                nonce=self.nonce,
                max_age=self.max_age,
                now=time.time(),
                min_rsa_bits=settings.VNEID_MIN_RSA_BITS,
            )
        except TokenError as error:
            raise Refused(f"id_token {error}") from error

    def _keys(self) -> dict[str, Any]:
        """The provider's public keys, from the address of its own description only."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        return found


class _Return(OAuth2CallbackView):  # type: ignore[misc]
    """The way back: the nonce comes from the state of the session that began."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        kept = state or {}
        self.adapter.nonce, self.adapter.max_age = kept.get("nonce", ""), kept.get("max_age", 0)
        issuer = provider.app.settings["issuer"]
        if state is not None and request.GET.get("iss", issuer) != issuer:
            return None, _refusal(request, provider, Refused("iss"))
        return state, response


def begin(request: HttpRequest, provider_id: str, *, max_age: int) -> HttpResponse:
    """A redirect to the provider, or a page that says why not; what binds the answer is in the session.

    Nothing of the visitor's own address takes part: no scope, no parameter. Raises SocialApp.DoesNotExist.
    """
    provider = StrictOpenID(request, provider_id).get_provider()
    provider.oauth2_adapter_class = StrictOpenID
    nonce = secrets.token_urlsafe(32)
    asked = {"nonce": nonce, "max_age": str(max_age)}
    try:
        response: HttpResponse = provider.redirect(
            request, AuthProcess.LOGIN, auth_params=asked, nonce=nonce, max_age=max_age
        )
    except OAuth2Error as error:
        return _refusal(request, provider, error)
    return response


def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The answer to somebody who comes back from the provider. Raises SocialApp.DoesNotExist."""
    adapter = StrictOpenID(request, provider_id)
    try:
        response: HttpResponse = _Return.adapter_view(adapter)(request)
    except OAuth2Error as error:  # the provider's description, read before allauth looks out for errors
        return _refusal(request, adapter.get_provider(), error)
    return response


def _refusal(request: HttpRequest, provider: Any, error: Exception) -> HttpResponse:
    page: HttpResponse = render_authentication_error(request, provider, exception=error)
    return page


def turned_back(request: HttpRequest) -> bool:
    """Whether the person refused at the provider (RFC 6749, 4.1.2.1), with or without the state."""
    return bool(request.GET.get("error") == StrictOpenID.login_cancelled_error)
