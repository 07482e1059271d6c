"""The copy of the keys: sealed, whole, and enough to read a backup on another machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from dean06.core.errors import Conflict, Invalid
from dean06.runtime import custody
from dean06.runtime.database import embedded_urls
from dean06.runtime.postgres import UNSAFE_FAST, EmbeddedPostgres

PHRASE = "một cụm mật khẩu dài"
SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "vault-0001-00c0ffee.key").write_text(SECRET + "\n")
    (folder / ".lock").touch()
    (tmp_path / "backup.key").write_text(SECRET + "\n")
    return folder


def export(keys: Path, target: Path) -> Path:
    custody.seal(custody.gather(keys, keys.parent / "backup.key"), PHRASE, target)
    return target


def test_what_was_exported_comes_back_and_the_file_tells_nothing(keys: Path, tmp_path: Path) -> None:
    file = export(keys, tmp_path / "keys.sealed")
    assert file.stat().st_mode & 0o077 == 0
    assert SECRET.encode() not in file.read_bytes()
    files = custody.open_sealed(file, PHRASE)
    assert sorted(files) == ["backup.key", "vault-0001-00c0ffee.key"]
    there = tmp_path / "there"
    assert custody.place(files, there / "keys", there / "backup.key") == sorted(files)
    for path in (there / "keys" / "vault-0001-00c0ffee.key", there / "backup.key"):
        assert path.read_text() == SECRET + "\n"
        assert path.stat().st_mode & 0o777 == 0o600
    assert custody.place(files, there / "keys", there / "backup.key") == [], "a second time nothing is new"


@pytest.mark.parametrize("at", [0, 20, 40, -1])
def test_a_changed_file_is_refused(keys: Path, tmp_path: Path, at: int) -> None:
    file = export(keys, tmp_path / "keys.sealed")
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(Invalid, match=str(file)):
        custody.open_sealed(file, PHRASE)


def test_another_passphrase_a_cut_file_and_a_short_passphrase_are_refused(keys: Path, tmp_path: Path) -> None:
    file = export(keys, tmp_path / "keys.sealed")
    with pytest.raises(Invalid, match=r"sai cụm mật khẩu.*another passphrase"):
        custody.open_sealed(file, PHRASE + "!")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Invalid, match="cắt cụt"):
        custody.open_sealed(file, PHRASE)
    with pytest.raises(Invalid, match="14"):
        custody.seal({"backup.key": b"x"}, "x" * 13, tmp_path / "short")
    assert not (tmp_path / "short").exists()


def test_no_other_key_is_replaced(keys: Path, tmp_path: Path) -> None:
    files = custody.open_sealed(export(keys, tmp_path / "keys.sealed"), PHRASE)
    there = tmp_path / "there"
    (there / "keys").mkdir(parents=True)
    (there / "backup.key").write_text("another\n")
    with pytest.raises(Conflict, match=r"backup\.key"):
        custody.place(files, there / "keys", there / "backup.key")
    assert list((there / "keys").iterdir()) == [], "nothing was put in place"
    (there / "backup.key").unlink()
    (there / "keys" / "vault-0001-0badcafe.key").write_text("of another installation\n")
    with pytest.raises(Conflict, match="0badcafe"):
        custody.place(files, there / "keys", there / "backup.key")
    assert not (there / "backup.key").exists()
    with pytest.raises(Conflict, match="không ghi đè"):
        export(keys, tmp_path / "keys.sealed")


def test_an_export_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="Chưa có khóa"):
        custody.gather(tmp_path / "keys", tmp_path / "backup.key")


def dean06(variables: dict[str, str], *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dean06", *arguments],
        env=variables,
        input=given,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.race
def test_a_lost_machine_comes_back_from_a_backup_and_the_exported_keys(
    data_dir: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    backup, exported = tmp_path / "b.sealed", tmp_path / "keys.sealed"
    with EmbeddedPostgres(data_dir, options=UNSAFE_FAST):
        migrated = dean06(bare_environment, "migrate")
        assert migrated.returncode == 0, migrated.stderr
        made = dean06(bare_environment, "keys", "show", "--json")
        assert made.returncode == 0, made.stderr
        assert dean06(bare_environment, "backup", str(backup)).returncode == 0
        out = dean06(
            bare_environment, "keys", "export", str(exported), "--passphrase-stdin", given=PHRASE + "\n"
        )
        assert out.returncode == 0, out.stderr
        with psycopg.connect(embedded_urls(data_dir).owner) as connection:
            found = connection.execute("select detail::text from audit_entry where action = 'keys.export'")
            assert "backup.key" in str(found.fetchone()), "who takes the keys away is recorded"
    before = {path.name: path.read_bytes() for path in (data_dir / "keys").glob("[!.]*")}
    shutil.rmtree(data_dir)

    without = dean06(bare_environment, "restore", str(backup))
    assert without.returncode == 1, "without the key nothing can be read"
    shutil.rmtree(data_dir, ignore_errors=True)
    back = dean06(
        bare_environment, "keys", "import", str(exported), "--passphrase-stdin", given=PHRASE + "\n"
    )
    assert back.returncode == 0, back.stderr
    assert not (data_dir / "pg").exists(), "no database is made for it"
    restored = dean06(bare_environment, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert {name: (data_dir / "keys" / name).read_bytes() for name in before} == before
    shown = dean06(bare_environment, "keys", "show", "--json")
    assert shown.stdout == made.stdout, "the restored data accept these keys"
