"""How the database server has a file archived or restored by us, who may run under another account.

The server's account may neither read the key nor enter our environment. So its archive_command and
restore_command are a shell script that lays a slip with the file's name into a folder both can write
(`NAME.ask`) and waits for our answer: `NAME.done` or `NAME.failed`. Without us nothing is answered: it
keeps the segment and asks again.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

from dean06.runtime.layout import private_folder
from dean06.runtime.process import Account
from dean06.runtime.store import WAL_NAME

_ASK, _DONE, _FAILED = ".ask", ".done", ".failed"
_SCRIPT = """#!/bin/sh
# archive: desk.sh NAME        restore: desk.sh NAME TARGET
d={desk}
n=0
rm -f "$d/$1.done" "$d/$1.failed"
: > "$d/$1.new" && mv "$d/$1.new" "$d/$1.ask" || exit 1
while [ $n -lt {tries} ]; do
  if [ -e "$d/$1.done" ]; then
    if [ $# -gt 1 ]; then mv "$d/$1.done" "$2" || exit 1; else rm -f "$d/$1.done"; fi
    exit 0
  fi
  if [ -e "$d/$1.failed" ]; then rm -f "$d/$1.failed"; exit 1; fi
  n=$((n + 1))
  sleep 0.05 2>/dev/null || sleep 1
done
rm -f "$d/$1.ask"
exit 1
"""


class Desk:
    """The folder of slips at `folder`; made for the server's `account` (None: our own)."""

    def __init__(self, folder: Path, account: Account | None) -> None:
        self.folder, self._account = folder, account

    def open(self, *, patience: float = 30.0) -> None:
        """Make the folder and the script; the server waits `patience` seconds for an answer."""
        private_folder(self.folder, self._account)
        for old in self.folder.iterdir():
            if old.suffix != _ASK:  # somebody waits for the answer to a slip
                old.unlink()
        text = _SCRIPT.format(desk=shlex.quote(str(self.folder)), tries=int(patience * 20))
        script = self.folder / "desk.sh"
        with os.fdopen(os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w") as file:
            file.write(text)
        script.chmod(0o644)  # whatever the umask: the server's account reads it

    @property
    def archive_command(self) -> str:
        """PostgreSQL's setting; a percent sign of the path stands doubled."""
        return f"/bin/sh {self._script} %f"

    @property
    def restore_command(self) -> str:
        """PostgreSQL's setting."""
        return f"/bin/sh {self._script} %f %p"

    @property
    def _script(self) -> str:
        return shlex.quote(str(self.folder / "desk.sh")).replace("%", "%%")

    def asked(self) -> list[str]:
        """The names on the slips."""
        names = (entry.name.removesuffix(_ASK) for entry in self.folder.glob(f"*{_ASK}"))
        return sorted(name for name in names if WAL_NAME.fullmatch(name))

    def answer(self, name: str, serve: Callable[[Path], bool]) -> bool:
        """Take the slip and answer it: `serve` says whether it was done, and may write the file it is given.

        An exception of `serve` is answered as failed and goes on to the caller.
        """
        (self.folder / f"{name}{_ASK}").unlink(missing_ok=True)
        half = self.folder / f"{name}.half"
        half.unlink(missing_ok=True)
        done = False
        try:
            done = serve(half)
        finally:
            self._reply(half, name, _DONE if done else _FAILED)
        return done

    def _reply(self, half: Path, name: str, answer: str) -> None:
        if answer == _FAILED or not half.exists():
            half.unlink(missing_ok=True)
            os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if self._account is not None:
            os.chown(half, self._account.uid, self._account.gid, follow_symlinks=False)
        half.rename(self.folder / f"{name}{answer}")
