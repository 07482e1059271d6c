"""Recovery codes: kept only as salted password hashes, shown once to whoever made them, each works once.

Replaces allauth's codes, which follow from a kept seed (ASVS 5.0 6.5.2 wants codes of less than 112 bits
hashed). The first digit of a code says which of the ten it is, so that one hash is computed for a try.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth, flows
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from dean06.core.access import factors

COUNT = 10
RANDOM_DIGITS = 9  # 29.9 bits; five wrong tries lock the account
_TO_SHOW = "recovery_codes"


class HashedCodes:
    """What allauth asks of recovery codes, over the hashes in `data["hashes"]` (None: used)."""

    def __init__(self, instance: Authenticator) -> None:
        self.instance = instance
        self._shown: list[str] | None = None

    @classmethod
    def activate(cls, user: AbstractBaseUser) -> HashedCodes:
        """The account's codes, made now when it has none; the browser that asked may see new ones once."""
        kind = Authenticator.Type.RECOVERY_CODES
        kept = Authenticator.objects.filter(user_id=user.pk, type=kind).first()
        if kept is not None:
            return cls(kept)
        codes = [f"{place}{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}}" for place in range(COUNT)]
        data = {"hashes": [make_password(code) for code in codes]}
        made = cls(Authenticator.objects.create(user=user, type=kind, data=data))
        _hold(made.instance.pk, codes)
        return made

    def generate_codes(self) -> list[str]:
        """The codes in clear while they are being shown; stars otherwise: nobody can tell them any more."""
        return self._shown or ["****" for _ in range(COUNT)]

    def get_unused_codes(self) -> list[str]:
        """As `generate_codes`, one for each that still opens."""
        return self._shown or ["****" for kept in self.instance.data["hashes"] if kept]

    def validate_code(self, code: str) -> bool:
        """Whether the code opens; it is used up then. Under a lock: of two at once one opens."""
        code = code.strip()
        if not (code.isascii() and code.isdigit() and len(code) == RANDOM_DIGITS + 1):
            return False
        place = int(code[0])
        with transaction.atomic():
            self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)
            kept: list[str | None] = self.instance.data["hashes"]
            found = kept[place]
            if found is None or not check_password(code, found):
                return False
            kept[place] = None
            self.instance.save(update_fields=["data"])
        return True

    @property
    def did_view(self) -> bool:
        """Whether there is nothing (more) to show in this session."""
        return bool(self.instance.data.get("viewed_at")) or _held(self.instance.pk) is None

    def mark_as_viewed(self) -> None:
        """They are shown now, and never again."""
        self._shown = _held(self.instance.pk)
        context.request.session.pop(_TO_SHOW, None)
        self.instance.data["viewed_at"] = time.time()
        self.instance.save(update_fields=["data"])


def install() -> None:
    """Put these codes in the place of allauth's; called once, when the app is ready."""
    auth.RecoveryCodes = HashedCodes
    flows.RecoveryCodes = HashedCodes


def _hold(factor_id: int, codes: list[str]) -> None:
    """Keep new codes, encrypted, in the session that made them until its next page shows them."""
    request: Any = context.request
    if request is not None and hasattr(request, "session"):
        request.session[_TO_SHOW] = [factor_id, factors.seal(json.dumps(codes))]


def _held(factor_id: int) -> list[str] | None:
    request: Any = context.request
    held = request.session.get(_TO_SHOW) if request is not None and hasattr(request, "session") else None
    if not held or held[0] != factor_id:
        return None
    codes: list[str] = json.loads(factors.unseal(held[1]))
    return codes
