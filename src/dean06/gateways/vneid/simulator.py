"""A VNeID of made-up citizens on a local port, for the demo and the tests; run it with `python -m`.

A real OpenID provider (oidc-provider-mock) whose answers have VNeID's shape. It vouches for anybody and must
never be reachable from outside: it listens on 127.0.0.1 only, without the mock's debugger.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import flask
import jinja2
import oidc_provider_mock
import werkzeug.serving
from oidc_provider_mock._server import _threaded_server

from dean06.gateways.vneid.citizens import Citizen, citizens
from dean06.gateways.vneid.idtoken import MIN_RSA_BITS
from dean06.gateways.vneid.settings import simulator_port

_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>VNeID (mô phỏng)</title>
<link rel="icon" href="data:,">
<main style="max-width:40rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif">
<h1>VNeID (mô phỏng)</h1><p>Đây không phải VNeID. Mọi người dưới đây đều không có thật.</p>
<h2>Đăng nhập với tư cách</h2><form method="post">
{% for sub in predefined_users %}
<p><button name="sub" value="{{ sub }}" style="padding:.75rem">{{ sub }}</button></p>
{% endfor %}</form>
<form method="post"><p><button name="action" value="deny" style="padding:.75rem">Từ chối</button></p></form>
</main></html>"""
_ERROR = (
    "<!doctype html><html lang=vi><title>VNeID (mô phỏng)</title><p>{{ name }}: {{ description }}</p></html>"
)


def application(people: Sequence[Citizen]) -> flask.Flask:
    """The provider as a WSGI application."""
    app: flask.Flask = oidc_provider_mock.app(
        user_claims=[oidc_provider_mock.User(sub=person.subject, claims=person.claims()) for person in people]
    )
    keys: list[Any] = []

    @app.before_request
    def sign_with_a_long_key() -> None:
        """The mock's own RSA key has 2048 bits, which our sign-in does not believe."""
        storage = flask.g.oidc_provider_mock_storage
        if not keys:
            keys.append(type(storage.jwk).generate_key(MIN_RSA_BITS, is_private=True))
        storage.jwk = keys[0]

    app.debug = False  # and off with the debugger that the mock puts around itself
    app.wsgi_app = app.wsgi_app.app  # type: ignore[method-assign, attr-defined]
    pages = {"authorization_form.html": _PAGE, "error.html": _ERROR}
    app.jinja_loader = jinja2.DictLoader(pages)
    return app


def running(
    people: Sequence[Citizen], port: int = 0
) -> AbstractContextManager[werkzeug.serving.BaseWSGIServer]:
    """The simulator on a thread of its own while the context lasts; port 0 takes a free one."""
    server: AbstractContextManager[werkzeug.serving.BaseWSGIServer]
    server = _threaded_server(app=application(people), host="127.0.0.1", port=port)
    return server


def main() -> None:
    """Serve until SIGTERM."""
    from dean06.runtime.process import exit_after_parent

    exit_after_parent(5.0)
    data = Path(os.environ.get("DATA_DIR", ".data"))
    server = werkzeug.serving.make_server(
        "127.0.0.1", simulator_port(), application(citizens(data)), threaded=True
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
