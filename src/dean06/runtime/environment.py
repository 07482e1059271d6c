"""The environment variables of an installation, read once and checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from dean06.runtime.account import can_enter, service_account
from dean06.runtime.failures import Exit, StartError
from dean06.runtime.secret_files import SecretError, secret
from dean06.runtime.tls import Tls, from_variables
from dean06.runtime.transport import unencrypted

DemoScale = Literal["small", "province", "none"]
_DEMO_SCALES = ("small", "province", "none")
_SHARED_STATE = Path("/var/lib/dean06")


@dataclass(frozen=True)
class Environment:
    """What the operator may set; every field has a working default.

    `database_url` is an external PostgreSQL (≥ 15) with rights of the owner; without it the embedded
    server is used. `database_app_url` signs in as the application's role (row-level security applies).
    `tls`: the web server ends TLS itself; `behind_proxy`: a proxy before it does.
    """

    database_url: str | None
    database_app_url: str | None
    host: str
    port: int
    data_dir: Path
    workers: int
    demo: DemoScale
    tls: Tls | None = None
    behind_proxy: bool = False

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - shown, not bound
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"


def read(variables: Mapping[str, str] | None = None) -> Environment:
    """Read the variables (of this process by default).

    Raises StartError naming the variable and its value when one is malformed.
    """
    given = os.environ if variables is None else variables
    demo = given.get("DEMO", "small") or "small"
    if demo not in _DEMO_SCALES:
        raise _malformed("DEMO", demo, "small, province, none")
    return Environment(
        database_url=_url(given, "DATABASE_URL"),
        database_app_url=_url(given, "DATABASE_APP_URL"),
        host=given.get("HOST") or "127.0.0.1",
        port=_number(given, "PORT", 8006, 65535),
        data_dir=Path(given.get("DATA_DIR") or default_data_dir()).expanduser().absolute(),
        workers=_number(given, "WORKERS", min(2, os.cpu_count() or 1), 64),
        demo=cast(DemoScale, demo),
        tls=from_variables(given),
        behind_proxy=given.get("HTTPS", "").lower() in ("1", "true"),
    )


def checkout() -> Path | None:
    """The repository this package runs from; None when it was installed from a wheel."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "pyproject.toml").is_file() else None


def default_data_dir() -> Path:
    """`.data` in the checkout; /var/lib/dean06/… for root when the database account cannot enter it."""
    home = checkout()
    if home is None:
        state = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
        home = Path(state) / "dean06"
    near = home / ".data" if checkout() else home
    account = service_account(near / "pg")
    if account is None or can_enter(home, account):
        return near
    return _SHARED_STATE / hashlib.sha256(os.fsencode(home)).hexdigest()[:8]


def _url(given: Mapping[str, str], name: str) -> str | None:
    try:
        value = secret(name, given)
    except SecretError as error:
        raise StartError(
            Exit.PROGRAM,
            f"Biến môi trường {error.variable}: {error.vi}",
            f"The environment variable {error.variable}: {error.en}",
        ) from None
    if value is not None and not value.startswith(("postgresql://", "postgres://")):
        raise _malformed(name, value.split("@")[-1], "postgresql://user:password@host:5432/dean06")
    if value is not None and (why := unencrypted(value, given)) is not None:
        raise StartError(
            Exit.PROGRAM,
            f"Biến môi trường {name}: {why[0]}",
            f"The environment variable {name}: {why[1]}",
        )
    return value


def _number(given: Mapping[str, str], name: str, default: int, highest: int) -> int:
    text = given.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= highest:
        raise _malformed(name, text, f"1–{highest}")
    return int(text)


def _malformed(name: str, value: str, expected: str) -> StartError:
    return StartError(
        Exit.PROGRAM,
        f"Biến môi trường {name} có giá trị «{value}» không hợp lệ; cần: {expected}.",
        f"The environment variable {name} has the invalid value “{value}”; expected: {expected}.",
    )
