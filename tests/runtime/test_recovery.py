"""Point-in-time recovery on a real server: to the moment, to the end, and nothing on any failure."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.runtime.archived import Archived, later, read, until, write
from tests.scratch import scratch

from dean06.core.errors import Conflict, Invalid
from dean06.runtime import archiving, basebackup, recovery, walfile
from dean06.runtime.layout import Layout
from dean06.runtime.postgres import EmbeddedPostgres
from dean06.runtime.sealed import BackupKey, make_key
from dean06.runtime.store import MEDIA, WAL, Store

pytestmark = pytest.mark.race


@pytest.fixture
def made(data_dir: Path) -> Archived:
    return Archived(data_dir, data_dir.parent / "archive")


def photo(media: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    path = media / "photos" / digest[:2] / f"{digest}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest


def test_a_moment_between_has_exactly_what_was_acknowledged_before_it(made: Archived) -> None:
    with made.running() as server:
        write(server.url(), range(5))
        made.base(server)
        between = write(server.url(), range(5, 10))
        write(server.url(), range(10, 15))
    done = made.recover(between)
    assert read(made.layout.root) == list(range(10))
    assert done.last is not None
    assert done.last < between
    assert done.kept is not None
    assert read_kept(made, done.kept) == list(range(15)), "the data that were replaced are kept whole"


def read_kept(made: Archived, kept: Path) -> list[int]:
    """What stands in the cluster that was set aside."""
    other = made.layout.root.parent / "kept"
    other.mkdir(mode=0o755)
    kept.rename(other / "pg")
    return read(other)


def test_all_is_there_on_a_new_machine_with_its_photos(made: Archived, tmp_path: Path) -> None:
    with made.running() as server:
        write(server.url(), range(5))
        made.base(server)
        with psycopg.connect(server.url()) as connection:
            connection.execute("create table photos_photo (sha256 text)")
            digest = photo(made.layout.media, b"a photo")
            connection.execute("insert into photos_photo values (%s)", [digest])
            connection.execute("create table access_session (word text)")
            connection.execute("insert into access_session values ('a session')")
        write(server.url(), range(5, 10))
    key = tmp_path / "key"
    shutil.copy(made.layout.root / "backup.key", key)
    shutil.rmtree(made.layout.root)
    made.recover(None)
    assert read(made.layout.root) == list(range(10))
    name = f"photos/{digest[:2]}/{digest}.jpg"
    assert (made.layout.media / name).read_bytes() == b"a photo"
    with made.running() as server, psycopg.connect(server.url()) as connection:
        row = connection.execute("select count(*) from access_session").fetchone()
        assert row == (0,), "nobody's session goes on"


def test_what_was_not_archived_yet_comes_from_the_present_data(made: Archived) -> None:
    """After a fall of the machine its own pg_wal holds the last rows."""
    with made.running() as server:
        write(server.url(), range(5))
        made.base(server)
    bare = {**archiving.options(""), "archive_timeout": "0"}
    with EmbeddedPostgres(made.layout.root, bare) as server:
        write(server.url(), range(5, 10))
        assert server.pid is not None
        os.kill(server.pid, 9)
    made.recover(None)
    assert read(made.layout.root) == list(range(10))


def test_a_recovered_server_can_be_recovered_again(made: Archived) -> None:
    """The way on is a new timeline; both ways lie in the archive."""
    with made.running() as server:
        write(server.url(), range(5))
        made.base(server)
        first = write(server.url(), range(5, 10))
        write(server.url(), range(100, 110))
    made.recover(first)
    with made.running() as server:
        second = write(server.url(), range(10, 15))
        write(server.url(), range(200, 205))
    made.recover(second)
    assert read(made.layout.root) == list(range(15)), "along the second way, without what the first had later"


@pytest.fixture(scope="module")
def several_key(tmp_path_factory: pytest.TempPathFactory) -> BackupKey:
    return make_key(tmp_path_factory.mktemp("keys") / "backup.key")


@pytest.fixture(scope="module")
def several(several_key: BackupKey) -> Iterator[Path]:
    """An archive of some segments and a photo, made once."""
    with scratch("several") as folder:
        folder.chmod(0o755)
        made = Archived(folder / "data", folder / "archive")
        made.key = several_key
        with made.running() as server:
            write(server.url(), range(5))
            made.base(server)
            with psycopg.connect(server.url()) as connection:
                connection.execute("create table photos_photo (sha256 text)")
                connection.execute("insert into photos_photo values (%s)", [photo(made.layout.media, b"one")])
            for begin in (5, 10, 15):
                write(server.url(), range(begin, begin + 5))
                made.switch(server.url())
        yield made.archive


def wrong_key(made: Archived) -> None:
    made.key = make_key(made.archive.parent / "other.key")


def segment_missing(made: Archived) -> None:
    made.store.remove(WAL, segments(made)[1])


def segment_changed(made: Archived) -> None:
    path = made.store.path(WAL, segments(made)[1])
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)


def segments_swapped(made: Archived) -> None:
    one, two = (made.store.path(WAL, name) for name in segments(made)[1:3])
    shutil.copy(one, two)


def photo_missing(made: Archived) -> None:
    for name in made.store.names(MEDIA):
        made.store.remove(MEDIA, name)


def segments(made: Archived) -> list[str]:
    return [name for name in made.store.names(WAL) if walfile.is_segment(name)]


@pytest.mark.parametrize(
    ("spoil", "vi", "en"),
    [
        (wrong_key, "mã hóa bằng khóa", "sealed with the key"),
        (segment_missing, "Kho lưu thiếu đoạn WAL 0000000100000000000000", "lacks the WAL segment"),
        (segment_changed, "bị cắt cụt hoặc bị thay đổi", "cut off or changed"),
        (segments_swapped, "không mang đúng tên", "its own name"),
        (photo_missing, "thiếu ảnh photos/", "lacks the photo"),
    ],
)
def test_a_failure_names_its_reason_and_changes_nothing(
    several: Path,
    several_key: BackupKey,
    data_dir: Path,
    spoil: Callable[[Archived], None],
    vi: str,
    en: str,
) -> None:
    whole = shutil.copytree(several, data_dir.parent / "archive")
    made = Archived(data_dir, whole)  # a new machine: no pg_wal to fall back on
    made.key, made.system = several_key, int(next(whole.iterdir()).name)
    spoil(made)
    with pytest.raises(Invalid) as caught:
        made.recover(None)
    assert [vi in str(caught.value), en in str(caught.value)] == [True, True], str(caught.value)
    assert not made.layout.cluster.exists()
    assert list(data_dir.glob(".pitr-*")) == []


def test_a_moment_outside_the_archive_is_refused(made: Archived) -> None:
    with made.running() as server:
        before = write(server.url(), range(5))
        made.base(server)
        after = write(server.url(), range(5, 10))
    with pytest.raises(Invalid, match=r"trước bản nền cũ nhất.*before the oldest base"):
        made.recover(before - timedelta(minutes=1))
    with pytest.raises(Invalid, match=r"sau giao dịch cuối cùng.*after the last transaction"):
        made.recover(later(after))
    assert read(made.layout.root) == list(range(10))
    assert list(made.layout.root.glob(".pitr-*")) == []


def test_a_broken_chain_of_the_log_is_not_put_in_place(made: Archived) -> None:
    with made.running() as server:
        made.base(server)
        with psycopg.connect(server.url()) as connection:
            connection.execute(
                "create table audit_link"
                " (stream text, seq int, prev bytea, hash bytea, digest bytea, payload text)"
            )
            connection.execute("create table audit_head (stream text, seq int, hash bytea)")
            connection.execute(r"insert into audit_link values ('s', 1, '\x00', '\x01', '\x02', null)")
            connection.execute(r"insert into audit_head values ('s', 1, '\x01')")
        write(server.url(), range(5))
    with pytest.raises(Invalid, match="đứt chuỗi tại s, dòng 1"):
        made.recover(None)
    assert read(made.layout.root) == list(range(5))


def test_a_running_system_is_not_recovered(made: Archived) -> None:
    with made.running() as server:
        write(server.url(), range(3))
        made.base(server)
        with pytest.raises(Conflict, match="dean06 up"):
            made.recover(None)


def test_old_base_backups_and_the_wal_before_them_go(made: Archived) -> None:
    with made.running() as server:
        write(server.url(), range(3))
        first = made.base(server)
        kept = photo(made.layout.media, b"kept")
        gone = photo(made.layout.media, b"gone")
        made.switch(server.url())
        second = made.base(server)
        until(lambda: made.store.has(WAL, second.start), 20, "the archiving of what the second begins with")
        (made.layout.media / "photos" / gone[:2] / f"{gone}.jpg").unlink()
        basebackup.prune(made.store, 1, made.layout.media)
        assert made.store.bases() == [second]
        assert first.start not in made.store.names(WAL)
        assert second.start in made.store.names(WAL)
        assert len(made.store.names(MEDIA)) == 2, "the photo that left may be needed by what is kept"
        made.switch(server.url())
        made.base(server)
        basebackup.prune(made.store, 1, made.layout.media)
    assert [kept in name for name in made.store.names(MEDIA)] == [True]
    made.recover(None)
    assert read(made.layout.root) == [0, 1, 2]


def run(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dean06", *arguments],
        env=variables,
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_commands_say_what_they_did_and_what_they_need(
    made: Archived, bare_environment: dict[str, str]
) -> None:
    variables = bare_environment | {"ARCHIVE_DIR": str(made.archive)}
    with made.running() as server:
        write(server.url(), range(3))
        base = run(variables, "backup", "--base", "--json")
        assert base.returncode == 0, base.stderr
        between = write(server.url(), range(3, 6))
        write(server.url(), range(6, 9))
    assert json.loads(base.stdout)["bytes"] > 0
    done = run(variables, "restore", "--to-time", between.isoformat(), "--json")
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["kept"]).is_dir()
    assert read(made.layout.root) == list(range(6))
    both = run(variables, "backup")
    assert (both.returncode, len(both.stderr.splitlines())) == (1, 2)
    wrong = run(variables, "restore", "--to-time", "hôm qua")
    assert (wrong.returncode, "hôm qua" in wrong.stderr) == (1, True)
    (made.layout.root / "archive.json").unlink()
    off = run(bare_environment, "restore", "--to-time", "latest")
    assert (off.returncode, "PITR=1" in off.stderr) == (8, True)


def test_only_one_server_of_an_archive_can_be_meant(made: Archived, tmp_path: Path) -> None:
    for system in (1, 2):
        (made.archive / str(system) / "base").mkdir(parents=True)
    with pytest.raises(Invalid, match="1, 2"):
        recovery.choose_store(Layout(tmp_path), made.archive, made.key)
    shutil.rmtree(made.archive / "1")
    assert isinstance(recovery.choose_store(Layout(tmp_path), made.archive, made.key), Store)
