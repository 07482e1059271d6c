"""Secrets that may stand in a file instead of the environment: `SECRET_KEY_FILE` for `SECRET_KEY`, and so on.

A variable is seen by every child of a process and by whoever may read its environment; a file is read by
the account that owns it. Service managers and container platforms hand secrets over as files.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

MOST_BYTES = 16_384
"""No secret of ours is longer: a larger file is the wrong one."""


class SecretError(Exception):
    """A secret cannot be read; `variable`, and the reason in both languages. Never quotes the secret."""

    def __init__(self, variable: str, vi: str, en: str) -> None:
        super().__init__(f"{variable}: {vi} / {en}")
        self.variable, self.vi, self.en = variable, vi, en


def secret(name: str, variables: Mapping[str, str] | None = None) -> str | None:
    """The value of `name`, from the variable or the file that `name`_FILE names; None when neither is set.

    Raises SecretError when both are set and differ, and when the file is missing, not a plain file, empty,
    too large, not text, or open to every account of the machine.
    """
    given = os.environ if variables is None else variables
    value, path = given.get(name) or None, given.get(f"{name}_FILE") or None
    if path is None:
        return value
    kept = read_secret(f"{name}_FILE", Path(path))
    if value is not None and value != kept:
        raise SecretError(
            f"{name}_FILE",
            f"cả {name} lẫn {name}_FILE đều được đặt và khác nhau; chỉ giữ một.",
            f"both {name} and {name}_FILE are set and differ; keep one.",
        )
    return kept


def read_secret(variable: str, path: Path) -> str:
    """The text of a secret's file, under the conditions of `secret`; `variable` is named in the error."""
    try:
        with path.open("rb") as file:
            _check(variable, path, os.fstat(file.fileno()))
            text = file.read().decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(
            variable,
            f"không đọc được tệp {path}.",
            f"the file {path} cannot be read ({type(error).__name__}).",
        ) from None
    if not text:
        raise SecretError(variable, f"tệp {path} trống.", f"the file {path} is empty.")
    return text


def _check(variable: str, path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
        raise SecretError(
            variable,
            f"{path} không phải một tệp thường dưới {MOST_BYTES} byte.",
            f"{path} is not a plain file under {MOST_BYTES} bytes.",
        )
    if found.st_mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        raise SecretError(
            variable,
            f"mọi tài khoản trên máy đọc hoặc sửa được tệp {path}; hãy chạy: chmod 600 {path}",
            f"other accounts of this machine can read or change the file {path}; run: chmod 600 {path}",
        )
