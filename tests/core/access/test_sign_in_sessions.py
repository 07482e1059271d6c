"""Sessions end when they should, and a stolen one opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from dean06.core.access import accounts, sessions
from dean06.core.access.actor import system_actor
from dean06.core.access.journal import plain_actor
from dean06.core.access.models import Role, Session
from dean06.core.access.reconfirm import is_fresh
from dean06.core.errors import Denied
from tests.core.access.visitors import BROWSER, PASSWORD, browser, is_in, later, noted, person, sign_in

pytestmark = pytest.mark.usefixtures("quick")


def cookie(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def thief(value: str, agent: str = BROWSER) -> Client:
    client = browser(agent, "198.51.100.66")
    client.cookies[settings.SESSION_COOKIE_NAME] = value
    return client


def test_the_cookie_is_renewed_at_sign_in_and_its_value_is_kept_nowhere() -> None:
    person()
    client = browser()
    client.cookies[settings.SESSION_COOKIE_NAME] = "planted0planted0planted0planted0"
    sign_in(client)
    assert cookie(client) != "planted0planted0planted0planted0"
    row = Session.objects.exclude(user=None).get()
    assert cookie(client) not in str(vars(row))
    assert row.pk == sessions.digest(cookie(client))


def test_a_cookie_in_another_browser_is_refused_and_ends_the_session() -> None:
    person()
    client = browser()
    sign_in(client)
    assert not is_in(thief(cookie(client), "curl/8"))
    assert noted("session_refused") == 1
    assert not is_in(client), "who holds the cookie cannot be told apart: both are out"


def test_a_session_copied_before_sign_out_opens_nothing_after_it() -> None:
    person()
    client = browser()
    sign_in(client)
    kept = cookie(client)
    client.post("/dang-xuat")
    assert not is_in(thief(kept))
    assert noted("sign_out") == 1


@pytest.mark.parametrize(
    ("role", "minutes", "lives"),
    [
        (Role.UNIT_OFFICER, 14, True),
        (Role.UNIT_OFFICER, 16, False),
        (Role.SYSTEM_ADMINISTRATOR, 4, True),
        (Role.SYSTEM_ADMINISTRATOR, 6, False),
    ],
)
def test_who_does_nothing_is_signed_out(
    monkeypatch: pytest.MonkeyPatch, role: Role, minutes: int, lives: bool
) -> None:
    person(role=role)
    client = browser()
    sign_in(client)
    with later(monkeypatch, timedelta(minutes=minutes)):
        assert is_in(client) is lives


def test_work_keeps_a_session_alive_for_eight_hours_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    person()
    client = browser()
    sign_in(client)
    for quarter in range(1, 8 * 6):
        with later(monkeypatch, timedelta(minutes=10 * quarter)):
            assert is_in(client)
    with later(monkeypatch, timedelta(hours=8, minutes=1)):
        assert not is_in(client)


def test_a_clock_set_back_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    person()
    client = browser()
    sign_in(client)
    with later(monkeypatch, -timedelta(hours=3)):
        assert not is_in(client)


def test_a_new_password_ends_the_other_sessions() -> None:
    person()
    here, there = browser(), browser("Khác")
    sign_in(here)
    sign_in(there)
    new = {"old_password": PASSWORD, "new_password1": "mot-cau-khac-dai", "new_password2": "mot-cau-khac-dai"}
    assert here.post("/tai-khoan/mat-khau", new).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert noted("password_changed") == 1


def test_a_closed_account_is_out_at_its_next_request() -> None:
    user = person()
    client = browser()
    sign_in(client)
    accounts.disable(actor=system_actor("test"), user=user, reason="thử")
    assert not is_in(client)
    assert sessions.of_user(user) == []


def test_ending_all_sessions_is_felt_at_the_next_request() -> None:
    """What withdrawing a grant calls."""
    user = person()
    client = browser()
    sign_in(client)
    assert sessions.end_all(user.pk) == 1
    assert not is_in(client)


def test_a_session_ended_while_a_request_runs_does_not_come_back() -> None:
    person()
    client = browser()
    sign_in(client)
    store = sessions.SessionStore(cookie(client))
    store["x"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert Session.objects.count() == 0


def test_the_page_lists_own_sessions_and_ends_them() -> None:
    person()
    person("other")
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
    here, there, foreign = browser(), browser(chrome), browser()
    sign_in(here)
    sign_in(there)
    sign_in(foreign, "other")
    page = here.get("/tai-khoan/phien").content.decode()
    assert "Chrome trên Linux" in page
    assert page.count("Phiên này") == 1
    strange = sessions.digest(cookie(foreign))
    assert here.post("/tai-khoan/phien/ket-thuc", {"session": strange}).status_code == 404
    assert is_in(foreign)
    other = {"session": sessions.digest(cookie(there))}
    assert here.post("/tai-khoan/phien/ket-thuc", other).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)


@pytest.mark.parametrize("address", ["/tai-khoan/phien/ket-thuc", "/tai-khoan/phien/ket-thuc-khac"])
def test_ending_sessions_asks_who_sits_there(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    import time

    person()
    here, there = browser(), browser("Máy khác")
    sign_in(here)
    sign_in(there)
    form = {"session": sessions.digest(cookie(there))}
    real = time.time()
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: real + 301)
        assert here.post(address, form).headers["Location"].startswith("/tai-khoan/xac-nhan")
        assert is_in(there)
        here.post("/tai-khoan/xac-nhan", {"password": PASSWORD, "next": "/tai-khoan/phien"})
        assert here.post(address, form).headers["Location"] == "/tai-khoan/phien"
    assert (is_in(here), is_in(there)) == (True, False)


def test_an_administrator_ends_every_session_of_an_account() -> None:
    user = person()
    clients = [browser(f"Máy {number}") for number in range(3)]
    for client in clients:
        sign_in(client)
    with pytest.raises(Denied):
        accounts.end_sessions(actor=plain_actor(user), user=user)
    assert accounts.end_sessions(actor=system_actor("test"), user=user) == 3
    assert [is_in(client) for client in clients] == [False] * 3
    assert noted("sessions_ended") == 1


def test_reconfirming_is_asked_after_five_minutes_and_counts_wrong_passwords(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import time

    person()
    client = browser()
    sign_in(client)
    assert client.get("/tai-khoan/ung-dung/bat").status_code == 200
    real = time.time()
    for moved in (301, -60):  # too long ago, and in the future
        monkeypatch.setattr(time, "time", lambda moved=moved: real + moved)
        answer = client.get("/tai-khoan/ung-dung/bat")
        assert answer.headers["Location"].startswith("/tai-khoan/xac-nhan?next=")
    page = client.post("/tai-khoan/xac-nhan?next=/tai-khoan/ung-dung/bat", {"password": "sai"})
    assert page.status_code == 200
    assert noted("reconfirm_failed") == 1
    right = client.post("/tai-khoan/xac-nhan", {"password": PASSWORD, "next": "/tai-khoan/ung-dung/bat"})
    assert right.headers["Location"] == "/tai-khoan/ung-dung/bat"
    assert client.get("/tai-khoan/ung-dung/bat").status_code == 200
    assert is_fresh.__doc__
