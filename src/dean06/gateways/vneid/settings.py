"""Where VNeID is: only from the environment, the secret only from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dean06.runtime.secret_files import SecretError, read_secret

PROVIDER = "vneid"
_LOCAL = {"127.0.0.1", "localhost"}


class SettingsError(Exception):
    """The variables do not fit together; the text names the one."""


def provider(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The settings of allauth's OpenID Connect provider; {} when sign-in by VNeID is not set up.

    VNEID_ISSUER, VNEID_CLIENT_ID, VNEID_CLIENT_SECRET_FILE. With DEMO_VNEID=1 and no issuer: the simulator.
    Raises SettingsError when a part is missing, the issuer is not https, or others can read the secret.
    """
    issuer = environment.get("VNEID_ISSUER", "")
    if issuer:
        return _app(issuer, *_client(issuer, environment))
    if environment.get("DEMO_VNEID") == "1":
        return _app(f"http://127.0.0.1:{simulator_port(environment)}", "dean06-demo", "demo")
    return {}


def is_simulated(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether citizens sign in at the simulator; the button says so."""
    return not environment.get("VNEID_ISSUER") and environment.get("DEMO_VNEID") == "1"


def simulator_port(environment: Mapping[str, str] = os.environ) -> int:
    """Where the simulator listens: VNEID_SIMULATOR_PORT, else the port after the web server's."""
    return int(environment.get("VNEID_SIMULATOR_PORT") or int(environment.get("PORT") or 8006) + 1)


def _client(issuer: str, environment: Mapping[str, str]) -> tuple[str, str]:
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise SettingsError("VNEID_ISSUER must be an https address")
    client, file = environment.get("VNEID_CLIENT_ID", ""), environment.get("VNEID_CLIENT_SECRET_FILE", "")
    if not client:
        raise SettingsError("VNEID_CLIENT_ID is missing")
    if not file:
        raise SettingsError("VNEID_CLIENT_SECRET_FILE is missing")
    try:
        return client, read_secret("VNEID_CLIENT_SECRET_FILE", Path(file))
    except SecretError as error:
        raise SettingsError(str(error)) from error


def _app(issuer: str, client: str, secret: str) -> dict[str, Any]:
    app = {
        "provider_id": PROVIDER,
        "name": "VNeID",
        "client_id": client,
        "secret": secret,
        "settings": {
            "issuer": issuer,  # as the provider writes itself, to the letter
            "server_url": issuer.rstrip("/"),
            "token_auth_method": "client_secret_post",
            "oauth_pkce_enabled": True,
        },
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid", "profile"]}}
