"""The web server process: granian with sync Django workers (`python -m dean06.runtime.serve`)."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.server import mp

from dean06.runtime import checks, environment, listener, outgoing
from dean06.runtime.process import die_with_parent, is_running

THREADS = 8  # a worker; more only wait for the two database cores
STOP_SECONDS = 10  # a worker that does not finish its requests in this time is killed


#: Granian's own types stop at this door.
_Granian: Any = mp.MPServer
_Holder: Any = SocketHolder


class SharedServer(_Granian):  # type: ignore[misc]
    """Granian on a socket that is open already; SIGUSR2 ends it so that no connection is lost."""

    lingering = False

    def _init_shared_socket(self) -> None:
        """Granian's own way on systems where processes share one socket, taken on Linux too."""
        number = listener.given(listener.LISTENER)
        if number is None:
            super()._init_shared_socket()
            return
        self._ssp, self._sso = None, None
        self._sfd = number
        self._shd = _Holder(number, False, listener.BACKLOG)
        signal.signal(signal.SIGUSR2, self._end_without_loss)

    def _end_without_loss(self, number: int, frame: FrameType | None) -> None:
        self.lingering = True
        self.signal_handler_interrupt(number, frame)

    def shutdown(self, exit_code: int = 0) -> None:
        """End the workers; when lingering, only after they stopped accepting and answered."""
        if self.lingering:
            for worker in self.wrks:
                if worker.is_alive():
                    os.kill(worker._id(), signal.SIGUSR1)
            time.sleep(listener.LINGER)
        super().shutdown(exit_code)


def load(_target: str) -> Callable[..., Any]:
    """The WSGI application, loaded in a worker that must not outlive the server process."""
    die_with_parent(signal.SIGTERM, os.getppid())
    from django.conf import settings

    outgoing.enforce()
    from dean06.config.wsgi import application

    import_module(settings.ROOT_URLCONF)  # a version whose pages do not load must not take over
    shared = listener.given(listener.LISTENER)
    ready = application if shared is None else listener.Draining(shared, application)
    listener.tell_ready()
    return ready


def _share_metrics(data_dir: Path) -> None:
    """The processes of one web server count together, from nought: any of them answers /metrics for all.

    During a restart two servers run beside each other: each has a folder of its own.
    """
    above = data_dir / "metrics"
    above.mkdir(parents=True, mode=0o700, exist_ok=True)
    for old in above.iterdir():
        if not old.name.isdigit():
            old.unlink()
        elif not is_running(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    mine = above / str(os.getpid())
    mine.mkdir(mode=0o700, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(mine)


def main() -> None:
    """Serve until SIGTERM; the variables HOST, PORT and WORKERS choose where and how."""
    chosen = environment.read()
    checks.check_transport(chosen)
    _share_metrics(chosen.data_dir)
    SharedServer(
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
