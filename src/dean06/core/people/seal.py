"""Whether the keys of this machine are the keys of this database, before anything is written with them."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dean06.core import clock, vault
from dean06.core.access.scope import wide
from dean06.core.people.models import KeySeal
from dean06.core.vault import VaultError

_LOCK = 0x6B657973  # "keys": writers share it, a change of keys waits for them


def hold() -> vault.KeyRing:
    """The keys to write with, held until the caller's transaction ends: no rotation begins meanwhile.

    Raises VaultError when they are not the keys that this database was written with.
    """
    _lock("pg_advisory_xact_lock_shared")
    keys = vault.ring()
    seals = _seals()
    if not seals:
        write(keys)
        return keys
    compare(keys, seals)
    for key_id, command in ((keys.active_id, "rotate"), (keys.index_id, "rotate --index")):
        if key_id not in seals:
            raise VaultError(
                _("Khóa %(id)s chưa được ghi nhận trong cơ sở dữ liệu; hãy chạy: dean06 keys %(command)s")
                % {"id": key_id, "command": command}
            )
    return keys


def hold_alone() -> vault.KeyRing:
    """As `hold`, with all writers finished; the active key may be one that is not sealed yet."""
    _lock("pg_advisory_xact_lock")
    keys = vault.ring()
    seals = _seals()
    if seals:
        compare(keys, seals)
    return keys


def check() -> vault.KeyRing:
    """The keys to read with. Raises VaultError when they are not those of this database."""
    keys = vault.ring()
    seals = _seals()
    if seals:
        compare(keys, seals)
    return keys


def compare(keys: vault.KeyRing, seals: dict[str, str]) -> None:
    """Raises VaultError naming the keys that the database was written with and the folder has not."""
    held = {fact.id for fact in keys.facts + keys.index_facts}
    missing = sorted(seals.keys() - held)
    if missing:
        raise VaultError(
            _(
                "Cơ sở dữ liệu được mã hóa bằng khóa %(ids)s nhưng thư mục khóa không có; "
                "hãy đưa lại đúng tệp khóa từ bản sao lưu. Chưa ghi gì."
            )
            % {"ids": ", ".join(missing)}
        )


def write(keys: vault.KeyRing) -> None:
    """Note that rows are written with these keys from now on."""
    with transaction.atomic(), wide("every unit writes with the same keys"):
        for key_id, kind in ((keys.active_id, "encryption"), (keys.index_id, "index")):
            KeySeal.objects.get_or_create(
                key_id=key_id, defaults={"kind": kind, "sealed_at": clock.machine_now()}
            )


def age(key_id: str) -> timedelta:
    """How long ago, by the machine's clock, rows were first written with a key."""
    return clock.machine_now() - KeySeal.objects.get(pk=key_id).sealed_at


def remove(key_id: str) -> None:
    """Forget a key that no row uses any more."""
    with wide("every unit writes with the same keys"):
        KeySeal.objects.filter(key_id=key_id).delete()


def refuse_new_keys() -> None:
    """Raises VaultError when this database was written with keys: new ones would lock its people out."""
    seals = _seals()
    if seals:
        raise VaultError(
            _(
                "Thư mục khóa trống nhưng cơ sở dữ liệu đã được mã hóa bằng khóa %(ids)s; "
                "hãy đưa lại các tệp khóa từ bản sao lưu. Không tạo khóa mới."
            )
            % {"ids": ", ".join(sorted(seals))}
        )


def _seals() -> dict[str, str]:
    return dict(KeySeal.objects.values_list("key_id", "kind"))


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [_LOCK])
