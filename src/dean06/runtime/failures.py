"""Reasons why an installation cannot start, each told in one sentence per language."""

from __future__ import annotations

import errno
from enum import IntEnum
from pathlib import Path

_LOST = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EIO, errno.ESTALE)


class Exit(IntEnum):
    """Exit codes of the `dean06` command for failures of the machine, not of the data."""

    PYTHON = 2
    PORT = 3
    DISK = 4
    DATA_DIR = 5
    DATABASE = 6
    BUSY = 7
    PROGRAM = 8


class StartError(Exception):
    """The machine does not allow the command; `str()` gives the Vietnamese then the English sentence.

    `detail` is the text of the program that refused, shown with `--verbose` only; never a password.
    """

    def __init__(self, code: Exit, vi: str, en: str, detail: str = "") -> None:
        super().__init__(f"{vi}\n{en}")
        self.code = code
        self.vi = vi
        self.en = en
        self.detail = detail


def disk_full(folder: Path) -> StartError:
    """No space left where `folder` lies."""
    return StartError(
        Exit.DISK,
        f"Ổ đĩa chứa {folder} đã hết chỗ trống; hãy giải phóng ít nhất 500 MB rồi chạy lại.",
        f"The disk holding {folder} is full; free at least 500 MB and run the command again.",
    )


def not_writable(folder: Path) -> StartError:
    """The data directory belongs to somebody else or the file system is read-only."""
    return StartError(
        Exit.DATA_DIR,
        f"Không ghi được vào thư mục dữ liệu {folder}; hãy cấp quyền ghi hoặc đặt DATA_DIR khác.",
        f"The data directory {folder} is not writable; grant write access or set another DATA_DIR.",
    )


def lost(path: Path) -> StartError:
    """A file or folder of the data directory was deleted, or its disk fails, under the running program."""
    return StartError(
        Exit.DATA_DIR,
        f"Thư mục dữ liệu đã mất hoặc hỏng: không đọc, ghi được {path}; hãy kiểm tra ổ đĩa, "
        "chạy lại, hoặc khôi phục từ bản sao lưu.",
        f"The data directory is gone or damaged: {path} cannot be read or written; check the disk, "
        "start again, or restore a backup.",
    )


def from_os_error(error: OSError, folder: Path) -> StartError | None:
    """The sentence for a full disk, a missing permission, lost files; None for any other error."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_writable(folder)
    if error.errno in _LOST:
        return lost(folder)
    return None
