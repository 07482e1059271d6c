"""Reads a log that another process appends to, across its setting aside (logs.py), each whole line once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LONGEST = 32_768  # bytes; a longer line comes in parts
_BATCH = 262_144  # bytes at one look


@dataclass(frozen=True, slots=True)
class Place:
    """How far a log was read: the file (inode; 0: none yet) and the byte in it."""

    file: int = 0
    byte: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """Lines without their ends, the place after them, and whether lines before them are gone for ever."""

    lines: tuple[bytes, ...]
    after: Place
    gap: bool = False


def look(log: Path, place: Place) -> Look:
    """The whole lines after `place`, as many as one look takes; none where nothing was written.

    The file of `place` may have been set aside as `.log.1` meanwhile: its rest comes first. When it is
    neither of the two any more, or was cut shorter, lines were lost: reading goes on at the oldest there is.
    """
    aside = log.with_suffix(".log.1")
    older, current = _inode(aside), _inode(log)
    if place.file and place.file not in (older, current):
        found = look(log, Place(older or current))
        return Look(found.lines, found.after, gap=True)
    if place.file and place.file == older:
        found = _read(aside, place, final=True)
        return found if found.lines or found.gap else look(log, Place(current))
    return _read(log, Place(current, place.byte if place.file else 0)) if current else Look((), place)


def _read(path: Path, place: Place, *, final: bool = False) -> Look:
    try:
        source: BinaryIO = path.open("rb")
    except FileNotFoundError:  # set aside between the two looks; the next one finds it
        return Look((), place)
    with source:
        status = os.fstat(source.fileno())
        if status.st_ino != place.file:
            return Look((), place)
        if status.st_size < place.byte:
            return Look((), Place(place.file), gap=True)
        source.seek(place.byte)
        data = source.read(_BATCH)
    return _whole_lines(data, place, final=final and place.byte + len(data) == status.st_size)


def _whole_lines(data: bytes, place: Place, *, final: bool) -> Look:
    """The lines of `data`; what has no end yet waits, unless it is too long or nothing will follow."""
    lines, start = [], 0
    while start < len(data):
        end = data.find(b"\n", start, start + LONGEST + 1)
        if end >= 0:
            lines.append(data[start:end])
            start = end + 1
        elif final or len(data) - start > LONGEST:
            lines.append(data[start : start + LONGEST])
            start += len(lines[-1])
        else:
            break
    return Look(tuple(lines), Place(place.file, place.byte + start))


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
