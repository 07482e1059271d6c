"""What a WAL segment and a control file say of themselves (PostgreSQL's xlog_internal.h, pg_control.h)."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from dean06.runtime.refusals import refused

_HEADER = struct.Struct(
    "=HHIQI4xQII"
)  # magic, info, timeline, address, rest, system, segment's and block's size
_SEGMENT = 24  # digits of a segment's name: timeline, high and low part


def system_of_cluster(cluster: Path) -> int | None:
    """The number initdb gave the server of this data directory; None where there is none."""
    try:
        with (cluster / "global" / "pg_control").open("rb") as file:
            first = file.read(8)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return int(struct.unpack("=Q", first)[0]) if len(first) == 8 else None


def is_segment(name: str) -> bool:
    """Whether this is the name of a whole segment."""
    return len(name) == _SEGMENT


def misfit(path: Path, name: str, system: int) -> str:
    """Why the segment at `path` is not `name` of `system`; empty when it is, and for other files."""
    if len(name) < _SEGMENT or name.endswith(".backup"):
        return ""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        head = file.read(_HEADER.size)
        length = os.fstat(file.fileno()).st_size
    if len(head) < _HEADER.size:
        return f"{length} byte"
    _magic, _info, timeline, address, _rest, owner, size, _block = _HEADER.unpack(head)
    high, low = int(name[8:16], 16), int(name[16:24], 16)
    if owner != system:
        return f"system {owner}"
    if length != size or address != (high << 32) + low * size or timeline > int(name[:8], 16):
        return f"{length} byte, {timeline}/{address:X}"
    return ""


def check(path: Path, name: str, system: int) -> None:
    """Raise Invalid for a file that is not the segment its name says."""
    problem = misfit(path, name, system)
    if problem:
        raise refused(
            f"Tệp {path} không phải đoạn WAL {name} của máy chủ {system} ({problem}).",
            f"The file {path} is not the WAL segment {name} of the server {system} ({problem}).",
        )
