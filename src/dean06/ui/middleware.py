"""Every page: Vietnamese first, nothing loaded from outside, nothing left in a shared browser."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# The page of a failing server needs no other file: the style in it is allowed by the hash of its text.
_STYLE_OF_500 = "'sha256-Xcz0mCo21BFVWiwlNOA43DjqzpfUVCLlSr7mWCGux4Y='"

# Neither scripts nor styles written into other pages run; the chart library
# sets its styles one by one, which may.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "base-uri 'none'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "frame-src 'none'",
        "img-src 'self' data: blob:",
        "manifest-src 'self'",
        "object-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {_STYLE_OF_500}",
        "worker-src 'none'",
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
    """Content-Security-Policy, Permissions-Policy and CORP on all responses; `no-store` on personal ones.

    Officers share office computers: after sign-out neither the back button nor the disk of the browser may
    show a person's data. Whatever answers a request that carried a session counts as personal, unless the
    view or the server of static files has said how long it may be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("HX-Request",))
        personal = settings.SESSION_COOKIE_NAME in {*request.COOKIES, *response.cookies}
        if personal and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response
