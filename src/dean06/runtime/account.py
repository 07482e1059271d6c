"""The account the embedded server runs under: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from dean06.runtime.process import Account

_PREFERRED = ("postgres", "nobody")


def service_account(cluster: Path) -> Account | None:
    """None when we are not root; else the owner of `cluster` when it exists, `postgres` or `nobody`.

    Raises KeyError when the machine has neither account.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists():
        owner = cluster.stat().st_uid
        if owner != 0:
            return _by_uid(owner, cluster)
    for name in _PREFERRED[:-1]:
        try:
            return _from_entry(pwd.getpwnam(name))
        except KeyError:
            continue
    return _from_entry(pwd.getpwnam(_PREFERRED[-1]))


def can_enter(folder: Path, account: Account) -> bool:
    """True when `account` may pass through `folder` and everything above it."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    answer = subprocess.run(  # noqa: S603
        ["/usr/bin/env", "test", "-x", str(existing)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        check=False,
        cwd="/",
    )
    return answer.returncode == 0


def _by_uid(uid: int, cluster: Path) -> Account:
    try:
        return _from_entry(pwd.getpwuid(uid))
    except KeyError:  # a container's volume may belong to a number without a name
        return Account(str(uid), uid, cluster.stat().st_gid)


def _from_entry(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
