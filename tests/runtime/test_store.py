from __future__ import annotations

import os
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dean06.core.errors import Invalid
from dean06.runtime import walfile
from dean06.runtime.archiver import Photos, seal
from dean06.runtime.desk import Desk
from dean06.runtime.feeder import Feeder, ancestry
from dean06.runtime.sealed import make_key
from dean06.runtime.store import MEDIA, WAL, Base, Store

SYSTEM = 7_000_000_000_000_000_001
SIZE = 1 << 20  # a small segment: the header says so


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "archive", SYSTEM, make_key(tmp_path / "backup.key"))


def segment(path: Path, number: int, *, system: int = SYSTEM, timeline: int = 1, fill: bytes = b"x") -> str:
    """A file with a segment's first page; gives its name."""
    head = struct.pack("=HHIQI4xQII", 0xD118, 2, timeline, number * SIZE, 0, system, SIZE, 8192)
    path.write_bytes(head + fill * (SIZE - len(head)))
    return f"{timeline:08X}00000000{number:08X}"


def test_what_is_stored_comes_back_and_takes_little_room(store: Store, tmp_path: Path) -> None:
    name = segment(tmp_path / "s", 3)
    assert store.put(WAL, name, tmp_path / "s") is True
    assert store.put(WAL, name, tmp_path / "s") is False, "the same once more, after a fall, is well"
    store.get(WAL, name, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "s").read_bytes()
    assert store.size(WAL, name) < SIZE / 50
    assert store.path(WAL, name).stat().st_mode & 0o077 == 0


def test_another_file_of_the_same_name_is_refused_and_the_first_stays(store: Store, tmp_path: Path) -> None:
    name = segment(tmp_path / "s", 3)
    store.put(WAL, name, tmp_path / "s")
    segment(tmp_path / "t", 3, fill=b"y")
    with pytest.raises(Invalid, match=r"không ghi đè.*is not replaced"):
        store.put(WAL, name, tmp_path / "t")
    store.get(WAL, name, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "s").read_bytes()


def test_a_write_that_breaks_off_leaves_no_name(store: Store) -> None:
    def half() -> None:
        with store.writing(WAL, lambda: "never") as sink:
            sink.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert list((store.folder / WAL).iterdir()) == []


def test_what_a_killed_writer_left_goes_and_a_living_ones_stays(store: Store, tmp_path: Path) -> None:
    name = segment(tmp_path / "s", 3)
    store.put(WAL, name, tmp_path / "s")
    old, young = (store.folder / WAL / f".{word}.partial" for word in ("old", "young"))
    old.touch()
    young.touch()
    os.utime(old, (0, 0))
    store.sweep()
    assert (old.exists(), young.exists(), store.has(WAL, name)) == (False, True, True)


