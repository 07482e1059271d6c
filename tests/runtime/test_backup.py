from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from dean06.core.errors import Invalid
from dean06.runtime import archive, dump, rehearsal, sealed
from dean06.runtime.database import embedded_urls
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path]:
    media = tmp_path / "media"
    (media / "ab").mkdir(parents=True)
    (media / "ab" / "photo.jpg").write_bytes(b"\xff\xd8 a photo")
    copy = tmp_path / "copy"
    copy.write_bytes(b"a dump")
    return copy, media


def make(parts: tuple[Path, Path], target: Path) -> archive.Manifest:
    return archive.write(target, *parts, created="2023-12-10T00:00:00+00:00", program="0", server=18)


def rewrite(source: Path, target: Path, change: dict[str, bytes], extra: dict[str, bytes]) -> None:
    """A copy of a backup with other contents for some files and further files at the end."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            add(new, member.name, change.get(member.name, content.read()))
        for name, data in extra.items():
            add(new, name, data)


def add(target: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    target.addfile(info, io.BytesIO(data))


def test_what_was_written_verifies_and_comes_back(parts: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    written = make(parts, file)
    assert archive.verify(file) == written
    assert [entry.path for entry in written.files] == ["database.dump", "media/ab/photo.jpg"]
    archive.extract_dump(file, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == b"a dump"
    assert archive.extract_media(file, tmp_path / "elsewhere") == 1
    assert (tmp_path / "elsewhere" / "ab" / "photo.jpg").read_bytes() == b"\xff\xd8 a photo"
    assert file.stat().st_mode & 0o077 == 0, "a backup holds personal data"


@pytest.mark.parametrize(
    ("change", "extra", "named"),
    [
        ({"database.dump": b"b dump"}, {}, "database.dump"),
        ({"media/ab/photo.jpg": b"\xff\xd8 another photo"}, {}, "media/ab/photo.jpg"),
        ({}, {"media/../../evil": b"x"}, "media/../../evil"),
        ({}, {"media/stranger.jpg": b"x"}, "media/stranger.jpg"),
        ({"manifest.json": b"{}"}, {}, "manifest"),
        ({"manifest.json": b'{"format": 9}'}, {}, "9"),
    ],
)
def test_a_changed_backup_is_refused_by_name(
    parts: tuple[Path, Path], tmp_path: Path, change: dict[str, bytes], extra: dict[str, bytes], named: str
) -> None:
    make(parts, tmp_path / "b.tar")
    rewrite(tmp_path / "b.tar", tmp_path / "c.tar", change, extra)
    with pytest.raises(Invalid, match=named.replace(".", r"\.")):
        archive.verify(tmp_path / "c.tar")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_backup_is_refused(parts: tuple[Path, Path], tmp_path: Path, share: float) -> None:
    parts[0].write_bytes(os.urandom(200_000))
    make(parts, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "c.tar").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Invalid):
        archive.verify(tmp_path / "c.tar")


def test_something_else_is_not_a_backup(tmp_path: Path) -> None:
    (tmp_path / "c.tar").write_bytes(b"hello" * 1000)
    with pytest.raises(Invalid):
        archive.verify(tmp_path / "c.tar")


def test_a_failed_write_leaves_nothing(parts: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make((tmp_path / "missing", parts[1]), tmp_path / "b.tar")
    assert not list(tmp_path.glob("*.tar*"))


def command(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dean06", *arguments],
        env=variables,
        text=True,
        capture_output=True,
        check=False,
    )


def test_backup_and_restore_through_the_command(
    data_dir: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "b.tar"
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        fill(server.url(), "before")
        (data_dir / "media" / "p.jpg").write_bytes(b"photo")
        answer = command(bare_environment, "backup", str(file), "--verify", "--json")
        assert answer.returncode == 0, answer.stderr
        assert json.loads(answer.stdout)["photos"] == 1
        assert json.loads(answer.stdout)["rows"] == 1, "restored for trial, without the session"
        note = json.loads((data_dir / "backup.json").read_text())
        assert (note["encrypted"], note["verified"]) == (True, True)
        assert b"PGDMP" not in file.read_bytes()
        assert sorted(path.name for path in data_dir.glob(".*")) == [], "no plain copy is left"
        change(server.url(), "after")

    refused = command(bare_environment, "restore", str(file))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    (data_dir / "media" / "p.jpg").unlink()

    restored = command(bare_environment, "restore", str(file), "--force", "--json")
    assert restored.returncode == 0, restored.stderr
    assert (data_dir / "media" / "p.jpg").read_bytes() == b"photo"
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        assert word(server.url()) == "before"
        assert count(server.url(), "access_session") == 0, "sessions are no part of a backup"
        names = databases(server.url())
    assert names == ["dean06", "postgres"], "no database of the exchange is left"


def test_a_restore_that_fails_changes_nothing(data_dir: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"PGDMP but not really")
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        fill(server.url(), "mine")
        with pytest.raises(Exception, match="pg_restore"):
            dump.restore(server.url(), broken)
        assert word(server.url()) == "mine"


def test_a_running_system_is_not_replaced(
    data_dir: Path, bare_environment: dict[str, str], tmp_path: Path, parts: tuple[Path, Path]
) -> None:
    make(parts, tmp_path / "b.tar")
    with (
        EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server,
        psycopg.connect(embedded_urls(data_dir).owner) as session,
    ):
        session.execute("select 1")
        answer = command(bare_environment, "restore", str(tmp_path / "b.tar"))
        assert answer.returncode == 1
        assert "dean06 up" in answer.stderr
        assert server.pid is not None


def fill(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table django_migrations (app text, name text)")
        connection.execute("create table access_session (word text)")
        connection.execute("insert into access_session values ('a session')")
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values (%s)", [text])


def change(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("update kept set word = %s", [text])


def word(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("select word from kept").fetchone()
    assert row is not None
    return str(row[0])


def databases(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("select datname from pg_database where not datistemplate order by 1")
        return [str(row[0]) for row in rows]


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else -1


def test_a_wrong_key_a_cut_and_another_version_change_nothing(
    data_dir: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    file, cut, other = tmp_path / "b.sealed", tmp_path / "cut.sealed", tmp_path / "other.key"
    stranger = sealed.make_key(other)
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        fill(server.url(), "mine")
        assert command(bare_environment, "backup", str(file)).returncode == 0
        with psycopg.connect(server.url()) as connection:
            connection.execute("insert into django_migrations values ('units', '9999_of_tomorrow')")
        newer = tmp_path / "newer.sealed"
        assert command(bare_environment, "backup", str(newer)).returncode == 0
    cut.write_bytes(file.read_bytes()[:-40])
    (data_dir / "media" / "p.jpg").write_bytes(b"mine")
    for arguments, told in (
        ([str(file), "--key", str(other)], stranger.id.hex()),
        ([str(cut)], "bị cắt cụt"),
        ([str(newer)], "units.9999_of_tomorrow"),
    ):
        answer = command(bare_environment, "restore", *arguments, "--force")
        assert answer.returncode == 1, answer.stderr
        assert told in answer.stderr
        assert len(answer.stderr.strip().splitlines()) <= 2, "one sentence in a language"
        assert list(data_dir.glob(".restore*")) == []
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        assert word(server.url()) == "mine"
        assert count(server.url(), "access_session") == 1


def test_a_dump_of_a_newer_postgresql_is_refused(
    data_dir: Path, bare_environment: dict[str, str], tmp_path: Path, parts: tuple[Path, Path]
) -> None:
    archive.write(tmp_path / "b.tar", *parts, created="2030-01-01T00:00:00+00:00", program="9", server=99)
    answer = command(bare_environment, "restore", str(tmp_path / "b.tar"), "--force")
    assert answer.returncode == 1
    assert "PostgreSQL 99" in answer.stderr


def test_a_trial_restore_notices_what_is_missing(data_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST) as server:
        fill(server.url(), "mine")
        dump.dump(server.url(), copy, without_rows=["kept"])
    with pytest.raises(Invalid, match="bảng kept có 0 dòng, lúc sao lưu có 1"):
        rehearsal.rehearse(copy, {"access_session": 0, "django_migrations": 0, "kept": 1}, [])
