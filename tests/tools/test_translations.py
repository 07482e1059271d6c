"""The tool that renews the English catalogue: what it finds, what it keeps, what it drops."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from tools.translations import Message, in_file, is_translated, renewed, written


def _found(path: Path) -> list[Message | None]:
    return [found.message for found in in_file(path)]


def test_python_is_read_with_every_name_of_gettext(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy as _p\n"
        'a = _("Một " "hai")\n'
        'b = ngettext("%(n)s dòng", "%(n)s các dòng", n)\n'
        'c = _p("nơi", "Đơn vị")\n'
        "d = _(name)\n"
        'e = other("Không phải")\n',
        encoding="utf-8",
    )
    assert _found(path) == [
        Message("Một hai"),
        Message("%(n)s dòng", "%(n)s các dòng"),
        Message("Đơn vị", context="nơi"),
        None,
    ]


def test_templates_are_read_as_django_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        '{% load i18n %}<p title="{% translate \'Đạt "A"\' %}">{{ x|default:_("Chữ") }}</p>\n'
        "  {% blocktranslate with n=x %}Kỳ {{ n }}: 50 %{% endblocktranslate %}\n"
        "{% blocktranslate count n=x %}{{ n }} dòng{% plural %}{{ n }} các dòng{% endblocktranslate %}\n"
        '{% translate "Đơn vị" context "nơi" %}',
        encoding="utf-8",
    )
    assert _found(path) == [
        Message('Đạt "A"'),
        Message("Chữ"),
        Message("Kỳ %(n)s: 50 %%"),
        Message("%(n)s dòng", "%(n)s các dòng"),
        Message("Đơn vị", context="nơi"),
    ]


def test_translations_are_kept_new_texts_are_empty_and_old_ones_go() -> None:
    known = Catalog(locale="en")
    known.add("Đơn vị", "Unit")
    known.add("Đơn vị", "Units", context="navigation")
    known.add("Cũ", "Old")
    known.add(("%(n)s dòng", "%(n)s dòng"), ("%(n)s row", "%(n)s rows"))
    wanted = {
        Message("Đơn vị"),
        Message("Đơn vị", context="navigation"),
        Message("%(n)s dòng", "%(n)s dòng"),
        Message("Mới"),
    }
    made = {(entry.id, entry.context): entry.string or "" for entry in renewed(wanted, known) if entry.id}
    assert made == {
        ("Đơn vị", None): "Unit",
        ("Đơn vị", "navigation"): "Units",
        (("%(n)s dòng", "%(n)s dòng"), None): ("%(n)s row", "%(n)s rows"),
        ("Mới", None): "",
    }
    assert not is_translated("")
    assert not is_translated(("%(n)s row", ""))


def test_the_file_changes_only_where_texts_change() -> None:
    known = Catalog(locale="en")
    known.add("Đơn vị", "Unit")
    first = written(renewed({Message("Đơn vị")}, known))
    assert first == written(renewed({Message("Đơn vị")}, known))
    assert b"Date" not in first
    assert b"#:" not in first
