"""What the source may not do: run text, unpack objects, reach the network, use weak hashes or chance."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
SCRIPTS = ROOT / "frontend" / "src"

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_IMPORTS = {
    "pickle": "unpacks objects",
    "marshal": "unpacks objects",
    "shelve": "unpacks objects",
    "dill": "unpacks objects",
    "jsonpickle": "unpacks objects",
    "ldap3": "no directory is asked",
    "smtplib": "no mail is sent",
    "django.core.mail": "no mail is sent",
    "xml.dom": "resolves entities",
    "xml.sax": "resolves entities",
    "ftplib": "unencrypted",
    "telnetlib": "unencrypted",
    "requests": "the network is reached through gateways",
    "httpx": "the network is reached through gateways",
}
NETWORK = ("urllib.request", "http.client", "http.server", "socket", "socketserver", "ssl")
# The conformance suite is a client by nature: run by hand against the address that it is given.
MAY_REACH_OUT = (
    "dean06/gateways/",
    "dean06/runtime/",
    "dean06/usage_conformance/",
    "dean06/cli/up.py",  # opens the port and hands it on
)
WEAK_HASHES = {"md5", "sha1", "new"}
_SCRIPT = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|postMessage|__proto__)"
)

Finding = tuple[str, int, str]


def _name(node: ast.expr) -> str:
    """ "a.b.c" of a dotted expression."""
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return []


def _is_fixed(text: ast.expr) -> bool:
    """A literal, a constant by its name, or no text (`super().format(record)`, a psycopg statement)."""
    name = _name(text).rsplit(".", 1)[-1]
    return isinstance(text, ast.Constant | ast.Call) or name.isupper() or name == "rename"


def _call(node: ast.Call) -> str:
    """What is wrong with a call, else ""."""
    name = _name(node.func)
    last = name.rsplit(".", 1)[-1]
    if name in RUNS_TEXT:
        return f"{name} runs text"
    if name in {"os.system", "os.popen"} or any(
        word.arg == "shell" and not (isinstance(word.value, ast.Constant) and not word.value.value)
        for word in node.keywords
    ):
        return "a shell reads the command"
    if name in {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}:
        return "unpacks objects"
    if name.startswith("hashlib.") and last in WEAK_HASHES:
        return f"weak hash {last}"
    if last == "Template" or name.endswith("Engine.from_string"):
        return "a template made of text"
    if last == "format" and isinstance(node.func, ast.Attribute) and not _is_fixed(node.func.value):
        return "a format string that is no literal"
    return ""


def _import_findings(module: str, path: str) -> Iterator[str]:
    for forbidden, why in FORBIDDEN_IMPORTS.items():
        through = "gateways" in why and path.startswith("dean06/gateways/")
        if (module == forbidden or module.startswith(f"{forbidden}.")) and not through:
            yield f"{forbidden}: {why}"
    if module in NETWORK and not path.startswith(MAY_REACH_OUT):
        yield f"{module} reaches the network outside of a gateway"
    if module == "random" and not {"demo", "demo.py", "synthetic"} & set(Path(path).parts):
        yield "random can be guessed; use secrets"


def findings(source: str, path: str) -> Iterator[Finding]:
    """(path, line, what) for each thing that may not stand in a file of the program."""
    for node in ast.walk(ast.parse(source)):
        line = getattr(node, "lineno", 0)
        for module in _imports(node):
            yield from ((path, line, what) for what in _import_findings(module, path))
        if isinstance(node, ast.Call) and (wrong := _call(node)):
            yield path, line, wrong


def _of(*kinds: str) -> list[Finding]:
    found = [
        finding
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
        for finding in findings(path.read_text(encoding="utf-8"), path.relative_to(SOURCE).as_posix())
    ]
    return [finding for finding in found if any(kind in finding[2] for kind in kinds)]


def test_no_text_is_run_as_a_program() -> None:
    assert _of("runs text") == []


def test_no_shell_reads_a_command() -> None:
    assert _of("shell") == []


def test_no_object_is_unpacked() -> None:
    assert _of("unpacks objects", "resolves entities") == []


def test_no_template_or_format_is_made_of_input() -> None:
    found = {path for path, _line, _what in _of("template", "format string")}
    assert found == {"vnid/errors.py", "vnid/trust/verdict.py"}, "sentences of two closed tables"


def test_the_network_is_reached_through_gateways_only() -> None:
    assert _of("network", "gateways", "unencrypted") == []


def test_no_mail_and_no_directory_is_used() -> None:
    assert _of("mail", "directory") == []


def test_no_broken_hash_is_used() -> None:
    found = {path for path, _line, _what in _of("weak hash")}
    assert found == {"vnid/hashing.py"}, "chips of identity cards derive keys with SHA-1"


def test_what_must_not_be_guessed_comes_from_secrets() -> None:
    assert _of("random can be guessed") == []


def test_no_script_writes_markup_or_talks_to_other_windows() -> None:
    found = [
        (path.name, match.group())
        for path in sorted(SCRIPTS.rglob("*.ts"))
        for match in _SCRIPT.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


# A name from outside that chooses a property could name a prototype: such names belong in a Map or a Set.
_PROTOTYPE = re.compile(
    r"__proto__|\.prototype\b|setPrototypeOf|defineProperty|\.constructor\b|Object\.fromEntries|structuredClone"
    r"|\bfor \(\s*(?:const|let|var) \w+ in\b"
    r"|Object\.assign\((?!document\.createElement\()"
    r"|\w\[(?![\d'\"])[^\]]*\]\s*(?:[-+*/|&?]{0,2})=(?!=)"
    r"|\.\.\.\s*JSON\.parse|\b(?:deepMerge|merge|extend)\("
)


def test_no_script_lets_a_name_from_outside_choose_a_property() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.rglob("*.ts"))}
    assert len(texts) >= 9
    found = [(name, match.group()) for name, text in texts.items() for match in _PROTOTYPE.finditer(text)]
    assert found == []
    assert any("new WeakSet" in text or "new Set" in text or "new Map" in text for text in texts.values())


@pytest.mark.parametrize(
    "text",
    [
        "target[key] = value",
        "all[entry.name] ||= {}",
        "Object.assign(options, JSON.parse(text))",
        "const all = { ...JSON.parse(text) }",
        "for (const key in source) {",
        "Object.prototype.x = 1",
        "x.__proto__ = y",
        "Object.fromEntries(rows)",
    ],
)
def test_control_a_chosen_property_is_seen(text: str) -> None:
    assert _PROTOTYPE.search(text)
    assert not _PROTOTYPE.search("if (data['kind'] === x) Object.assign(document.createElement('p'), {})")


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)",
        "import os; os.system(x)",
        "import subprocess; subprocess.run(x, shell=True)",
        "import pickle",
        "from django.core import mail",
        "import yaml; yaml.load(x)",
        "import hashlib; hashlib.md5(x)",
        "from django.template import Template; Template(x)",
        "x.format(1)",
        "import urllib.request",
        "import random",
        "from httpx import get",
    ],
)
def test_control_the_guard_sees_what_it_is_meant_to_see(text: str) -> None:
    assert list(findings(text, "dean06/web/a.py"))


def test_control_what_is_allowed_is_left_alone() -> None:
    allowed = "import subprocess, re, secrets\nsubprocess.run(['a'])\nre.compile('a')\n'{}'.format(1)\n"
    assert list(findings(allowed, "dean06/web/a.py")) == []
    assert list(findings("import random", "dean06/web/demo/a.py")) == []
