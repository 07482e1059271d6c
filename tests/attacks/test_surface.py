"""What a stranger finds out: no repository, no listing, no trace, no inside of an error, no debug page."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.test import Client
from django.utils.crypto import get_random_string

from dean06.core.access.models import User
from dean06.pilots.guidance import queries
from tests.pilots.guidance.world import World


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/static/", "/static/dist/", "/static/../pyproject.toml", "/media/", "/photos/",
     "/kit", "/admin/", "/static/%2e%2e/config/settings.py", "/secret_key", "/__debug__/"],
)  # fmt: skip
def test_nothing_but_pages_is_served(db: None, world: World, path: str) -> None:
    for client in (Client(raise_request_exception=False), world.client("leader")):
        assert client.get(path).status_code in {302, 404}
        answer = client.get(path, follow=True)
        assert b"SECRET" not in answer.content
        assert b"[core]" not in answer.content
    assert world.client("leader").get(path).status_code == 404


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/dang-nhap", "/", "/health"])
def test_odd_methods_echo_nothing(db: None, method: str, path: str) -> None:
    answer = Client(raise_request_exception=False).generic(method, path, HTTP_X_SECRET="echo-me")
    assert answer.status_code in {302, 403, 405}
    assert b"echo-me" not in answer.content


def test_an_error_tells_nothing_of_the_inside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("select secret from guidance_officer")

    monkeypatch.setattr(queries, "point", broken)
    client = world.client("leader")
    client.raise_request_exception = False
    answer = client.get(f"/p0/diem/{world.desk.pk}")
    content = answer.content.decode()
    assert answer.status_code == 500
    assert "Hệ thống gặp lỗi" in content
    for inside in ("KeyError", "Traceback", "guidance_officer", "settings", "/src/"):
        assert inside not in content


def test_an_installation_does_not_debug() -> None:
    """In a process of its own: nothing of the tests' settings counts."""
    clean = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    told = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.DEBUG)"],
        env={**clean, "DJANGO_SETTINGS_MODULE": "dean06.config.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "False"


def test_passwords_are_kept_by_a_slow_salted_hash() -> None:
    first, second = make_password("một mật khẩu đủ dài"), make_password("một mật khẩu đủ dài")
    assert first != second
    told = identify_hasher(first).safe_summary(first)
    assert identify_hasher(first).algorithm == "pbkdf2_sha256"
    assert int(next(value for name, value in told.items() if "iterations" in str(name))) >= 600_000


def test_sessions_hold_text_only_and_their_names_cannot_be_guessed(world: World) -> None:
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    names = {world.client("leader").session.session_key for _ in range(20)}
    assert len(names) == 20
    assert all(name and len(name) == 32 and name.isalnum() for name in names)  # 36^32 > 2^165


def test_passwords_are_taken_exactly_as_typed(world: World) -> None:
    typed = "  Mật khẩu DÀI với dấu cách hai đầu " + "x" * 60 + "  "
    user = world.users["leader"]
    user.set_password(typed)
    user.save()
    client = Client(raise_request_exception=False)
    for wrong in (typed.strip(), typed.lower(), typed[:64], typed[:-1]):
        assert client.post("/dang-nhap", {"username": "leader", "password": wrong}).status_code == 200
    client = Client(raise_request_exception=False)
    assert client.post("/dang-nhap", {"username": "leader", "password": typed}).status_code == 302


def test_the_password_field_is_masked_and_open_to_managers(db: None) -> None:
    content = Client().get("/dang-nhap").content.decode()
    fields = re.findall(r"<input[^>]*name=.password.[^>]*>", content)
    assert len(fields) == 1
    assert 'type="password"' in fields[0]
    assert 'autocomplete="current-password"' in fields[0]
    assert "onpaste" not in content


@pytest.mark.parametrize(
    "page", ["/p0/", "/p0/danh-sach/vat-pham", "/don-vi/", "/p0/thu-vien-video", "/khong-co"]
)
def test_every_page_offers_the_way_out(world: World, page: str) -> None:
    content = world.client("officer").get(page).content.decode()
    assert 'action="/dang-xuat"' in content


def test_a_new_installation_has_no_account(db: None) -> None:
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "text", ["chỉ có chữ thường thôi", "12345678901234567 8", "🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃🐃", "x y" * 40]
)
def test_any_signs_make_a_password(db: None, text: str) -> None:
    validate_password(text, User(username="officer", full_name="Nguyễn Thử"))


def test_a_new_password_wants_the_old_one(world: World) -> None:
    user = world.users["officer"]
    secret = get_random_string(20)
    user.set_password(secret)
    user.save()
    client = Client(headers={"accept-language": "vi"})
    assert client.post("/dang-nhap", {"username": "officer", "password": secret}).status_code == 302
    new = {"new_password1": "mot cau khac rat dai", "new_password2": "mot cau khac rat dai"}
    for old in ("", "sai", secret.lower()):
        assert client.post("/tai-khoan/mat-khau", {"old_password": old, **new}).status_code in {200, 422}
    user.refresh_from_db()
    assert user.check_password(secret)
    assert client.post("/tai-khoan/mat-khau", {"old_password": secret, **new}).status_code == 302
    user.refresh_from_db()
    assert user.check_password("mot cau khac rat dai")
