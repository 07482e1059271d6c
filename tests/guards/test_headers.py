"""The headers of every answer: what the browser may load, keep, frame and tell others."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from dean06.ui.middleware import CONTENT_SECURITY_POLICY
from tests.pilots.guidance.conftest import media, world
from tests.pilots.guidance.world import World

__all__ = ["media", "world"]

PAGES = ("/", "/p0/", "/p0/danh-sach/can-bo?export=csv", "/don-vi/xuat", "/khong-co", "/dang-nhap")
SOURCES = Path(__file__).parents[2] / "src" / "dean06"
ERROR_PAGE = SOURCES / "ui" / "templates" / "500.html"
_INLINE = re.compile(
    r"<style[\s>]|\sstyle=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\bsrc=)(?![^>]*json)"
)


def hash_of_style(page: Path) -> str:
    """What a browser computes of the one <style> of a page."""
    text = re.findall(r"<style>(.*?)</style>", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(text) == 1
    return base64.b64encode(hashlib.sha256(text[0].encode()).digest()).decode()


def directives(policy: str) -> dict[str, set[str]]:
    parts = [part.split() for part in policy.split(";")]
    return {words[0]: set(words[1:]) for words in parts if words}


def test_the_policy_allows_nothing_written_into_a_page() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    told = directives(CONTENT_SECURITY_POLICY)
    assert told["object-src"] == told["base-uri"] == told["frame-ancestors"] == {"'none'"}
    assert told["script-src"] == {"'self'"}
    assert told["style-src"] == {"'self'", f"'sha256-{hash_of_style(ERROR_PAGE)}'"}
    outside = {source for name, sources in told.items() if name != "style-src" for source in sources}
    assert outside - {"'self'", "'none'"} == {"data:", "blob:"}
    assert {name for name, sources in told.items() if sources & {"data:", "blob:"}} == {"img-src"}


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_strict_headers(world: World, page: str) -> None:
    for client in (world.client("officer"), Client()):
        told = client.get(page).headers
        assert told["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert told["X-Content-Type-Options"] == "nosniff"
        assert told["X-Frame-Options"] == "DENY"
        assert told["Referrer-Policy"] == "same-origin"
        assert told["Cross-Origin-Opener-Policy"] == "same-origin"
        assert told["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=()" in told["Permissions-Policy"]
        assert "Access-Control-Allow-Origin" not in told
        assert "Server" not in told


@pytest.mark.parametrize("page", PAGES)
def test_what_a_signed_in_reader_gets_is_never_kept(world: World, page: str) -> None:
    answer = world.client("officer").get(page, follow=False)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", PAGES[:-2])
def test_text_names_its_charset_and_files_are_named_for_keeping(world: World, page: str) -> None:
    answer = world.client("officer").get(page)
    kind = answer.headers["Content-Type"]
    assert kind.startswith("application/vnd.") or kind.endswith("charset=utf-8")
    if not kind.startswith("text/html"):
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_no_template_holds_a_script_or_style_of_its_own() -> None:
    found = [
        f"{path.relative_to(SOURCES)}: {match.group()}"
        for path in sorted(SOURCES.rglob("*.html"))
        if path != ERROR_PAGE
        for match in _INLINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="x">',
        "<style>",
        '<a onclick="x">',
        "<script>",
        '<a href="javascript:x">',
    ],
)
def test_control_the_guard_knows_scripts_and_styles(text: str) -> None:
    assert _INLINE.search(text)
    assert not _INLINE.search('<script src="/static/a.js"></script><script type="application/json">')


BEHIND_TLS = """
import django; django.setup()
from django.test import Client
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
plain = Client().get("/dang-nhap")
print(plain.status_code, plain.headers["Location"])
print(Client().get("/health").status_code)
safe = Client().get("/dang-nhap", headers={"x-forwarded-proto": "https"})
print(safe.headers["Strict-Transport-Security"])
for cookie in safe.cookies.values():
    print(cookie.key, *(repr(cookie[name]) for name in ("secure", "httponly", "samesite", "path", "domain")))
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.LANGUAGE_COOKIE_NAME)
"""


def test_behind_tls_nothing_goes_over_a_plain_connection() -> None:
    """In a process of its own: the settings are read once."""
    told = subprocess.run(
        [sys.executable, "-c", BEHIND_TLS],
        env={**os.environ, "HTTPS": "1", "DJANGO_SETTINGS_MODULE": "dean06.config.settings"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert told == [
        "301 https://testserver/dang-nhap",
        "200",
        "max-age=63072000; includeSubDomains",
        "__Host-csrftoken True True 'Lax' '/' ''",
        "__Host-sessionid True __Host-language",
    ]
