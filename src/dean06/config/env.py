"""Typed reading of the environment: a wrong value is an error with a name, never a silent default."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from dean06.runtime.bearer import Token, token
from dean06.runtime.secret_files import SecretError, read_secret, secret
from dean06.runtime.transport import is_local, unencrypted

_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}


def env_bool(name: str, default: bool) -> bool:
    """1/0/true/false; anything else is refused."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() not in _BOOLEANS:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}")
    return _BOOLEANS[raw.lower()]


def env_int(name: str, default: int, *, least: int | None = None) -> int:
    """A whole number, `least` or more."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        number = int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}") from error
    if least is not None and number < least:
        raise ImproperlyConfigured(f"{name} must be {least} or more, not {number}")
    return number


def env_choice(name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`, the first of them by default."""
    raw = os.environ.get(name) or choices[0]
    if raw not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {raw!r}")
    return raw


def env_service(name: str) -> str:
    """The address of a service we ask: https, or this machine's loopback; "" when it is not set.

    `name`_PLAIN=1 admits http to another host, knowingly: a signed answer can be checked all the same.
    """
    raw = os.environ.get(name, "")
    parts = urlsplit(raw)
    plain = parts.scheme == "http" and (is_local(parts.hostname or "-") or env_bool(f"{name}_PLAIN", False))
    if raw and not plain and parts.scheme != "https":
        raise ImproperlyConfigured(f"{name} must be an https address, not {parts.scheme or 'no'} address")
    return raw


def env_secret(name: str) -> str | None:
    """A secret from the variable or from the file that `name`_FILE names; a file open to all is refused."""
    try:
        return secret(name)
    except SecretError as error:
        raise ImproperlyConfigured(str(error)) from None


def env_token(name: str) -> Token | None:
    """The token of a program that asks this one, from the file that `name`_FILE names."""
    try:
        return token(name)
    except SecretError as error:
        raise ImproperlyConfigured(str(error)) from None


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY, else the key kept in the data directory (made once, readable by its owner only)."""
    given = env_secret("SECRET_KEY")
    if given:
        return given
    path = data_dir / "secret_key"
    try:
        return read_secret("DATA_DIR", path)
    except SecretError as error:
        if path.exists():
            raise ImproperlyConfigured(str(error)) from None
        data_dir.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(50)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process made it meanwhile
            return read_secret("DATA_DIR", path)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key)
        return key


def database(url: str, *, role: str | None) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL; `role` is taken at connection (SET ROLE) when given.

    Raises ImproperlyConfigured for a server on another host without sslmode=verify-full.
    """
    if (why := unencrypted(url)) is not None:
        raise ImproperlyConfigured(f"DATABASE_URL: {why[1]}")
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    options: dict[str, Any] = {
        key: value
        for key, value in parts.items()
        if key not in {"dbname", "user", "password", "host", "port"}
    }
    if role:
        options["options"] = f"{options.get('options', '')} -c role={role}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "dean06"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
