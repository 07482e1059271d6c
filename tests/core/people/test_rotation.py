"""A change of keys: every row moves, an interruption is taken up again, foreign keys are refused whole."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator

from dean06.core import clock, vault
from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.adapters import FactorAdapter
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied
from dean06.core.people import identity, rotation
from dean06.core.people.models import KeySeal, Person
from dean06.core.usage.models import UsageRecord
from tests.core.people.conftest import CANARY, register
from tests.core.people.test_people import _reveal
from tests.pilots.guidance.world import World


def let_pass() -> None:
    """The active key is older than any request."""
    KeySeal.objects.update(sealed_at=clock.machine_now() - rotation.GRACE)


@pytest.fixture
def operator() -> Actor:
    return system_actor("dean06 keys")


@pytest.fixture
def crowd(world: World) -> list[Person]:
    return [register(world, number=f"0001887770{n:02d}", name=f"Người Thứ {'abcdefg'[n]}") for n in range(7)]


def _readable(world: World, crowd: list[Person]) -> list[str]:
    return [_reveal(world, person)[-2:] for person in crowd]


def test_every_row_moves_and_reads_as_before(world: World, crowd: list[Person], operator: Actor) -> None:
    indexes = set(Person.objects.values_list("number_index", flat=True))
    old = vault.ring().active_id
    key_id, moved = rotation.rotate(actor=operator)
    assert (moved, key_id != old) == (7, True)
    assert set(Person.objects.values_list("key_id", flat=True)) == {key_id}
    sealed = [getattr(person, column) for person in Person.objects.all() for column in identity.SEALED]
    assert {vault.key_id_of(bytes(envelope)) for envelope in sealed} == {key_id}
    assert [p.full_name for p in Person.objects.order_by("pk")] == [f"Người Thứ {c}" for c in "abcdefg"]
    assert {p.birth_date for p in Person.objects.all()} == {date(1988, 5, 4)}
    assert _readable(world, crowd) == [f"{n:02d}" for n in range(7)]
    assert {bytes(i) for i in Person.objects.values_list("number_index", flat=True)} == {
        bytes(i) for i in indexes
    }
    assert list(
        AuditEntry.objects.filter(action__startswith="keys.").order_by("id").values_list("action", flat=True)
    ) == ["keys.begin", "keys.move", "keys.rotated"]


def test_an_interrupted_rotation_goes_on_with_the_same_key(
    world: World, crowd: list[Person], operator: Actor
) -> None:
    begun = rotation.begin(actor=operator)
    assert rotation.move_batch(actor=operator, limit=3) == 3
    assert _readable(world, crowd) == [f"{n:02d}" for n in range(7)]  # both keys read meanwhile
    assert rotation.rotate(actor=operator) == (begun, 4)
    assert len(vault.ring().facts) == 2


def test_a_key_whose_seal_was_lost_to_a_crash_is_taken_up(
    world: World, crowd: list[Person], operator: Actor
) -> None:
    made = vault.keyring.add_key()  # the file is there, the transaction that seals it was not committed
    with pytest.raises(vault.VaultError, match="dean06 keys rotate"):
        register(world)
    assert rotation.rotate(actor=operator) == (made, 7)
    assert len(vault.ring().facts) == 2


def test_the_old_key_goes_only_when_no_row_is_left(
    world: World, crowd: list[Person], operator: Actor, keys: Path
) -> None:
    old = vault.ring().active_id
    new = rotation.begin(actor=operator)
    with pytest.raises(Conflict, match="còn 7 bản ghi"):
        rotation.retire(actor=operator, key_id=old)
    rotation.rotate(actor=operator)
    with pytest.raises(Conflict, match="đang dùng"):
        rotation.retire(actor=operator, key_id=new)
    assert len(list(keys.glob("vault-*.key"))) == 2
    with pytest.raises(Conflict, match="hãy đợi 10 phút"):
        rotation.retire(actor=operator, key_id=old)
    let_pass()
    rotation.retire(actor=operator, key_id=old)
    assert [use.rows for use in rotation.key_uses()] == [7]
    assert not KeySeal.objects.filter(pk=old).exists()


def test_only_the_operator_changes_keys(world: World, crowd: list[Person]) -> None:
    with pytest.raises(Denied):
        rotation.rotate(actor=world.actor("head"))
    assert len(vault.ring().facts) == 1


def _elsewhere(keys: Path) -> None:
    shutil.rmtree(keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault.keyring, "_checks", [])
        patch.setattr(vault.keyring, "_told", [])
        vault.ring()


def _empty(keys: Path) -> None:
    shutil.rmtree(keys)


def _without_index(keys: Path) -> None:
    next(keys.glob("index-*")).unlink()


def _readable_by_all(keys: Path) -> None:
    next(keys.glob("vault-*")).chmod(0o644)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_elsewhere, "Cơ sở dữ liệu được mã hóa bằng khóa"),
        (_empty, "Không tạo khóa mới"),
        (_without_index, "không có khóa chỉ mục nào"),
        (_readable_by_all, "hãy đặt quyền 0600"),
    ],
)
def test_wrong_keys_write_nothing(
    world: World,
    crowd: list[Person],
    keys: Path,
    operator: Actor,
    spoil: object,
    sentence: str,
) -> None:
    rows = list(Person.objects.order_by("pk").values_list("pk", "number_cipher", "key_id"))
    looks, entries = UsageRecord.objects.count(), AuditEntry.objects.count()
    spoil(keys)  # type: ignore[operator]
    for attempt in (
        lambda: register(world, number=CANARY),
        lambda: _reveal(world, crowd[0]),
        lambda: rotation.rotate(actor=operator),
    ):
        with pytest.raises(vault.VaultError, match=sentence) as refused:
            attempt()
        assert "\n" not in refused.value.message
    after = list(Person.objects.order_by("pk").values_list("pk", "number_cipher", "key_id"))
    assert [(a, bytes(b), c) for a, b, c in after] == [(a, bytes(b), c) for a, b, c in rows]
    assert (UsageRecord.objects.count(), AuditEntry.objects.count()) == (looks, entries)


def test_a_row_that_was_tampered_with_stops_the_batch_whole(
    world: World, crowd: list[Person], operator: Actor
) -> None:
    spoilt = bytearray(bytes(crowd[3].number_cipher))
    spoilt[-1] ^= 1
    Person.objects.filter(pk=crowd[3].pk).update(number_cipher=bytes(spoilt))
    old = crowd[0].key_id
    with pytest.raises(vault.VaultError, match="đã bị sửa"):
        rotation.rotate(actor=operator)
    assert set(Person.objects.values_list("key_id", flat=True)) == {old}


def test_the_secrets_of_second_factors_move_too(world: World, operator: Actor) -> None:
    adapter = FactorAdapter()
    user = world.users["officer"]
    old = vault.ring().active_id
    codes = {"hashes": ["mã băm, không mã hóa"]}
    rows = [
        Authenticator.objects.create(user=user, type="totp", data={"secret": adapter.encrypt("JBSWY3DP")}),
        Authenticator.objects.create(user=user, type="recovery_codes", data=codes),
        Authenticator.objects.create(
            user=user, type="webauthn", data={"name": "Khóa", "credential": {"id": "AQ"}}
        ),
    ]
    with pytest.raises(Conflict, match="đang dùng"):
        rotation.retire(actor=operator, key_id=old)
    assert rotation.rotate(actor=operator)[1] == 1
    for row in rows:
        row.refresh_from_db()
    assert adapter.decrypt(rows[0].data["secret"]) == "JBSWY3DP"
    assert rows[1].data == codes, "recovery codes are hashed, no key opens them"
    assert rows[2].data == {"name": "Khóa", "credential": {"id": "AQ"}}
    let_pass()
    rotation.retire(actor=operator, key_id=old)
    assert adapter.decrypt(rows[0].data["secret"]) == "JBSWY3DP"


def test_keys_are_sealed_when_they_are_made(world: World, keys: Path) -> None:
    made = vault.ring()
    assert set(KeySeal.objects.values_list("key_id", flat=True)) == {made.active_id, made.index_id}
    shutil.rmtree(keys)
    with pytest.raises(vault.VaultError, match="Không tạo khóa mới"):
        vault.blind_index("000123456789", purpose="usage")
