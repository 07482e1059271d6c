"""The archive around an XLSX sheet: checked before anything is unpacked, then read part by part in a stream.

Written here rather than taken from a spreadsheet library because those load whole parts into memory, follow a
document type declaration, and raise any exception at all on a broken file. Only the parts that hold the first
visible sheet are opened; links to other workbooks, drawings, queries and connections never are.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers import expat

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid
from dean06.core.sheets.recognise import by_entries, macros

MAX_ENTRIES: Final = 2000
MAX_UNPACKED: Final = 256 * 1024 * 1024
"""Bytes of all parts together once unpacked."""
MAX_RATIO: Final = 300
"""How far a part above 8 MB may expand; sheets of repeated rows reach about 100."""
MAX_ELEMENTS: Final = 10_000_000
"""XML elements read in one part: a sheet of 100,000 rows and 20 columns has four million."""
MAX_DEPTH: Final = 64
_CHUNK: Final = 1 << 16
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

Attributes = Mapping[str, str]
StartHandler = Callable[[str, Attributes], None]


def broken() -> Invalid:
    """The refusal of a file that is not what its first bytes promise."""
    return Invalid(_("Tệp Excel bị hỏng, không đọc được. Hãy mở bằng Excel rồi lưu lại."))


def _bomb() -> Invalid:
    return Invalid(_("Tệp nén bất thường (bung ra quá lớn), bị từ chối."))


@dataclass(frozen=True, slots=True)
class Archive:
    """The parts of an opened file by lower-case name."""

    file: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]

    def walk(
        self,
        part: str,
        start: StartHandler,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Read a part in a stream; the handlers get local names. Raises Invalid when it is no XML."""
        info = self.parts.get(part.lower())
        if info is None:
            raise broken()
        parser = expat.ParserCreate(namespace_separator="|")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = _counted(start, end)
        if text is not None:
            parser.CharacterDataHandler = text
        try:
            with self.file.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, *_BROKEN) as error:
            raise broken() from error


@dataclass(frozen=True, slots=True)
class Package:
    """An opened workbook and the parts of it that matter."""

    archive: Archive
    sheet: str
    strings: str | None
    styles: str | None
    from_1904: bool


def open_package(data: bytes) -> Package:
    """Check the archive and find the first visible worksheet. Raises Invalid."""
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise broken() from error
    entries = file.infolist()
    archive = Archive(file, {info.filename.lower(): info for info in entries})
    _check_entries(entries, archive.parts)
    types: list[str] = []
    archive.walk("[content_types].xml", lambda _name, has: types.append(has.get("ContentType", "")))
    if any("macroenabled" in kind.lower() for kind in types):
        raise Invalid(macros())
    return _find_sheet(archive)


def _check_entries(entries: list[zipfile.ZipInfo], parts: Mapping[str, zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or sum(info.file_size for info in entries) > MAX_UNPACKED:
        raise _bomb()
    if any(
        info.file_size > (8 << 20) and info.file_size > MAX_RATIO * info.compress_size for info in entries
    ):
        raise _bomb()
    if any(info.flag_bits & 1 for info in entries):
        raise Invalid(_("Tệp Excel có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."))
    refusal = by_entries(set(parts))
    if refusal:
        raise Invalid(refusal)
    if len(parts) != len(entries):
        raise broken()


def _find_sheet(archive: Archive) -> Package:
    """Follow the relations: package → workbook → first visible worksheet, shared strings, styles."""
    office = [target for kind, target in _relations(archive, "").values() if kind == "officeDocument"]
    if not office:
        raise broken()
    sheets: list[str] = []
    flags: list[str] = []

    def start(name: str, has: Attributes) -> None:
        if name == "sheet" and has.get("state", "visible") == "visible":
            sheets.append(next((value for key, value in has.items() if key.endswith("|id")), ""))
        elif name == "workbookPr":
            flags.append(has.get("date1904", "0"))

    archive.walk(office[0], start)
    relations = _relations(archive, office[0])
    visible = [relations[key][1] for key in sheets if relations.get(key, ("", ""))[0] == "worksheet"]
    if not visible:
        raise Invalid(_("Tệp Excel không có trang tính nào đang hiện."))
    by_kind = {kind: target for kind, target in relations.values() if target in archive.parts}
    return Package(
        archive=archive,
        sheet=visible[0],
        strings=by_kind.get("sharedStrings"),
        styles=by_kind.get("styles"),
        from_1904=bool(flags) and flags[0] in ("1", "true"),
    )


def _relations(archive: Archive, source: str) -> dict[str, tuple[str, str]]:
    """Relation id → (last word of its type, part); those that point outside the file are left out."""
    folder, name = posixpath.split(source)
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, has: Attributes) -> None:
        if element == "Relationship" and has.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, has.get("Target", ""))).lstrip("/")
            found[has.get("Id", "")] = (has.get("Type", "").rpartition("/")[2], target.lower())

    archive.walk(posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return found


def _refuse_doctype(*_args: Any) -> None:
    raise Invalid(_("Tệp Excel chứa khai báo DOCTYPE, bị từ chối vì không an toàn."))


def _counted(
    start: StartHandler, end: Callable[[str], None] | None
) -> tuple[StartHandler, Callable[[str], None] | None]:
    """The handlers, with names without their namespace and with the limits kept."""
    seen = depth = 0
    local: dict[str, str] = {}

    def on_start(name: str, attributes: Attributes) -> None:
        nonlocal seen, depth
        seen += 1
        depth += 1
        if seen > MAX_ELEMENTS or (end is not None and depth > MAX_DEPTH):
            raise _bomb()
        start(local.get(name) or local.setdefault(name, _local(name)), attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(local[name])

    return on_start, None if end is None else on_end


def _local(name: str) -> str:
    """The local name; names of extensions (Microsoft's, markup compatibility) stay whole."""
    namespace, _bar, local = name.rpartition("|")
    return name if "microsoft.com" in namespace or "markup-compatibility" in namespace else local
