"""Every page: Vietnamese first, nothing loaded from outside, nothing left in a shared browser."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# Inline styles are needed for bar lengths and by the chart library; inline scripts are refused.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "base-uri 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
    ]
)
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


class VietnameseFirstMiddleware:
    """The program speaks Vietnamese until somebody chooses otherwise, whatever language the browser prefers.

    Stands before LocaleMiddleware, which then knows only the choice kept in the cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)


class PageHeadersMiddleware:
    """Content-Security-Policy and Permissions-Policy on all responses; `no-store` on HTML of signed-in users.

    Officers share office computers: after sign-out the back button must not show a person's data.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("HX-Request",))
            if "Cache-Control" not in response.headers and settings.SESSION_COOKIE_NAME in request.COOKIES:
                response.headers["Cache-Control"] = "private, no-store"
        return response
