"""django-allauth has no Vietnamese: every text its pages, forms and messages can show has one of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import get_adapter as factor_adapter
from django.template.loader import render_to_string
from django.utils import translation
from tools.translations import Message, _in_python, _in_template, is_translated, read_catalogue

from tests.guards.test_django_texts import OVERRIDES
from tests.guards.test_translations import VIETNAMESE

HERE = Path(allauth.__file__).parent
APPS = ("account", "mfa", "socialaccount")
_PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|%d|\{\w+\}")


def sources() -> Iterator[Path]:
    """What these apps are made of; of the providers only the one that is installed."""
    for app in APPS:
        for path in sorted((HERE / app).rglob("*.py")):
            provider = path.relative_to(HERE).parts[1:3]
            if provider[0] != "providers" or provider[1] in {"base", "oauth2", "openid_connect"}:
                yield path
        yield from sorted((HERE / "templates" / app).rglob("*.*"))
    yield from sorted((HERE / "templates" / "allauth").rglob("*.*"))


def said() -> set[Message]:
    """Every text in them."""
    found = set()
    for path in sources():
        text = path.read_text(encoding="utf-8")
        for message, _line in _in_python(text) if path.suffix == ".py" else _in_template(text):
            assert message is not None, f"{path}: a text that cannot be read"
            found.add(message)
    return found


def test_every_text_of_allauth_has_a_vietnamese_one() -> None:
    catalogue, texts = read_catalogue(OVERRIDES), said()
    assert len(texts) > 300, "the guard looks at allauth's sources"
    missing = [
        message.text
        for message in sorted(texts)
        if (entry := catalogue.get(message.text, message.context or None)) is None
        or entry.fuzzy
        or not is_translated(entry.string)
    ]
    assert missing == []


def test_the_vietnamese_texts_keep_the_placeholders() -> None:
    catalogue = read_catalogue(OVERRIDES)
    for message in said():
        entry = catalogue.get(message.text, message.context or None)
        assert entry is not None
        strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
        for string in strings:
            wanted = message.plural or message.text
            assert set(_PLACEHOLDER.findall(str(string))) == set(_PLACEHOLDER.findall(wanted)), message


@pytest.mark.parametrize("adapter", [account_adapter, factor_adapter])
def test_refusals_are_read_in_vietnamese(adapter: object) -> None:
    with translation.override("vi"):
        messages = adapter().error_messages  # type: ignore[operator]
        english = [str(text) for text in messages.values() if not VIETNAMESE.search(str(text))]
    assert english == []


def test_a_message_after_an_action_is_vietnamese() -> None:
    with translation.override("vi"):
        assert "Đã bật ứng dụng tạo mã" in render_to_string("mfa/messages/totp_activated.txt")
