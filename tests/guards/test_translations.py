"""Every text that people see is Vietnamese in the source and has an English translation that fits it.

A text that fails here: pass it to gettext (`{% translate %}` in templates), run `tools/messages`, and write
the English into src/dean06/locale/en/LC_MESSAGES/django.po. The list below names what stays outside, and why.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message as Entry
from django.template.base import Lexer, TokenType
from tools.translations import (
    CATALOGUE,
    SOURCE,
    gettext_names,
    in_source,
    is_translated,
    read_catalogue,
    renewed,
    sources,
    written,
)

OUTSIDE = {
    "cli/": "commands speak to operators, in Vietnamese and partly in both languages",
    "runtime/": "commands and start-up, before any language is known",
    "plan/check/": "read by who keeps the plan's files, on the command line",
    "plan/schema/": "read by who keeps the plan's files, on the command line",
    "plan/load/": "read by who loads the plan's files; and data of the plan",
    "core/units/csv": "read by who keeps the unit files, on the command line",
    "core/units/sheet.py": "headings of a file format, the same in every language",
    "pilots/guidance/indicators.py": "titles stand in both languages side by side",
    "pilots/guidance/sheet.py": "headings of a file format, the same in every language",
    "pilots/guidance/demo/": "made-up records",
    "core/people/demo.py": "made-up names",
    "core/privacy/demo.py": "made-up requests",
    "web/demo/": "made-up records and accounts",
    "gateways/timestamping/tokens.py": "the name of a made-up authority in its certificate",
    "verify_log.py": "stands alone, without Django: speaks on the command line",
    "core/access/passwords.py": "the beginnings of names of provinces, taken off to find words in passwords",
    "core/privacy/documents.py": "papers that go to Vietnamese authorities in Vietnamese",
    "gateways/vneid/citizens.py": "made-up citizens at a provider that is not ours",
    "gateways/vneid/simulator.py": "made-up citizens at a provider that is not ours",
    "ui/kit.py": "made-up data of the sample page, shown only when DEBUG is on",
    "ui/templates/ui/kit.html": "the sample page, shown only when DEBUG is on",
    "ui/templates/500.html": "shown when anything may have failed, translations too: no tags",
    "ui/templates/components/topbar.html": "the way back to Vietnamese is written in Vietnamese",
    "config/logs.py": "how PostgreSQL may label the lines that quote values",
    "config/settings.py": "the languages' own names",
    "plan/engine/freezing.py": "an actor's reason, kept in the audit trail",
    "core/papers/": "official papers are Vietnamese by law, and so is what is said of their form",
}
_LETTERS = "ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
VIETNAMESE = re.compile(f"[{_LETTERS}{_LETTERS.upper()}]")
PLACEHOLDER = re.compile(r"%\(\w+\)[-#0+]?[\d.]*[a-zA-Z]|%%|%[sd]\b|\{\w*\}")
LONE_PERCENT = re.compile(r"(?<!%)(?:%%)*%(?![%(])")
_IN_TAG = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")


def _place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _is_outside(path: Path) -> bool:
    return _place(path).startswith(tuple(OUTSIDE))


def _literals(text: str) -> Iterator[tuple[int, str]]:
    """Vietnamese strings of a Python file that are neither docstrings nor passed to gettext."""
    tree = ast.parse(text)
    names = gettext_names(tree)
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            passed.add(id(node.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            passed.update(id(part) for argument in node.args for part in ast.walk(argument))
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(found)) if id(node) not in passed and VIETNAMESE.search(found):
                yield node.lineno, found


def _bare_texts(text: str) -> Iterator[tuple[int, str]]:
    """Vietnamese words of a template outside translate, blocktranslate, `_()` and comments."""
    closing = ""
    for token in Lexer(text).tokenize():
        contents = token.contents
        word = contents.split(maxsplit=1)[0] if contents.strip() else ""
        if closing:
            closing = "" if token.token_type == TokenType.BLOCK and word == closing else closing
        elif token.token_type == TokenType.BLOCK and word in {"blocktranslate", "comment"}:
            closing = f"end{word}"
        elif token.token_type != TokenType.COMMENT and word != "translate":
            for line in _IN_TAG.sub("", contents).splitlines():
                if VIETNAMESE.search(line):
                    yield token.lineno or 0, line.strip()


def _at_import(text: str) -> Iterator[int]:
    """Lines where gettext translates while the module is imported, before any language is chosen."""
    tree = ast.parse(text)
    eager = {name for name, function in gettext_names(tree).items() if function != "gettext_noop"}
    lazy = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.endswith("_lazy")
    }
    waiting: list[ast.AST] = [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in eager - lazy
            ):
                yield node.lineno
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                waiting.append(node)


def _misfits(source: str, translation: str) -> list[str]:
    """What a translation does to the placeholders of its source."""
    wanted, found = Counter(PLACEHOLDER.findall(source)), Counter(PLACEHOLDER.findall(translation))
    faults = [f"lacks {name}" for name in wanted - found] + [f"adds {name}" for name in found - wanted]
    if "%(" in source and LONE_PERCENT.search(translation):
        faults.append("has a lone %")
    if (
        source[:1].isspace() != translation[:1].isspace()
        or source[-1:].isspace() != translation[-1:].isspace()
    ):
        faults.append("differs in outer spaces")
    return faults


def _pairs(entry: Entry) -> list[tuple[str, str]]:
    """A text with its translation, or each form with its own; nothing where there is no translation."""
    if not entry.id or not is_translated(entry.string):
        return []
    ids = entry.id if isinstance(entry.id, tuple | list) else [entry.id]
    strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
    return [(str(text), str(string)) for text, string in zip(ids, strings, strict=True)]


def _compiled(known: gettext.NullTranslations, entry: Entry, number: int) -> str:
    if isinstance(entry.id, str):
        return known.gettext(entry.id)
    return known.ngettext(entry.id[0], entry.id[1], number)


def test_every_text_has_an_english_translation() -> None:
    catalogue = read_catalogue()
    missing = set()
    for found in in_source():
        if found.message is None:
            continue
        entry = catalogue.get(found.message.text, found.message.context or None)
        if entry is None or entry.fuzzy or not is_translated(entry.string):
            missing.add(f"{_place(found.path)}:{found.line}: {found.message.text}")
    assert not missing, "run tools/messages, then translate:\n" + "\n".join(sorted(missing))


def test_the_catalogue_is_in_step_with_the_source() -> None:
    messages = {found.message for found in in_source() if found.message is not None}
    assert CATALOGUE.read_bytes() == written(renewed(messages, read_catalogue())), "run tools/messages"


def test_gettext_is_given_texts_that_can_be_read_from_the_source() -> None:
    unreadable = [f"{_place(found.path)}:{found.line}" for found in in_source() if found.message is None]
    assert not unreadable, "gettext needs a literal, not an expression"


def test_translations_keep_the_placeholders() -> None:
    faults = [
        f"{source} → {translation}: {', '.join(found)}"
        for entry in read_catalogue()
        for source, translation in _pairs(entry)
        if (found := _misfits(source, translation))
    ]
    assert not faults, "\n".join(faults)


def test_translations_are_english() -> None:
    names = re.compile("LĐTBXH|Tiếng Việt")
    left = [
        translation
        for entry in read_catalogue()
        for _source, translation in _pairs(entry)
        if VIETNAMESE.search(names.sub("", translation))
    ]
    assert not left


def test_the_compiled_catalogue_is_fresh() -> None:
    compiled = CATALOGUE.with_suffix(".mo")
    assert compiled.exists(), "run: tools/bootstrap translations"
    with compiled.open("rb") as file:
        known = gettext.GNUTranslations(file)
    stale = [
        source
        for entry in read_catalogue()
        for number, (source, translation) in enumerate(_pairs(entry), start=1)
        if not entry.context and _compiled(known, entry, number) != translation
    ]
    assert not stale, "run: tools/bootstrap translations"


def test_texts_in_python_go_through_gettext() -> None:
    left = [
        f"{_place(path)}:{line}: {text}"
        for path in sources()
        if path.suffix == ".py" and not _is_outside(path)
        for line, text in _literals(path.read_text(encoding="utf-8"))
    ]
    assert not left, "pass these to gettext:\n" + "\n".join(left)


def test_texts_in_templates_are_translated() -> None:
    left = [
        f"{_place(path)}:{line}: {text}"
        for path in sources()
        if path.suffix == ".html" and not _is_outside(path)
        for line, text in _bare_texts(path.read_text(encoding="utf-8"))
    ]
    assert not left, "put these into {% translate %}:\n" + "\n".join(left)


def test_no_text_is_translated_while_a_module_is_imported() -> None:
    early = [
        f"{_place(path)}:{line}"
        for path in sources()
        if path.suffix == ".py"
        for line in _at_import(path.read_text(encoding="utf-8"))
    ]
    assert not early, "use gettext_lazy here, the language is not chosen yet"


def test_nothing_is_excused_that_needs_no_excuse() -> None:
    used: set[str] = set()
    for path in sources():
        read = _literals if path.suffix == ".py" else _bare_texts
        if any(read(path.read_text(encoding="utf-8"))):
            used.update(prefix for prefix in OUTSIDE if _place(path).startswith(prefix))
    assert set(OUTSIDE) == used


# --- controls: the guard sees what it is meant to see ----------------------------------------------


def test_control_literals() -> None:
    text = (
        '"""Tài liệu."""\n'
        "from django.utils.translation import gettext as _\n"
        'raise Denied("Không có quyền")\n'
        'raise Denied(_("Không có quyền"))\n'
        'raise NotFound(f"Kỳ {key}")\n'
    )
    assert list(_literals(text)) == [(3, "Không có quyền"), (5, "Kỳ ")]


def test_control_templates() -> None:
    text = (
        '{# Chú thích #}<p title="Trợ giúp">{% translate "Đơn vị" %}</p>\n'
        '{% blocktranslate %}Kỳ {{ n }}{% endblocktranslate %}{{ x|default:_("Chữ") }}\n'
        '{% stat "Đạt" %}'
    )
    assert [line for line, _text in _bare_texts(text)] == [1, 3]


def test_control_import() -> None:
    text = (
        "from django.utils.translation import gettext as _, gettext_lazy\n"
        'A = _("Có")\n'
        'B = gettext_lazy("Có")\n'
        'C = lambda: _("Có")\n'
        "class D:\n"
        '    e = _("Có")\n'
        '    def f(self): return _("Có")\n'
    )
    assert sorted(_at_import(text)) == [2, 6]


@pytest.mark.parametrize(
    ("source", "translation", "faults"),
    [
        ("Kỳ %(key)s", "Period %(key)s", []),
        ("Kỳ %(key)s", "Period %(name)s", ["lacks %(key)s", "adds %(name)s"]),
        ("Tệp {size}", "File", ["lacks {size}"]),
        ("%(n)s %%", "%(n)s %", ["lacks %%", "has a lone %"]),
        ("Mục tiêu (%)", "Target (%)", []),
        (" và", "and", ["differs in outer spaces"]),
    ],
)
def test_control_placeholders(source: str, translation: str, faults: list[str]) -> None:
    assert _misfits(source, translation) == faults
