"""The web server process: granian with sync Django workers (`python -m dean06.runtime.serve`)."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.server import Server

from dean06.runtime import checks, environment
from dean06.runtime.process import die_with_parent

THREADS = 8  # a worker; more only wait for the two database cores
STOP_SECONDS = 10  # a worker that does not finish its requests in this time is killed


def load(_target: str) -> Callable[..., Any]:
    """The WSGI application, loaded in a worker that must not outlive the server process."""
    die_with_parent(signal.SIGTERM, os.getppid())
    from dean06.config.wsgi import application

    return application


def _share_metrics(data_dir: Path) -> None:
    """The web processes count together, from nought: any of them answers /metrics for all."""
    folder = data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def main() -> None:
    """Serve until SIGTERM; the variables HOST, PORT and WORKERS choose where and how."""
    chosen = environment.read()
    checks.check_transport(chosen)
    _share_metrics(chosen.data_dir)
    Server(
        "dean06.config.wsgi:application",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # one way to tell where a message ends (tests/runtime/test_http_boundaries.py)
        ssl_cert=chosen.tls.cert if chosen.tls else None,
        ssl_key=chosen.tls.key if chosen.tls else None,
        ssl_protocol_min=SSLProtocols.tls12,
        workers=chosen.workers,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_access=False,
    ).serve(target_loader=load)


if __name__ == "__main__":
    main()
