"""What must hold on the machine before anything starts."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from pathlib import Path

from dean06.runtime import cluster, tls
from dean06.runtime.environment import Environment
from dean06.runtime.failures import Exit, StartError, disk_full
from dean06.runtime.layout import Layout
from dean06.runtime.transport import is_local

LEAST_FREE = 500 * 1024 * 1024  # bytes


def check_port(environment: Environment) -> None:
    """Raise StartError when HOST:PORT is taken or may not be bound."""
    bind(environment).close()


def bind(environment: Environment) -> socket.socket:
    """A socket bound to HOST:PORT that does not listen yet. Raises StartError as `check_port` does."""
    family = socket.AF_INET6 if ":" in environment.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((environment.host, environment.port))
    except OSError as error:
        bound.close()
        raise _port(environment, error) from error
    return bound


def check_disk(folder: Path) -> None:
    """Raise StartError when less than 500 MB are free where `folder` lies or will lie."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if shutil.disk_usage(existing).free < LEAST_FREE:
        raise disk_full(folder)


def check_installed(environment: Environment) -> None:
    """Raise StartError where DATA_DIR holds no embedded database: a command never begins a second one."""
    folder = environment.data_dir
    if environment.database_url is None and cluster.major_of_cluster(Layout(folder).cluster) is None:
        raise StartError(
            Exit.DATA_DIR,
            f"Chưa có dữ liệu ở {folder}; hãy đặt DATA_DIR là thư mục dữ liệu mà «dean06 up» đang dùng.",
            f"There are no data in {folder}; set DATA_DIR to the data directory that “dean06 up” uses.",
        )


def check_transport(environment: Environment) -> None:
    """Raise StartError when people's data would go over a network in plain text or by a wrong certificate.

    The demo holds made-up people only and may be shown without TLS.
    """
    if environment.tls is None:
        if environment.demo == "none" and not is_local(environment.host):
            raise _plain(environment.host)
        return
    tls.check(environment.tls)
    if environment.demo == "none" and not environment.behind_proxy:
        names = tls.public_names(os.environ.get("ALLOWED_HOSTS", ""), environment.tls)
        tls.check_public(environment.tls, names)


def _plain(host: str) -> StartError:
    return StartError(
        Exit.PROGRAM,
        f"Không mở cổng trên {host} khi không có TLS: hãy đặt TLS_CERT và TLS_KEY, "
        "hoặc để HOST=127.0.0.1 sau một proxy trên cùng máy (docs/operations.md).",
        f"The port is not opened on {host} without TLS: set TLS_CERT and TLS_KEY, "
        "or keep HOST=127.0.0.1 behind a proxy on the same machine (docs/operations.md).",
    )


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
