"""A whole plan folder, read and validated field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TypeVar

from pydantic import ValidationError

from dean06.plan.schema.base import Spec
from dean06.plan.schema.document import GroupSpec, PilotSpec, PlanSpec, RegistrationSpec, RuleSpec
from dean06.plan.schema.item import ItemSpec
from dean06.plan.schema.located import Located
from dean06.plan.schema.messages import problems_of
from dean06.plan.schema.problem import Problem
from dean06.plan.schema.tree import Document, Path, read_yaml

Model = TypeVar("Model", bound=Spec)


@dataclass(frozen=True, slots=True)
class PlanSource:
    """What a plan folder says. Entries that break the schema are left out and stand in the problems."""

    folder: FilePath
    plan: Located[PlanSpec] | None
    groups: tuple[Located[GroupSpec], ...]
    pilots: tuple[Located[PilotSpec], ...]
    items: tuple[Located[ItemSpec], ...]
    registrations: tuple[Located[RegistrationSpec], ...]
    declared_counts: tuple[Located[tuple[str, int]], ...]
    rules: tuple[Located[RuleSpec], ...]
    required_ids: tuple[Located[str], ...]
    unread_ids: frozenset[str]
    """Ids of items that are written but break the schema: present, though not usable."""


@dataclass(slots=True)
class _Reader:
    folder: FilePath
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def document(self, file: str, *, required: bool = True) -> Document | None:
        """Read one file; a missing optional file is simply absent."""
        try:
            data = (self.folder / file).read_bytes()
        except FileNotFoundError:
            if required:
                self.problems.append(Problem(file, 1, "thiếu tệp này"))
            return None
        except OSError as error:
            self.problems.append(Problem(file, 1, f"không đọc được tệp: {error.strerror}"))
            return None
        document, problems = read_yaml(file, data)
        self.problems += problems
        return document

    def model(
        self, model: type[Model], document: Document, base: Path, value: object
    ) -> Located[Model] | None:
        """Validate one record."""
        try:
            return Located(model.model_validate(value), document, base)
        except ValidationError as error:
            self.problems += problems_of(error, document, base)
            if isinstance(value, Mapping) and isinstance(value.get("id"), str):
                self.unread.add(value["id"])
            return None

    def top(self, document: Document | None, keys: Sequence[str]) -> Mapping[str, object]:
        """The top-level mapping of a file, which may hold only `keys`."""
        if document is None:
            return {}
        if not isinstance(document.value, dict):
            self.problems.append(Problem(document.file, 1, f"tệp phải bắt đầu bằng '{keys[0]}:'"))
            return {}
        for key in document.value:
            if key not in keys:
                line = document.line((key,))
                self.problems.append(Problem(document.file, line, f"trường '{key}' không có trong mẫu"))
        if keys[0] not in document.value:
            self.problems.append(Problem(document.file, 1, f"thiếu trường bắt buộc '{keys[0]}'"))
        return document.value

    def rows(
        self, document: Document | None, top: Mapping[str, object], key: str
    ) -> Iterator[tuple[Path, object]]:
        """The entries of a list, with their places."""
        entries = top.get(key, ())
        if document is not None and not isinstance(entries, tuple):
            message = f"trường '{key}': phải là danh sách"
            self.problems.append(Problem(document.file, document.line((key,)), message))
        elif isinstance(entries, tuple):
            yield from (((key, number), entry) for number, entry in enumerate(entries))

    def list_of(
        self, model: type[Model], file: str, key: str, *, required: bool = True, also: Sequence[str] = ()
    ) -> tuple[Located[Model], ...]:
        """A file that is one list of records, each validated on its own."""
        document = self.document(file, required=required)
        if document is None:
            return ()
        rows = self.rows(document, self.top(document, (key, *also)), key)
        found = (self.model(model, document, base, value) for base, value in rows)
        return tuple(entry for entry in found if entry is not None)


def read_source(folder: FilePath) -> tuple[PlanSource, list[Problem]]:
    """Read every YAML file of a plan folder and validate it against the schema.

    Never raises for what the files contain: each defect is one Problem at its file and line.
    """
    reader = _Reader(folder)
    registrations, declared_counts = _registrations(reader)
    source = PlanSource(
        folder=folder,
        plan=_plan(reader),
        groups=reader.list_of(GroupSpec, "groups.yaml", "groups", required=False),
        pilots=reader.list_of(PilotSpec, "pilots.yaml", "pilots"),
        items=_items(reader),
        registrations=registrations,
        declared_counts=declared_counts,
        rules=reader.list_of(RuleSpec, "rules.yaml", "rules", required=False),
        required_ids=_required_ids(reader),
        unread_ids=frozenset(reader.unread),
    )
    return source, sorted(set(reader.problems))


def _plan(reader: _Reader) -> Located[PlanSpec] | None:
    document = reader.document("plan.yaml")
    return None if document is None else reader.model(PlanSpec, document, (), document.value)


def _items(reader: _Reader) -> tuple[Located[ItemSpec], ...]:
    """items.yaml, or every file of the folder items/, in the order of their names."""
    folder = reader.folder / "items"
    files = sorted(f"items/{path.name}" for path in folder.glob("*.yaml")) if folder.is_dir() else []
    if not files or (reader.folder / "items.yaml").exists():
        files.insert(0, "items.yaml")
    return tuple(item for file in files for item in reader.list_of(ItemSpec, file, "items"))


def _registrations(
    reader: _Reader,
) -> tuple[tuple[Located[RegistrationSpec], ...], tuple[Located[tuple[str, int]], ...]]:
    """The registrations, and the numbers of units the text itself states for each pilot."""
    document = reader.document("registrations.yaml")
    top = reader.top(document, ("registrations", "declared_counts"))
    if document is None:
        return (), ()
    found = (
        reader.model(RegistrationSpec, document, base, value)
        for base, value in reader.rows(document, top, "registrations")
    )
    return tuple(entry for entry in found if entry is not None), tuple(_counts(reader, document, top))


def _counts(
    reader: _Reader, document: Document, top: Mapping[str, object]
) -> Iterator[Located[tuple[str, int]]]:
    counts = top.get("declared_counts", {})
    if not isinstance(counts, dict):
        message = "trường 'declared_counts': phải là bảng mã mô hình: số đơn vị"
        reader.problems.append(Problem(document.file, document.line(("declared_counts",)), message))
        return
    for pilot, count in counts.items():
        base = ("declared_counts", pilot)
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= 10_000:
            yield Located((pilot, count), document, base)
        else:
            message = f"trường '{pilot}': số đơn vị phải là số nguyên không âm"
            reader.problems.append(Problem(document.file, document.line(base), message))


def _required_ids(reader: _Reader) -> tuple[Located[str], ...]:
    """The closed list of ids the plan must contain."""
    document = reader.document("required_ids.yaml")
    if document is None:
        return ()
    top = reader.top(document, ("required_ids",))
    found: list[Located[str]] = []
    for base, value in reader.rows(document, top, "required_ids"):
        if isinstance(value, str) and value:
            found.append(Located(value, document, base))
        else:
            reader.problems.append(Problem(document.file, document.line(base), "mỗi mục phải là một mã"))
    return tuple(found)
