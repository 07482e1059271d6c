"""The whole way to VNeID and back: bound to one browser and one sign-in, to one issuer and one person."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth import SESSION_KEY
from django.core.management import call_command
from django.test import Client
from requests import ConnectionError as Unreachable

from dean06.core.access import identities
from dean06.core.access.adapters import CitizenAdapter
from dean06.core.access.models import Session, User
from dean06.gateways.vneid import settings as addresses
from tests.core.access.test_sign_in_citizens import NUMBER, direct
from tests.core.access.visitors import browser, noted
from tests.gateways.vneid.provider import CLIENT, ISSUER, OTHER, Provider, signed

pytestmark = pytest.mark.usefixtures("quick")
START, BACK = "/dang-nhap/vneid", "/dang-nhap/vneid/ve"


@pytest.fixture
def vneid(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Provider:
    """The provider, in the place of the network."""
    settings.SOCIALACCOUNT_PROVIDERS = addresses._app(ISSUER, CLIENT, "s3")
    provider = Provider(person=direct())
    monkeypatch.setattr(CitizenAdapter, "get_requests_session", lambda _self: provider)
    return provider


def begin(client: Client, more: str = "") -> dict[str, str]:
    """Press the button; what the provider is asked."""
    page = client.post(START + more).content.decode()
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found, page
    return dict(parse_qsl(urlsplit(unescape(found[1])).query))


def sign_in(client: Client, provider: Provider, **more: str) -> Any:
    asked = begin(client)
    return client.get(BACK, {"code": provider.authorise(asked), "state": asked["state"], **more})


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def refused(answer: Any, reason: str) -> bool:
    """A page in words, and the part at fault in the audit."""
    from django.db import transaction

    from dean06.core.access.scope import wide
    from dean06.core.audit.models import AuditEntry

    with transaction.atomic(), wide("test"):
        last = AuditEntry.objects.filter(action="citizen_sign_in_refused").order_by("-pk").first()
    return answer.status_code == 401 and last is not None and last.detail["reason"] == reason


def test_a_citizen_comes_in_by_code_state_nonce_and_pkce(vneid: Provider) -> None:
    client = browser()
    asked = begin(client)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile"}
    assert asked["max_age"] == str(8 * 3600)
    assert min(len(asked[name]) for name in ("nonce", "code_challenge")) >= 43
    assert len(asked["state"]) >= 16
    answer = client.get(BACK, {"code": vneid.authorise(asked), "state": asked["state"]})
    assert answer.headers["Location"] == "/cua-toi/"
    assert is_in(client)
    assert noted("citizen_bound") == 1


def test_every_sign_in_has_secrets_of_its_own(vneid: Provider) -> None:
    client = browser()
    asked = [begin(client) for _ in range(5)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({each[name] for each in asked}) == 5


def test_tokens_stay_on_the_server_and_are_not_kept(vneid: Provider) -> None:
    client = browser()
    answer = sign_in(client, vneid)
    page = client.get("/cua-toi/", follow=True)
    seen = str(answer.headers) + answer.content.decode() + page.content.decode() + str(client.cookies)
    assert "at-secret" not in seen
    assert "eyJ" not in seen
    assert "at-secret" not in str(dict(client.session))
    assert (SocialToken.objects.count(), SocialAccount.objects.count()) == (0, 0)


def test_a_bare_address_begins_nothing(vneid: Provider) -> None:
    client = browser()
    assert client.get(START).headers["Location"] == "/dang-nhap"
    assert client.get(f"{START}?process=login&scope=email").headers["Location"] == "/dang-nhap"
    assert vneid.asked == []
    assert Session.objects.count() == 0
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(START).status_code == 403


def test_what_a_visitor_adds_to_the_address_is_not_asked_for(vneid: Provider) -> None:
    client = browser()
    asked = begin(client, "?scope=email&auth_params=prompt%3Dnone&next=https://evil.example/")
    assert "email" not in asked["scope"]
    assert "prompt" not in asked
    answer = client.get(BACK, {"code": vneid.authorise(asked), "state": asked["state"]})
    assert answer.headers["Location"] == "/cua-toi/"


def test_a_state_that_is_missing_wrong_or_used_opens_nothing(vneid: Provider) -> None:
    client = browser()
    asked = begin(client)
    for state in ({}, {"state": "x" * 16}):
        assert refused(client.get(BACK, {"code": vneid.authorise(asked), **state}), "state")
    back = {"code": vneid.authorise(asked), "state": asked["state"]}
    assert client.get(BACK, back).status_code == 302
    other = browser()
    assert refused(other.get(BACK, back), "state"), "an answer is taken once"
    assert not is_in(other)


def test_the_answer_of_another_session_opens_nothing(vneid: Provider) -> None:
    """What an intruder began, slipped to a victim; and his code slipped into the victim's own state."""
    intruder, victim = browser(), browser("Nạn nhân")
    planted = begin(intruder)
    code = vneid.authorise(planted)
    assert refused(victim.get(BACK, {"code": code, "state": planted["state"]}), "state")
    own = begin(victim)
    answer = victim.get(BACK, {"code": code, "state": own["state"]})
    assert answer.status_code == 401, "the verifier of PKCE is not that of the code"
    assert not is_in(victim)


