"""What must hold on the machine before anything starts."""

from __future__ import annotations

import errno
import shutil
import socket
from pathlib import Path

from dean06.runtime.environment import Environment
from dean06.runtime.failures import Exit, StartError, disk_full

LEAST_FREE = 500 * 1024 * 1024  # bytes


def check_port(environment: Environment) -> None:
    """Raise StartError when HOST:PORT is taken or may not be bound."""
    family = socket.AF_INET6 if ":" in environment.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.host, environment.port))
        except OSError as error:
            raise _port(environment, error) from error


def check_disk(folder: Path) -> None:
    """Raise StartError when less than 500 MB are free where `folder` lies or will lie."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if shutil.disk_usage(existing).free < LEAST_FREE:
        raise disk_full(folder)


def _port(environment: Environment, error: OSError) -> StartError:
    place = f"{environment.host}:{environment.port}"
    if error.errno == errno.EADDRINUSE:
        return StartError(
            Exit.PORT,
            f"Cổng {place} đang có chương trình khác dùng; hãy dừng nó hoặc chạy với PORT khác, "
            f"ví dụ: PORT={environment.port + 1} make run",
            f"The port {place} is in use by another program; stop it or choose another PORT, "
            f"for example: PORT={environment.port + 1} make run",
        )
    return StartError(
        Exit.PORT,
        f"Không mở được cổng {place} ({error.strerror}); hãy đặt HOST hoặc PORT khác.",
        f"The port {place} cannot be opened ({error.strerror}); set another HOST or PORT.",
    )
