"""A virtual reader of the machine's own PC/SC stack: `pcscd` with the driver `vpcd`, in a room of its own.

`vpcd` listens on every address of the machine, and `pcscd` on one fixed path. Both therefore run in a
network and mount namespace (an ordinary user may make one where the kernel allows it); the path of `pcscd`
leads to a folder of ours, and the connection to `vpcd` is made inside and handed out, so that the card
itself lives in the test.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PORT: Final = 0x8C7B
ATR: Final = bytes.fromhex("3B80800101")
"""A contactless chip without historical bytes, protocol T=1 (PC/SC part 3, 3.1.3.2.3.1)."""
_DAEMON: Final = ("/usr/sbin/pcscd", "/usr/bin/pcscd", "/usr/local/sbin/pcscd")
_PATIENCE: Final = 20.0
_READER: Final = (
    f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{PORT:X}\nLIBPATH {DRIVER}\nCHANNELID 0x{PORT:X}\n'
)
_UP: Final = 0x49  # IFF_UP | IFF_LOOPBACK | IFF_RUNNING
Transmit = Callable[[bytes], bytes]


def daemon() -> str:
    """The program `pcscd`, or nothing."""
    return next((path for path in _DAEMON if Path(path).exists()), "")


def missing() -> str:
    """Why no card can be put on a virtual reader of this machine; empty where one can."""
    if importlib.util.find_spec("smartcard") is None:
        return "pyscard is not installed (tools/bootstrap reader)"
    if not daemon():
        return "pcscd is not installed (apt-get install pcscd)"
    if not DRIVER.exists():
        return "the driver vpcd is not installed (apt-get install vsmartcard-vpcd)"
    if subprocess.run([*_room(), "true"], capture_output=True, check=False).returncode:
        return "this machine allows no namespaces of network and mounts (unshare)"
    return ""


def _room() -> list[str]:
    return ["unshare", "-n", "-m"] if os.geteuid() == 0 else ["unshare", "-U", "-r", "-n", "-m"]


class Slot:
    """A running reader; `path` is what a program's PCSCLITE_CSOCK_NAME has to say."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "run" / "pcscd.comm"
        self._doors = folder / "doors"
        (folder / "run").mkdir()
        self._inside = subprocess.Popen(
            [*_room(), sys.executable, __file__, str(folder)], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        _until(lambda: self.path.exists() and self._doors.exists(), self._why)

    def _why(self) -> str:
        self.stop()
        assert self._inside.stderr is not None
        return f"the reader did not start: {self._inside.stderr.read().decode()}"

    @contextmanager
    def card(self, transmit: Transmit, reset: Callable[[], None] = lambda: None) -> Iterator[Lying]:
        """A card that lies on the reader until the block ends."""
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self._doors))
            _said, handles, _flags, _from = socket.recv_fds(door, 1, 1)
        lying = Lying(socket.socket(fileno=handles[0]), transmit, reset)
        try:
            yield lying
        finally:
            lying.pull()

    def stop(self) -> None:
        """End the service, as when it crashes; the room goes with it."""
        if self._inside.stdin is not None and not self._inside.stdin.closed:
            self._inside.stdin.close()
        self._inside.wait(_PATIENCE)


class Lying:
    """A card on the reader, as `vpcd` talks to it: two bytes of length, then a command or a byte of power."""

    def __init__(self, line: socket.socket, transmit: Transmit, reset: Callable[[], None]) -> None:
        self._line, self._transmit, self._reset = line, transmit, reset
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Take the card away."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self._thread:
            self._thread.join(_PATIENCE)
            self._line.close()

    def _serve(self) -> None:
        while len(head := self._take(2)) == 2:
            if not (asked := self._take(int.from_bytes(head))):
                return
            if asked == b"\x04":
                self._give(ATR)
            elif len(asked) == 1:
                self._reset()
            else:
                self._give(self._transmit(asked))

    def _take(self, length: int) -> bytes:
        got = b""
        with suppress(OSError):
            while len(got) < length and (piece := self._line.recv(length - len(got))):
                got += piece
                # vpcd writes a length, then a command, and waits for the first to be acknowledged.
                self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return got

    def _give(self, answer: bytes) -> None:
        with suppress(OSError):
            self._line.sendall(len(answer).to_bytes(2) + answer)


@contextmanager
def opened() -> Iterator[Slot]:
    """A reader for the length of a block."""
    # A socket's path may have 107 bytes: pytest's folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="reader-"))
    slot = Slot(folder)
    try:
        yield slot
    finally:
        slot.stop()
        shutil.rmtree(folder)


def _until(true: Callable[[], bool], why: Callable[[], str]) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(why())
        time.sleep(0.02)


def _inside(folder: Path) -> None:
    """What runs in the room: the service, and a door that hands out connections to its driver."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", _UP))  # SIOCSIFFLAGS
    config = folder / "reader.conf"
    config.write_text(_READER)
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(folder / "waiting"))
    door.listen()
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
    Path("/run/pcscd").mkdir()
    subprocess.run(["mount", "--bind", str(folder / "run"), "/run/pcscd"], check=True)
    service = subprocess.Popen([daemon(), "--foreground", "--config", str(config)], stdout=subprocess.DEVNULL)
    try:
        _until(_listening, lambda: "vpcd does not listen")
        (folder / "waiting").rename(folder / "doors")
        while sys.stdin not in (ready := select.select([sys.stdin, door], [], [])[0]):
            assert ready
            caller, _address = door.accept()
            with caller, socket.create_connection(("127.0.0.1", PORT)) as line:
                socket.send_fds(caller, [b"!"], [line.fileno()])
    finally:
        service.kill()
        service.wait()


def _listening() -> bool:
    """Whether the driver waits for a card (asked without connecting: a connection would be a card)."""
    ports = [line.split()[1:4:2] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports += [line.split()[1:4:2] for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    return any(where.endswith(f":{PORT:04X}") and state == "0A" for where, state in ports)


if __name__ == "__main__":
    _inside(Path(sys.argv[1]))
