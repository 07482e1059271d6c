"""What Django itself says: good Vietnamese, and dates read day first in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.pofile import read_po
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import translation
from tools.translations import read_catalogue

from tests.guards.test_translations import VIETNAMESE

OVERRIDES = Path(__file__).parents[2] / "src/dean06/locale/vi/LC_MESSAGES/django.po"
DJANGO = Path(django.__file__).parent
ALLAUTH = Path(allauth.__file__).parent
SAID_BY_DJANGO = [DJANGO / "conf/locale/en", DJANGO / "contrib/auth/locale/en", ALLAUTH / "locale/en"]

CASES: list[tuple[forms.Field, object]] = [
    (forms.CharField(max_length=5), ""),
    (forms.CharField(max_length=5), "123456"),
    (forms.CharField(min_length=3), "1"),
    (forms.CharField(), "a\x00"),
    (forms.IntegerField(), "x"),
    (forms.IntegerField(min_value=1), "0"),
    (forms.IntegerField(max_value=3), "9"),
    (forms.DecimalField(), "x"),
    (forms.DecimalField(decimal_places=2), "1.234"),
    (forms.DecimalField(max_digits=4), "123456"),
    (forms.DecimalField(max_digits=4, decimal_places=2), "123"),
    (forms.DateField(), "32/09/2023"),
    (forms.ChoiceField(choices=[("a", "A")]), "b"),
    (forms.TypedChoiceField(choices=[("a", "A")]), "b"),
    (forms.MultipleChoiceField(choices=[("a", "A")]), ["b"]),
    (forms.BooleanField(), False),
    (forms.FileField(), None),
    (forms.FileField(), SimpleUploadedFile("a.txt", b"")),
    (forms.FileField(max_length=3), SimpleUploadedFile("abcdef.txt", b"x")),
    (forms.ImageField(), SimpleUploadedFile("a.png", b"x")),
    (models.DateField().formfield() or forms.DateField(), "x"),
]
#: Words of Django's translation that no office writes.
POOR = ("Trường này", "kí tự", "Đảm bảo", "khả thi", "số tổng thể", "Tập tin", "Vui lòng")


def _refusals(field: forms.Field, value: object) -> list[str]:
    with translation.override("vi"), pytest.raises(forms.ValidationError) as refused:
        field.clean(value)
    return list(refused.value.messages)


@pytest.mark.parametrize(("field", "value"), CASES)
def test_a_refusal_is_in_good_vietnamese(field: forms.Field, value: object) -> None:
    for text in _refusals(field, value):
        assert VIETNAMESE.search(text)
        assert not any(word in text for word in POOR), text


def test_the_wrong_password_is_told_without_telling_which_is_wrong() -> None:
    with translation.override("vi"):
        form = AuthenticationForm()
        text = form.get_invalid_login_error().messages
    assert text == ["Tên đăng nhập hoặc mật khẩu không đúng. Chữ hoa và chữ thường được phân biệt."]


def test_a_short_password_is_refused_in_vietnamese(db: None) -> None:
    with translation.override("vi"), pytest.raises(forms.ValidationError) as refused:
        validate_password("ngan")
    assert "Mật khẩu có 4 ký tự; tài khoản này cần ít nhất 14 ký tự." in refused.value.messages


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("text", ["05/09/2023", "5/9/2023", "2023-09-05"])
def test_dates_are_read_day_first(language: str, text: str) -> None:
    with translation.override(language):
        assert forms.DateField().clean(text) == date(2023, 9, 5)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_date_inputs_are_written_as_browsers_want_them(language: str) -> None:
    with translation.override(language):
        assert 'value="2023-09-05"' in forms.DateInput().render("day", date(2023, 9, 5))


def test_every_override_is_a_text_that_django_still_has() -> None:
    known: set[str] = set()
    for folder in SAID_BY_DJANGO:
        with (folder / "LC_MESSAGES/django.po").open("rb") as file:
            known.update(str(entry.id) for entry in read_po(file) if entry.id)
    stale = [entry.id for entry in read_catalogue(OVERRIDES) if entry.id and str(entry.id) not in known]
    assert not stale
