"""Envelopes, blind indexes and pseudonyms: what holds for every text, row and purpose."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from dean06.core import vault
from dean06.core.vault import keyring

_FEW = examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PURPOSES = ("people", "usage", "clinic", "heritage", "hotel")
CONTEXT = "people_person.number:row-1"
NUMBERS = st.from_regex(r"[0-9]{12}", fullmatch=True)


@pytest.fixture(autouse=True)
def keys(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path_factory.mktemp("vault") / "keys"
    monkeypatch.setenv("KEYS_DIR", str(place))
    return place


@_FEW
@given(text=st.text(max_size=200), row=st.text(max_size=20))
def test_what_was_encrypted_comes_back(text: str, row: str) -> None:
    context = f"t.c:{row}"
    envelope = vault.encrypt(text, context=context)
    assert vault.decrypt(envelope, context=context) == text
    assert vault.key_id_of(envelope) == vault.ring().active_id


@_FEW
@given(number=NUMBERS, place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_every_flipped_bit_is_noticed(number: str, place: int, bit: int) -> None:
    envelope = bytearray(vault.encrypt(number, context=CONTEXT))
    envelope[place % len(envelope)] ^= 1 << bit
    with pytest.raises(vault.VaultError):
        vault.decrypt(bytes(envelope), context=CONTEXT)


@_FEW
@given(number=NUMBERS, cut=st.integers(min_value=0))
def test_every_truncation_is_noticed(number: str, cut: int) -> None:
    envelope = vault.encrypt(number, context=CONTEXT)
    with pytest.raises(vault.VaultError):
        vault.decrypt(envelope[: cut % len(envelope)], context=CONTEXT)


def test_an_envelope_belongs_to_its_row_and_column() -> None:
    envelope = vault.encrypt("000123456789", context=CONTEXT)
    for foreign in ("people_person.number:row-2", "people_person.name:row-1"):
        with pytest.raises(vault.VaultError, match="thuộc bản ghi khác"):
            vault.decrypt(envelope, context=foreign)


def test_equal_numbers_look_different_in_different_rows() -> None:
    rows = {vault.encrypt("000123456789", context=f"t.c:{row}") for row in range(20)}
    assert len(rows) == 20


@_FEW
@given(number=NUMBERS)
def test_the_envelope_and_the_index_do_not_hold_the_number(number: str) -> None:
    for stored in (vault.encrypt(number, context=CONTEXT), vault.blind_index(number, purpose="people")):
        assert number.encode() not in stored
        assert number not in stored.hex()


@_FEW
@given(person=st.text(min_size=1, max_size=40))
def test_two_purposes_never_share_a_token(person: str) -> None:
    for one, other in combinations(PURPOSES, 2):
        assert vault.pseudonym(person, purpose=one) != vault.pseudonym(person, purpose=other)
        assert vault.blind_index(person, purpose=one) != vault.blind_index(person, purpose=other)


@_FEW
@given(one=NUMBERS, other=NUMBERS)
def test_tokens_are_equal_exactly_for_equal_people(one: str, other: str) -> None:
    assert (vault.pseudonym(one, purpose="clinic") == vault.pseudonym(other, purpose="clinic")) is (
        one == other
    )
    assert (vault.blind_index(one, purpose="people") == vault.blind_index(other, purpose="people")) is (
        one == other
    )


@pytest.mark.parametrize(
    "typed", ["000 123 456 789", "000.123.456.789", " 000-123-456-789 ", "０００１２３４５６７８９"]
)
def test_a_number_is_found_however_it_is_typed(typed: str) -> None:
    assert vault.blind_index(typed, purpose="people") == vault.blind_index("000123456789", purpose="people")


@pytest.mark.parametrize("purpose", ["", "Phòng khám", "a|b", "x" * 61])
def test_a_purpose_is_a_code(purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        vault.blind_index("1", purpose=purpose)


@pytest.mark.parametrize("context", ["", "people_person", "row:1"])
def test_a_context_names_table_column_and_row(context: str) -> None:
    with pytest.raises(ValueError, match="context"):
        vault.encrypt("1", context=context)


def test_the_index_cannot_be_computed_without_the_key_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = vault.blind_index("000123456789", purpose="people")
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "stranger"))
    assert vault.blind_index("000123456789", purpose="people") != known


def test_rotation_keeps_the_text_and_changes_the_key() -> None:
    old = vault.encrypt("000123456789", context=CONTEXT)
    was = vault.ring().active_id
    new_id = keyring.add_key()
    assert vault.ring().active_id == new_id != was
    assert vault.decrypt(old, context=CONTEXT) == "000123456789"  # the old key still reads
    new = vault.rotate(old, context=CONTEXT)
    assert vault.key_id_of(new) == new_id
    assert vault.rotate(new, context=CONTEXT) == new
    assert vault.decrypt(new, context=CONTEXT) == "000123456789"


def test_an_envelope_of_the_first_version_is_read_and_moves_to_the_approved_mode() -> None:
    """AES-SIV (RFC 5297) under the active key, as the first version wrote it."""
    keys = vault.ring()
    siv = AESSIV(keys.siv_key(keys.active_id)).encrypt(b"\x00000123456789", [CONTEXT.encode()])
    old = b"\x01" + bytes.fromhex(keys.active_id) + siv
    assert vault.decrypt(old, context=CONTEXT) == "000123456789"
    with pytest.raises(vault.VaultError):
        vault.decrypt(old, context="people_person.number:row-2")
    new = vault.rotate(old, context=CONTEXT)
    assert new[:1] == b"\x02"
    assert vault.decrypt(new, context=CONTEXT) == "000123456789"


def test_the_cipher_is_aes_256_gcm_with_a_nonce_of_its_own_each_time() -> None:
    """Opened by the library alone, from the key's file: mode, key size and associated data are these."""
    keys = vault.ring()
    envelope = vault.encrypt("000123456789", context=CONTEXT)
    key = keys.gcm_key(keys.active_id)
    assert len(key) == 32
    opened = AESGCM(key).decrypt(envelope[5:17], envelope[17:], envelope[:5] + CONTEXT.encode())
    assert opened == b"000123456789"
    assert len({vault.encrypt("", context=CONTEXT)[5:17] for _ in range(100)}) == 100


def test_another_installation_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    envelope = vault.encrypt("000123456789", context=CONTEXT)
    key_id = vault.key_id_of(envelope)
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "stranger"))
    with pytest.raises(vault.VaultError, match=f"Thiếu khóa mã hóa {key_id}"):
        vault.decrypt(envelope, context=CONTEXT)


def test_the_default_folder_is_in_the_data_directory(
    settings: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEYS_DIR")
    settings.DATA_DIR = tmp_path
    vault.ring()
    assert len(list((tmp_path / "keys").glob("*.key"))) == 2


def test_a_new_index_key_writes_and_the_old_ones_go_on_finding() -> None:
    before = vault.blind_index("000123456789", purpose="people")
    first = vault.ring().index_id
    made = vault.keyring.add_key("index")
    keys = vault.ring()
    assert (keys.index_id, keys.index_ids) == (made, [made, first])
    now, then = vault.blind_indexes("000123456789", purpose="people")
    assert (vault.blind_index("000123456789", purpose="people"), then) == (now, before)
    assert now != then
    vault.keyring.remove_key(first)
    assert vault.blind_indexes("000123456789", purpose="people") == (now,)
