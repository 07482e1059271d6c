"""What lies where in a data directory."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dean06.runtime.account import can_enter
from dean06.runtime.failures import Exit, StartError, from_os_error
from dean06.runtime.process import Account

SOCKET_PATH_LIMIT = 100  # the kernel's limit is 108 bytes with the file's name


@dataclass(frozen=True)
class Layout:
    """Paths inside one data directory."""

    root: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own directory."""
        return self.root / "pg"

    @property
    def logs(self) -> Path:
        """Logs of the server's processes."""
        return self.root / "log"

    @property
    def media(self) -> Path:
        """Photos by content hash (the settings' MEDIA_ROOT)."""
        return self.root / "media"

    @property
    def stage(self) -> Path:
        """Copies of PostgreSQL's programs for a service account that cannot enter the environment."""
        return self.root / "bin"

    @property
    def sockets(self) -> Path:
        """Folder of the server's socket: in the data directory, or in /tmp when that path is too long."""
        near = self.root / "run"
        if len(os.fsencode(near / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return near
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"dean06-{name}"

    def prepare(self, account: Account | None) -> None:
        """Create the folders with the rights they need; `account` runs the database server.

        Raises StartError when the directory is not writable or the disk is full.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            if account is not None:
                self.root.chmod(self.root.stat().st_mode | 0o011)  # the server must pass through
            for folder in (self.logs, self.media, self.root / "static", self.stage):
                folder.mkdir(mode=0o755 if folder == self.stage else 0o700, exist_ok=True)
            private_folder(self.sockets, account)
            if account is not None and not can_enter(self.root, account):
                raise _closed_to(account, self.root)
            probe = self.root / ".probe"
            probe.write_bytes(b"x" * 4096)
            probe.unlink()
        except OSError as error:
            known = from_os_error(error, self.root)
            if known is None:
                raise
            raise known from error


def private_folder(folder: Path, account: Account | None) -> None:
    """A folder only `account` may enter; refused when somebody else prepared it (shared /tmp)."""
    owner = account.uid if account else os.geteuid()
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if account is not None and stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid():
        os.chown(folder, account.uid, account.gid)
        state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner:
        raise StartError(
            Exit.DATA_DIR,
            f"Thư mục {folder} thuộc về tài khoản khác; hãy xóa nó hoặc đặt DATA_DIR khác.",
            f"The folder {folder} belongs to another account; remove it or set another DATA_DIR.",
        )
    folder.chmod(0o700)


def _closed_to(account: Account, folder: Path) -> StartError:
    return StartError(
        Exit.DATA_DIR,
        f"Tài khoản {account.name} (chạy PostgreSQL) không vào được {folder}; "
        "hãy đặt DATA_DIR ở nơi khác, ví dụ /var/lib/dean06.",
        f"The account {account.name} (which runs PostgreSQL) cannot enter {folder}; "
        "set DATA_DIR elsewhere, for example /var/lib/dean06.",
    )