@pytest.mark.parametrize("at", [0.1, 0.5, 0.999])
def test_a_changed_file_is_never_given_back(store: Store, tmp_path: Path, at: float) -> None:
    name = segment(tmp_path / "s", 3)
    store.put(WAL, name, tmp_path / "s")
    path = store.path(WAL, name)
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 1
    path.write_bytes(content)
    with pytest.raises(Invalid):
        store.get(WAL, name, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_two_files_that_changed_places_are_noticed(store: Store, tmp_path: Path) -> None:
    names = [segment(tmp_path / "s", number) for number in (3, 4)]
    for number, name in zip((3, 4), names, strict=True):
        segment(tmp_path / "s", number)
        store.put(WAL, name, tmp_path / "s")
    store.path(WAL, names[0]).replace(store.path(WAL, names[1]))
    with pytest.raises(Invalid, match=f"đã bị đổi chỗ.*inside: wal/{names[0]}"):
        store.get(WAL, names[1], tmp_path / "back")


@pytest.mark.parametrize(
    ("number", "system", "timeline", "cut"),
    [(4, SYSTEM, 1, 0), (3, 5, 1, 0), (3, SYSTEM, 2, 0), (3, SYSTEM, 1, 9)],
)
def test_a_file_that_is_not_its_name_is_not_archived(
    store: Store, tmp_path: Path, number: int, system: int, timeline: int, cut: int
) -> None:
    segment(tmp_path / "s", number, system=system, timeline=timeline)
    os.truncate(tmp_path / "s", SIZE - cut)
    name = "000000010000000000000003"
    with pytest.raises(Invalid, match=name):
        seal(store, Photos(tmp_path / "media", store), tmp_path / "s", name)
    assert not store.has(WAL, name)


def test_photos_are_stored_before_the_segment_and_once(store: Store, tmp_path: Path) -> None:
    media = tmp_path / "media"
    (media / "photos" / "ab").mkdir(parents=True)
    (media / "photos" / "ab" / "ab01.jpg").write_bytes(b"one")
    (media / "photos" / "ab" / ".new-half").write_bytes(b"half")
    photos = Photos(media, store)
    assert (photos.sync(), photos.sync()) == (1, 0)
    (media / "photos" / "ab" / "ab02.jpg").write_bytes(b"two")
    name = segment(tmp_path / "s", 3)
    seal(store, photos, tmp_path / "s", name)
    assert store.names(MEDIA) == ["photos/ab/ab01.jpg", "photos/ab/ab02.jpg"]


def test_a_gap_is_one_only_when_something_follows(store: Store, tmp_path: Path) -> None:
    for number in (3, 5):
        name = segment(tmp_path / "s", number)
        store.put(WAL, name, tmp_path / "s")
    feeder = Feeder(store, Desk(tmp_path / "desk", None), None)
    assert feeder.missing("000000010000000000000004") is True
    assert feeder.missing("000000010000000000000005") is False
    assert feeder.missing("000000010000000000000006") is False
    assert feeder.missing("000000020000000000000004") is False, "another timeline"
    assert feeder.missing("00000002.history") is False


def test_the_way_to_the_newest_timeline_is_read_from_its_history(store: Store, tmp_path: Path) -> None:
    assert ancestry(store, None) == {1: ""}
    (tmp_path / "h").write_text("1\t0/5000028\tbefore 2026\n\n2\t1/8000000\tno recovery target\n")
    store.put(WAL, "00000003.history", tmp_path / "h")
    found = ancestry(store, (tmp_path / "h").read_text())
    assert found == {3: "", 1: "0000000000000005", 2: "0000000100000008"}


def test_a_base_backup_is_named_after_its_moment(store: Store) -> None:
    base = Base(datetime(2026, 11, 23, 3, 4, 5, 678, UTC), "000000020000000000000003")
    with store.writing("base", lambda: base.name) as sink:
        sink.write(b"content")
    assert store.bases() == [base]
    assert base.timeline == 2


def test_a_slip_is_answered_by_what_was_done(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", None)
    desk.open()
    (desk.folder / "000000010000000000000003.ask").touch()
    (desk.folder / "passwd.ask").touch()
    assert desk.asked() == ["000000010000000000000003"], "only names of WAL are looked at"
    assert desk.answer("000000010000000000000003", lambda _half: False) is False
    assert (desk.folder / "000000010000000000000003.failed").exists()
    with pytest.raises(OSError, match="disk"):
        desk.answer("000000010000000000000004", _full)
    assert (desk.folder / "000000010000000000000004.failed").exists()


def _full(_half: Path) -> bool:
    raise OSError("disk")


def test_the_number_of_a_server_is_read_from_its_control_file(tmp_path: Path) -> None:
    assert walfile.system_of_cluster(tmp_path) is None
    (tmp_path / "global").mkdir()
    (tmp_path / "global" / "pg_control").write_bytes(struct.pack("=Q", SYSTEM) + b"\0" * 100)
    assert walfile.system_of_cluster(tmp_path) == SYSTEM
