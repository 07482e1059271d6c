"""Citizens: what VNeID answers, who they become, what they may not see."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.urls import clear_url_caches, path

from dean06.config import urls as project
from dean06.core.access.citizens import TooLow, citizen_for
from dean06.core.access.middleware import citizen_view
from dean06.core.access.models import User
from dean06.core.vault import blind_index
from dean06.gateways.vneid import settings as vneid
from dean06.gateways.vneid.citizens import made_up
from dean06.gateways.vneid.protocol import Answer, AnswerError, read_answer
from tests.core.access.visitors import browser, person, sign_in

NUMBER = "999" + "0" * 8 + "7"


def direct(**changes: Any) -> dict[str, Any]:
    """A direct answer of VNeID."""
    claims = {
        "sub": "s-1",
        "preferred_username": NUMBER,
        "given_name": "Nguyễn",
        "family_name": "Văn Thử",
        "birthdate": "19900131",
        "acr": "2",
    }
    return claims | changes


def test_the_parts_of_the_name_are_swapped_back_and_the_day_is_read() -> None:
    answer = read_answer({"userinfo": direct(), "id_token": {"sub": "s-1"}})
    assert answer == Answer(NUMBER, "Nguyễn Văn Thử", date(1990, 1, 31), 2)


def test_the_answer_of_the_national_portal_is_read_too() -> None:
    claims = {
        "sub": "x",
        "SoDinhDanh": NUMBER,
        "HoVaTen": "Nguye\u0302\u0303n A",
        "NgayThangNamSinh": "20000229",
        "LoaiTaiKhoan": 1,
        "IAL": "LoA2",
    }
    assert read_answer(claims) == Answer(NUMBER, "Nguyễn A", date(2000, 2, 29), 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birthdate": "31/01/1990"}, "NgayThangNamSinh"),
        ({"birthdate": "19900231"}, "NgayThangNamSinh"),
        ({"birthdate": ""}, "NgayThangNamSinh"),
        ({"preferred_username": "12345"}, "SoDinhDanh"),
        ({"preferred_username": "٩" * 12}, "SoDinhDanh"),
        ({"given_name": "", "family_name": ""}, "HoVaTen"),
        ({"acr": "gold"}, "IAL"),
        ({"acr": None}, "IAL"),
        ({"LoaiTaiKhoan": "2"}, "LoaiTaiKhoan"),
        ({"sub": None}, "sub"),
    ],
)
def test_a_wrong_answer_is_refused_and_the_refusal_names_the_field_only(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(AnswerError) as caught:
        read_answer(direct(**changes))
    assert str(caught.value) == field


def test_the_user_info_of_somebody_else_is_refused() -> None:
    with pytest.raises(AnswerError, match="sub"):
        read_answer({"userinfo": direct(sub="other"), "id_token": {"sub": "s-1"}})


@pytest.mark.django_db
def test_the_same_number_is_the_same_account_and_is_not_kept() -> None:
    answer = read_answer(direct())
    user = citizen_for(answer)
    assert citizen_for(answer).pk == user.pk
    assert bytes(User.objects.get(pk=user.pk).subject_key or b"") == blind_index(NUMBER, purpose="usage")
    with connection.cursor() as cursor:
        cursor.execute("select access_user::text from access_user where id = %s", [user.pk])
        kept = str(cursor.fetchone())
    assert NUMBER not in kept
    assert "Văn Thử" not in kept
    assert not user.has_usable_password()


@pytest.mark.django_db
def test_a_low_level_is_refused() -> None:
    with pytest.raises(TooLow, match="mức 1"):
        citizen_for(read_answer(direct(acr="1")))
    assert User.objects.count() == 0


def _own(request: Any) -> Any:
    from django.http import HttpResponse

    return HttpResponse(request.actor.subject_key.hex())


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program with one page for citizens."""
    mine = path("trang-thu", citizen_view(_own), name="probe")
    monkeypatch.setattr(project, "urlpatterns", [mine, *project.urlpatterns])
    clear_url_caches()
    yield
    monkeypatch.undo()
    clear_url_caches()


@pytest.mark.usefixtures("pages", "quick")
def test_a_citizen_sees_his_own_pages_and_no_other() -> None:
    user = citizen_for(read_answer(direct()))
    client = Client()
    client.force_login(user)
    assert client.get("/trang-thu").content.decode() == blind_index(NUMBER, purpose="usage").hex()
    assert client.get("/").headers["Location"] == "/cua-toi/"
    for other in ("/p0/", "/don-vi/", "/tim-kiem"):
        assert client.get(other).status_code == 403, other
    assert client.get("/tai-khoan/phien").status_code == 200
    user.citizen_level = 1
    user.save()
    assert client.get("/trang-thu").status_code == 403


@pytest.mark.usefixtures("pages", "quick")
def test_an_officer_does_not_see_the_pages_of_citizens() -> None:
    person()
    client = browser()
    sign_in(client)
    assert client.get("/trang-thu").status_code == 403


def test_the_simulator_answers_in_the_shape_of_vneid() -> None:
    one, two = (read_answer({"sub": "x", **person.claims()}) for person in made_up())
    assert (one.full_name, one.birth_date, one.level) == ("Nguyễn Thị Mô Phỏng", date(1990, 1, 31), 2)
    assert two.level == 1


def test_the_provider_is_set_up_by_the_environment_alone(tmp_path: Any) -> None:
    file = tmp_path / "secret"
    file.write_text("s3\n", encoding="utf-8")
    file.chmod(0o600)
    full = {
        "VNEID_ISSUER": "https://sso.example.vn",
        "VNEID_CLIENT_ID": "c",
        "VNEID_CLIENT_SECRET_FILE": str(file),
    }
    app = vneid.provider(full)["openid_connect"]["APPS"][0]
    assert (app["client_id"], app["secret"]) == ("c", "s3")
    assert app["settings"]["server_url"] == "https://sso.example.vn"
    assert app["settings"]["issuer"] == "https://sso.example.vn"
    file.chmod(0o644)
    with pytest.raises(vneid.SettingsError, match="chmod 600"):
        vneid.provider(full)
    assert vneid.provider({}) == {}
    assert vneid.is_simulated({"DEMO_VNEID": "1"})
    assert not vneid.is_simulated({**full, "DEMO_VNEID": "1"})
    for name in ("VNEID_CLIENT_ID", "VNEID_CLIENT_SECRET_FILE"):
        with pytest.raises(vneid.SettingsError, match=name):
            vneid.provider({key: value for key, value in full.items() if key != name})
    with pytest.raises(vneid.SettingsError, match="https"):
        vneid.provider({**full, "VNEID_ISSUER": "http://sso.example.vn"})


@pytest.mark.usefixtures("quick")
@override_settings(SOCIALACCOUNT_PROVIDERS={})
def test_without_a_provider_there_is_no_button_and_no_way() -> None:
    assert "VNeID" not in Client().get("/dang-nhap").content.decode()
    assert Client().get("/dang-nhap/vneid").headers["Location"] == "/dang-nhap"
    request = RequestFactory().get("/")
    assert SESSION_KEY not in getattr(request, "session", {})