def test_a_replayed_id_token_is_refused_by_its_nonce(vneid: Provider) -> None:
    kept: list[str] = []
    vneid.make = lambda given: kept.append(signed(given)) or kept[0]  # type: ignore[func-returns-value]
    assert sign_in(browser(), vneid).status_code == 302
    client = browser()
    assert refused(sign_in(client, vneid), "id_token nonce")
    assert not is_in(client)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://evil.example"}, "id_token iss"),
        ({"aud": "another-client"}, "id_token aud"),
        ({"exp": 1}, "id_token exp"),
        ({"nbf": 4_000_000_000}, "id_token nbf"),
        ({"nonce": None}, "id_token nonce"),
    ],
)
def test_a_wrong_id_token_opens_nothing(vneid: Provider, changes: dict[str, Any], reason: str) -> None:
    vneid.token = changes
    client = browser()
    assert refused(sign_in(client, vneid), reason)
    assert not is_in(client)
    assert User.objects.count() == 0


def test_a_forged_id_token_opens_nothing(vneid: Provider) -> None:
    vneid.make = lambda given: signed(given, key=OTHER)
    client = browser()
    assert refused(sign_in(client, vneid), "id_token signature")
    assert not is_in(client)


def test_a_description_of_another_issuer_is_refused(vneid: Provider) -> None:
    vneid.issuer = f"{ISSUER}/"
    client = browser()
    assert refused(client.post(START), "issuer of the discovery")
    vneid.issuer = ISSUER
    asked = begin(client)
    vneid.issuer = "https://evil.example"
    answer = client.get(BACK, {"code": vneid.authorise(asked), "state": asked["state"]})
    assert refused(answer, "issuer of the discovery")


def test_an_answer_that_names_another_issuer_is_refused(vneid: Provider) -> None:
    client = browser()
    assert refused(sign_in(client, vneid, iss="https://evil.example"), "iss")
    assert not is_in(client)
    assert sign_in(client, vneid, iss=ISSUER).status_code == 302


def test_a_provider_out_of_reach_is_told_in_words(vneid: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    def out(*_: object, **__: object) -> None:
        raise Unreachable("no route")

    monkeypatch.setattr(vneid, "get", out)
    answer = browser().post(START)
    assert refused(answer, "discovery")
    assert "Về trang đăng nhập" in answer.content.decode()


@pytest.mark.parametrize("state", ["own", "none", "foreign"])
def test_turning_back_at_the_provider_is_a_plain_sentence(vneid: Provider, state: str) -> None:
    client = browser()
    asked = begin(client)
    known = {"own": {"state": asked["state"]}, "none": {}, "foreign": {"state": "x"}}[state]
    answer = client.get(BACK, {"error": "access_denied", **known}, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Anh/chị đã dừng ở VNeID" in text
    assert "Về trang đăng nhập" in text


def test_a_person_is_known_by_issuer_and_subject_for_good(vneid: Provider) -> None:
    assert sign_in(browser(), vneid).status_code == 302
    user = User.objects.get()
    assert b"s-1" not in bytes(user.identity_key or b"")
    assert sign_in(browser(), vneid).status_code == 302
    vneid.person = direct(sub="s-2")
    client = browser()
    answer = sign_in(client, vneid)
    assert answer.status_code == 403
    assert "người khác với lần trước" in answer.content.decode()
    assert not is_in(client)
    vneid.person = direct(preferred_username=NUMBER[:-1] + "8")
    assert sign_in(client, vneid).status_code == 403, "the subject belongs to another number already"
    assert User.objects.count() == 1, "nothing is left of what was refused"
    assert noted("citizen_identity_refused") == 2


def test_the_same_subject_of_another_issuer_is_another_person() -> None:
    one, two = (
        User.objects.create_user(username=f"cd-{number}", full_name="Công dân", password=None)
        for number in "12"
    )
    identities.bind(one, ISSUER, "s-1")
    identities.bind(two, "https://other.example", "s-1")
    with pytest.raises(identities.Mismatch):
        identities.bind(two, ISSUER, "s-1")
    identities.bind(one, "https://new.example", "s-9")
    assert User.objects.get(pk=one.pk).identity_issuer == "https://new.example"
    assert noted("citizen_bound") == 3


def test_a_session_here_ends_by_our_limits_and_a_new_one_goes_by_the_provider(vneid: Provider) -> None:
    client = browser()
    sign_in(client, vneid)
    client.post("/dang-xuat")
    assert not is_in(client)
    count = len(vneid.asked)
    assert client.get("/cua-toi/").headers["Location"].startswith("/dang-nhap")
    assert len(vneid.asked) == count, "nothing signs in silently"
    assert int(begin(client)["max_age"]) == 8 * 3600
    vneid.token = {"auth_time": 1}
    assert refused(sign_in(client, vneid), "id_token auth_time")


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "access", "--check", "--dry-run", verbosity=0)
