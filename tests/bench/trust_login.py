"""How long signing in takes: the post of a password, and that of the code after it, with the real hash.

`login(count)` works on the database Django is connected to, makes an account of its own and gives rows for a
table. The bare check of the same hash is the reference: it is meant to be slow, the rest is ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings
from django.utils.crypto import get_random_string

from dean06.core.access.models import User
from tests.bench.report import Bar, Row
from tests.core.access.test_sign_in_factors import code
from tests.core.access.visitors import secret

MOST = 1500.0  # milliseconds, the 95th of a hundred


def login(count: int = 40) -> list[Row]:
    """Rows: the hash alone, sign-in by password, sign-in by password and code."""
    word = get_random_string(20)
    user = User.objects.create_user(username="bench-sign-in", full_name="Đo tốc độ", password=word)
    bare = [_timed(lambda: user.check_password(word)) for _ in range(count)]
    with override_settings(RATE_LIMITS=False):
        alone = [_timed(lambda: _enter(word, "/")) for _ in range(count)]
        factor = Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.TOTP,
            data={"secret": get_adapter().encrypt(secret())},
        )
        both = [_timed(lambda: _both(factor, word)) for _ in range(count)]
    rows = [Row("the password's hash alone", bare)]
    for what, times in (("sign-in with a password", alone), ("sign-in with a password and a code", both)):
        row = Row(what, times)
        rows.append(Row(what, times, "ms", "the hash", row.median / rows[0].median, Bar("p95", MOST)))
    return rows


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _enter(word: str, to: str) -> Client:
    client = Client(headers={"user-agent": "bench"})
    answer = client.post("/dang-nhap", {"username": "bench-sign-in", "password": word})
    assert answer.headers["Location"] == to
    return client


def _both(factor: Authenticator, word: str) -> None:
    factor.data.pop("last_step", None)  # a code works once; here the same minute is used again
    factor.save(update_fields=["data"])
    client = _enter(word, "/dang-nhap/hai-lop")
    assert client.post("/dang-nhap/hai-lop", {"code": code()}).headers["Location"] == "/"
