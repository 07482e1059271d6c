"""The files of an embedded PostgreSQL cluster: created whole or not at all, never shared by two servers."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

from dean06.core.access.roles import APP_ROLE
from dean06.runtime.binaries import Binaries
from dean06.runtime.failures import Exit, StartError, disk_full, from_os_error
from dean06.runtime.process import Account, command_name, is_running, processes_in

OWNER = "dean06_owner"
_MAP = "dean06"  # of names of the machine's accounts to roles
_BUILTIN_LOCALE_SINCE = 17


def major_of_cluster(cluster: Path) -> int | None:
    """Major version that made `cluster`; None when there is none yet."""
    try:
        return int((cluster / "PG_VERSION").read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os_error(error, cluster) or error from error
    except ValueError as error:
        raise _damaged(cluster) from error


def create(cluster: Path, binaries: Binaries, account: Account | None) -> None:
    """Run initdb beside `cluster` and move the result into place, so a kill leaves no half cluster.

    Raises StartError when the disk is full or initdb refuses.
    """
    half = cluster.with_name("pg.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if account is not None:
        os.chown(half, account.uid, account.gid)
    answer = subprocess.run(  # noqa: S603
        _initdb(half, binaries),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        start_new_session=True,
    )
    if answer.returncode != 0:
        shutil.rmtree(half, ignore_errors=True)
        raise explain(answer.stderr or answer.stdout, cluster)
    write_access(half)
    half.rename(cluster)


def write_access(cluster: Path) -> None:
    """Who may connect: the kernel names the account behind the socket (`peer`), nobody is trusted.

    This program's account, and root, who could become it anyway, may take the program's two roles.
    No password exists that could be stolen, guessed or left at its default; no network is listened to.
    """
    names = sorted({pwd.getpwuid(os.geteuid()).pw_name, "root"})
    lines = [f'{_MAP} "{name}" {role}\n' for name in names for role in (OWNER, APP_ROLE)]
    rules = f"local all all peer map={_MAP}\nlocal replication {OWNER} peer map={_MAP}\n"
    owner = cluster.stat()
    for name, text in (("pg_ident.conf", "".join(lines)), ("pg_hba.conf", rules)):
        draft = cluster / f".{name}.draft"
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8")
        if os.geteuid() == 0:
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(cluster / name)


def _initdb(cluster: Path, binaries: Binaries) -> list[str]:
    flags = ["-A", "peer", "-E", "UTF8", "--data-checksums", "-U", OWNER, "--locale=C.UTF-8"]
    if binaries.major >= _BUILTIN_LOCALE_SINCE:
        flags.append("--locale-provider=builtin")
    return [str(binaries.program("initdb")), "-D", str(cluster), *flags]


def explain(report: str, cluster: Path) -> StartError:
    """The sentence for what PostgreSQL wrote before it gave up."""
    if "No space left on device" in report or "Disk quota exceeded" in report:
        return disk_full(cluster.parent)
    if "database files are incompatible" in report or "could not locate a valid checkpoint" in report:
        return _damaged(cluster)
    last = next((line for line in reversed(report.splitlines()) if "FATAL" in line or "error" in line), "")
    reason = last.strip() or report.strip()[-300:] or "không có thông báo (no message)"
    return StartError(
        Exit.DATABASE,
        f"PostgreSQL đi kèm không khởi động được tại {cluster}: {reason}",
        f"The embedded PostgreSQL did not start in {cluster}: {reason}",
    )


def _damaged(cluster: Path) -> StartError:
    return StartError(
        Exit.DATA_DIR,
        f"Thư mục {cluster} không phải dữ liệu PostgreSQL nguyên vẹn; hãy khôi phục bản sao lưu "
        "vào DATA_DIR mới.",
        f"The folder {cluster} does not hold sound PostgreSQL data; restore a backup into a new DATA_DIR.",
    )


def postmaster(cluster: Path) -> int | None:
    """Process id in the cluster's lock file; None without a readable one."""
    try:
        return int((cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def clear_leftovers(cluster: Path, *, patience: float = 60.0) -> None:
    """End a server whose supervisor was killed, and drop a lock file that names an unrelated process.

    The rules of access are written anew: a cluster of an earlier version trusted whoever reached its socket.
    Call only while holding the data directory's owner lock. Raises StartError when the old server does not
    end within `patience` seconds.
    """
    write_access(cluster)
    pid = postmaster(cluster)
    if pid is None or not is_running(pid):
        return  # PostgreSQL removes a dead server's lock file itself, after checking shared memory
    if command_name(pid) not in ("postgres", "postmaster", ""):
        if not processes_in(cluster.resolve()):  # the number was reused, typically after a reboot
            (cluster / "postmaster.pid").unlink(missing_ok=True)
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + patience
    while is_running(pid) and postmaster(cluster) == pid:
        if time.monotonic() > deadline:
            raise StartError(
                Exit.BUSY,
                f"Máy chủ PostgreSQL cũ (tiến trình {pid}) trên {cluster} chưa dừng; hãy thử lại sau.",
                f"An earlier PostgreSQL server (process {pid}) on {cluster} has not stopped; try later.",
            )
        time.sleep(0.05)
