"""The English catalogue: what the source says, and the file that translates it.

`tools/messages` runs this. Texts in the source are Vietnamese and are their own message ids. Everything is
read in this process, from Python by its syntax tree and from templates by Django; no GNU gettext is needed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "dean06"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"

# Name of the gettext function: which arguments are the context, the text and its plural.
_ARGUMENTS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_IN_TEMPLATE = re.compile(r" (_|n?p?gettext)(\((?:[^'\"()]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")*\))")
_KEPT_HEADERS = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-T")
_HEADER_LINE = re.compile(rb'^"([A-Z][A-Za-z-]+:).*\\n"\n', re.MULTILINE)
_HEADER = "# English texts of dean06. Renew with tools/messages, then translate what is empty.\n#"


@dataclass(frozen=True, order=True)
class Message:
    """A text to translate; `plural` and `context` are "" where there is none."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True)
class Found:
    """A message, or None where a call's text cannot be read from the source, with its place."""

    message: Message | None
    path: Path
    line: int


def sources() -> Iterator[Path]:
    """The Python files and templates whose texts people may see."""
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.html")]):
        if "migrations" not in path.parts:
            yield path


def in_file(path: Path) -> list[Found]:
    """Every call of gettext in a Python file or a template."""
    text = path.read_text(encoding="utf-8")
    read = _in_python if path.suffix == ".py" else _in_template
    return [Found(message, path, line) for message, line in read(text)]


def in_source() -> list[Found]:
    """Every call of gettext in the program."""
    return [found for path in sources() for found in in_file(path)]


def gettext_names(tree: ast.Module) -> dict[str, str]:
    """The names under which a module calls gettext's functions: `_` → gettext."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                function = name.name.removesuffix("_lazy")
                if function in _ARGUMENTS:
                    names[name.asname or name.name] = function
    return names


def _in_python(text: str) -> Iterator[tuple[Message | None, int]]:
    tree = ast.parse(text)
    names = gettext_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield _message(names[node.func.id], node), node.lineno


def _in_template(text: str) -> Iterator[tuple[Message | None, int]]:
    python = templatize(text)
    for call in _IN_TEMPLATE.finditer(python):
        name = "gettext" if call[1] == "_" else call[1]
        node = ast.parse(name + call[2], mode="eval").body
        assert isinstance(node, ast.Call)
        yield _message(name, node), python.count("\n", 0, call.start()) + 1


def _message(function: str, call: ast.Call) -> Message | None:
    context, text, plural = (
        "" if place is None else _literal(call.args, place) for place in _ARGUMENTS[function]
    )
    if text is None or plural is None or context is None:
        return None
    return Message(text, plural, context)


def _literal(arguments: list[ast.expr], place: int) -> str | None:
    found = arguments[place] if place < len(arguments) else None
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else None


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    """A catalogue as committed; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def renewed(messages: set[Message], known: Catalog) -> Catalog:
    """The catalogue of these messages with every translation that is known; others are left empty."""
    catalogue = Catalog(locale="en", project="dean06", version="", header_comment=_HEADER, fuzzy=False)
    for message in sorted(messages):
        key = (message.text, message.plural) if message.plural else message.text
        old = known.get(message.text, message.context or None)
        same = old is not None and old.id == key
        catalogue.add(
            key,
            old.string if old is not None and same else None,
            context=message.context or None,
            flags=old.flags & {"fuzzy"} if old is not None and same else (),
            user_comments=old.user_comments if old is not None else (),
        )
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: sorted, without places in the source and without dates, for small diffs."""
    file = BytesIO()
    write_po(file, catalogue, width=100, no_location=True, sort_output=True)
    head, _, messages = file.getvalue().partition(b"\n\n")
    head = _HEADER_LINE.sub(_kept_header, head + b"\n")
    return head + b"\n" + messages


def _kept_header(line: re.Match[bytes]) -> bytes:
    return line[0] if line[1].decode().startswith(_KEPT_HEADERS) else b""


def is_translated(string: object) -> bool:
    """Whether a translation (or each of its plural forms) says something."""
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main() -> int:
    """Renew the catalogue; 1 when texts wait for a translation."""
    messages = {found.message for found in in_source() if found.message is not None}
    catalogue = renewed(messages, read_catalogue())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_bytes(written(catalogue))
    waiting = sum(1 for m in catalogue if m.id and (m.fuzzy or not is_translated(m.string)))
    print(f"{CATALOGUE.relative_to(ROOT)}: {len(messages)} texts, {waiting} without a translation")
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
