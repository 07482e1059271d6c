"""Reading one YAML file into plain values that remember their lines.

Works on parser events, not on PyYAML's recursive composer, so nesting depth, aliases, tags and size are
refused before anything is built. Sequences become tuples: a plan is never edited in memory.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from dean06.plan.schema.problem import Problem

Path = tuple[str | int, ...]

MAX_BYTES = 2_000_000
MAX_DEPTH = 16
MAX_NODES = 200_000
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "timestamp", "str")
)


@dataclass(frozen=True, slots=True)
class Document:
    """The value of one YAML file and the line on which every key and entry stands."""

    file: str
    value: object
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of `path`, or of its nearest ancestor that is written in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Refused(Exception):
    """The file cannot be read any further."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence being filled."""

    path: Path
    line: int
    mapping: dict[str, object] | None
    entries: list[object] = field(default_factory=list)
    key: str | None = None
    skip: bool = False
    wants_key: bool = True


def read_yaml(file: str, data: bytes) -> tuple[Document | None, list[Problem]]:
    """Parse the bytes of one YAML file; every defect becomes a Problem, never an exception.

    The document is None when the file could not be read to its end.
    """
    if len(data) > MAX_BYTES:
        return None, [Problem(file, 1, f"tệp dài {len(data)} byte, vượt giới hạn {MAX_BYTES} byte")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [Problem(file, line, "tệp không phải văn bản UTF-8 hợp lệ")]
    builder = _Builder(file, text)
    try:
        value = builder.build()
    except _Refused as refusal:
        return None, [*builder.problems, Problem(file, refusal.line, refusal.message)]
    except yaml.YAMLError as error:
        return None, [*builder.problems, _yaml_problem(file, error)]
    return Document(file, value, builder.lines), builder.problems


def _yaml_problem(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    detail = getattr(error, "problem", None) or getattr(error, "reason", None) or "không đọc được"
    return Problem(file, mark.line + 1 if mark else 1, f"sai cú pháp YAML: {detail}")


class _Builder:
    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.problems: list[Problem] = []
        self.lines: dict[Path, int] = {}
        self.stack: list[_Frame] = []
        self.root: object = None
        self.documents = self.nodes = 0

    def build(self) -> object:
        loader = yaml.SafeLoader(self.text)
        try:
            for event in self._events(loader):
                self._take(event, loader)
        finally:
            loader.dispose()
        if self.documents == 0:
            raise _Refused(1, "tệp rỗng")
        return self.root

    def _events(self, loader: Any) -> Iterator[yaml.Event]:
        while loader.check_event():
            yield loader.get_event()

    def _take(self, event: yaml.Event, loader: yaml.SafeLoader) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _Refused(line, "tệp chứa hơn một tài liệu YAML (dấu ---)")
        elif isinstance(event, yaml.AliasEvent):
            raise _Refused(line, "không cho phép bí danh YAML (*)")
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            self._close()
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line, loader)

    def _node(self, event: yaml.NodeEvent, line: int, loader: yaml.SafeLoader) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _Refused(line, f"tệp có quá {MAX_NODES} phần tử")
        if event.anchor is not None:
            raise _Refused(line, "không cho phép neo YAML (&)")
        if getattr(event, "tag", None) is not None:
            raise _Refused(line, "không cho phép thẻ kiểu YAML (!)")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line, loader)
        else:
            self._open(line, mapping=isinstance(event, yaml.MappingStartEvent))

    def _open(self, line: int, *, mapping: bool) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _Refused(line, f"lồng nhau quá {MAX_DEPTH} tầng")
        if self._expects_key():
            raise _Refused(line, "tên trường phải là một chuỗi đơn giản")
        path = self._next_path()
        self.lines.setdefault(path, line)
        self.stack.append(_Frame(path, line, {} if mapping else None))

    def _close(self) -> None:
        frame = self.stack.pop()
        self._put(tuple(frame.entries) if frame.mapping is None else frame.mapping)

    def _scalar(self, event: yaml.ScalarEvent, line: int, loader: yaml.SafeLoader) -> None:
        if self._expects_key():
            self._key(event.value, line)
            return
        self.lines.setdefault(self._next_path(), line)
        self._put(self._construct(event, line, loader))

    def _expects_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].mapping is not None and self.stack[-1].wants_key

    def _key(self, key: str, line: int) -> None:
        frame = self.stack[-1]
        self._check_text(key, line)
        if key == "<<":
            raise _Refused(line, "không cho phép gộp khóa YAML (<<)")
        assert frame.mapping is not None  # noqa: S101 - established by _expects_key
        frame.skip = key in frame.mapping
        if frame.skip:
            first = self.lines.get((*frame.path, key), frame.line)
            self.problems.append(Problem(self.file, line, f"trường '{key}' bị lặp (đã có ở dòng {first})"))
        frame.key, frame.wants_key = key, False
        self.lines.setdefault((*frame.path, key), line)

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        frame = self.stack[-1]
        return (*frame.path, len(frame.entries) if frame.mapping is None else frame.key or "")

    def _put(self, value: object) -> None:
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        if frame.mapping is None:
            frame.entries.append(value)
            return
        if not frame.skip:
            frame.mapping[frame.key or ""] = value
        frame.wants_key = True

    def _construct(self, event: yaml.ScalarEvent, line: int, loader: Any) -> object:
        self._check_text(event.value, line)
        tag = loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in _PLAIN_TAGS:
            self.problems.append(Problem(self.file, line, f"giá trị '{event.value}' phải đặt trong dấu nháy"))
            return event.value
        node = yaml.ScalarNode(tag, event.value)
        try:
            return loader.yaml_constructors[tag](loader, node)
        except (ValueError, OverflowError):
            message = (
                f"giá trị '{event.value[:40]}' không phải số hay ngày có thật; nếu là chữ, đặt trong dấu nháy"
            )
            self.problems.append(Problem(self.file, line, message))
            return None

    def _check_text(self, text: str, line: int) -> None:
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
                raise _Refused(line, f"có ký tự điều khiển không cho phép (U+{ord(character):04X})")
        if not unicodedata.is_normalized("NFC", text):
            self.problems.append(Problem(self.file, line, "văn bản phải ở dạng Unicode dựng sẵn (NFC)"))
