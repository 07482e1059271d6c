"""What is done once a change of factors is committed: other sessions end, the way is free."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dean06.core.access import invitations, limits
from dean06.core.access.actor import system_actor
from dean06.core.access.models import Invitation, Role
from tests.core.access.test_sign_in_factors import second
from tests.core.access.test_sign_in_recovery import SET_UP, set_up, shown
from tests.core.access.visitors import browser, is_in, let_in_with_a_password_alone, person, sign_in

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.race]


@pytest.fixture
def committed(race_db: str, settings: Any) -> Iterator[None]:
    """As `quick`, in a database where transactions really end."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATE_LIMITS = False
    let_in_with_a_password_alone()
    yield
    limits.forget()


def test_a_changed_factor_ends_the_other_sessions() -> None:
    person()
    here, there = browser(), browser("Máy khác")
    sign_in(here)
    sign_in(there)
    set_up(here)
    assert (is_in(here), is_in(there)) == (True, False)
    codes = shown(here)
    for change in ("/tai-khoan/ma-du-phong/tao", "/tai-khoan/ung-dung/tat"):
        sign_in(there)
        assert second(there, codes.pop())
        codes = codes if here.post(change).status_code != 302 else shown(here) or codes
        assert (is_in(here), is_in(there)) == (True, False), change


def test_an_invited_officer_sets_up_two_factors_before_anything_else() -> None:
    let_in_with_a_password_alone(*Role)
    user = person(role=Role.DESK_OFFICER)
    user.set_password(None)
    user.save()
    token = invitations._token(system_actor("test"), user)
    assert len(token) >= 43, "256 bits"
    assert token not in str(list(Invitation.objects.values()))
    invitations.accept(token=token, password="mot-cau-khac-dai")
    client = browser()
    sign_in(client, password="mot-cau-khac-dai")
    for page in ("/", "/p0/", "/don-vi/"):
        assert client.get(page).headers["Location"] == SET_UP
    set_up(client)
    assert shown(client)
    assert client.get("/don-vi/").status_code == 200
