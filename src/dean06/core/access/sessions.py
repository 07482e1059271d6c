"""Sessions in our own table: who, since when, last seen, from where. Also Django's session engine.

A session dies when it is eight hours old or was idle too long (dated rules), and at the next request after
sign-out, a new password, a withdrawn grant or the end of the account. The cookie's value is never stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from dean06.core import clock
from dean06.core.access import limits
from dean06.core.access.address import address_hash, agent, client_address
from dean06.core.access.models import Session, User

ANONYMOUS_LIFE = timedelta(minutes=30)  # between asking for the sign-in page and the second factor
SEEN_EVERY = timedelta(seconds=30)
BACKWARDS = timedelta(minutes=2)  # how far a clock may be set right without anybody being signed out
_START, _ADDRESS, _AGENT = "session_start", "session_address", "session_agent"


def digest(session_key: str) -> str:
    """What the table knows a session by."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(SessionBase):
    """Django's session engine over `access_session`."""

    row: Session | None = None

    def load(self) -> dict[str, Any]:
        """The data of the session, {} when it is unknown or over."""
        now = clock.machine_now()
        key = self.session_key or ""
        self.row = Session.objects.filter(session_key=digest(key), expire_date__gt=now).first()
        if self.row is None:
            self._session_key = None
            return {}
        return dict(self.decode(self.row.session_data))

    def exists(self, session_key: str) -> bool:
        """Whether there is such a session."""
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def create(self) -> None:
        """A new key; tried again in the case nobody will ever see."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the data. Raises UpdateError when the session was ended meanwhile: it does not come back."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        fields = {"session_data": self.encode(data), **_columns(data)}
        key = digest(self.session_key)
        if not must_create:
            if not Session.objects.filter(session_key=key).update(**fields):
                raise UpdateError
            return
        now = clock.machine_now()
        try:
            with transaction.atomic():
                Session(session_key=key, **({"created_at": now} | fields), last_seen=now).save(
                    force_insert=True
                )
        except IntegrityError as error:
            raise CreateError from error

    def delete(self, session_key: str | None = None) -> None:
        """End a session."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete sessions that are over."""
        Session.objects.filter(expire_date__lt=clock.machine_now()).delete()


def _columns(data: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from a session's data; its end is counted from sign-in and never moves."""
    if SESSION_KEY not in data or _START not in data:
        return {"user_id": None, "expire_date": clock.machine_now() + ANONYMOUS_LIFE}
    start = datetime.fromisoformat(data[_START])
    return {
        "user_id": int(data[SESSION_KEY]),
        "created_at": start,
        "expire_date": start + limits.current().absolute,
        "address_hash": data[_ADDRESS],
        "agent": data[_AGENT],
    }


def start(request: HttpRequest) -> None:
    """Bind the session to the browser that signed in (receiver of `user_logged_in`)."""
    request.session[_START] = clock.machine_now().isoformat()
    request.session[_ADDRESS] = address_hash(client_address(request))
    request.session[_AGENT] = agent(request)


def fault(request: HttpRequest, roles: tuple[str, ...] = ()) -> str:
    """Why this session may not go on: "agent", "idle", "clock", "age", or "" when it may."""
    row = getattr(request.session, "row", None)
    if row is None:  # made in this very request
        return ""
    now, known = clock.machine_now(), limits.current()
    if row.agent != agent(request):
        return "agent"
    if now < row.last_seen - BACKWARDS:  # else a clock set back would make a session live longer
        return "clock"
    if now - row.created_at > known.absolute:
        return "age"
    return "idle" if now - row.last_seen > known.idle(roles) else ""


def seen(request: HttpRequest) -> None:
    """Note that the session is in use; at most twice a minute."""
    row = getattr(request.session, "row", None)
    now = clock.machine_now()
    if row is not None and now - row.last_seen > SEEN_EVERY:
        Session.objects.filter(pk=row.pk).update(last_seen=now)


def of_user(user: User) -> list[Session]:
    """The running sessions of an account, the one used last first."""
    running = Session.objects.filter(user=user, expire_date__gt=clock.machine_now()).order_by("-last_seen")
    idle = limits.current().idle()
    return [row for row in running if clock.machine_now() - row.last_seen <= idle]


def end(user: User, session_id: str) -> bool:
    """End one session of an account. False when it has no such session."""
    return bool(Session.objects.filter(user=user, pk=session_id).delete()[0])


def end_all(user_id: int, *, keep: str | None = None) -> int:
    """End every session of an account but the one whose cookie is `keep`; gives how many."""
    rows = Session.objects.filter(user_id=user_id)
    return (rows.exclude(pk=digest(keep)) if keep else rows).delete()[0]
