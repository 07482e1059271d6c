"""Key files: modes, names, damage, strangers; one clear sentence each."""

from __future__ import annotations

import base64
import fcntl
import stat
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from dean06.core import vault
from dean06.core.vault import keyring


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "keys"))
    return tmp_path / "keys"


def the(keys: Path, pattern: str) -> Path:
    (found,) = keys.glob(pattern)
    return found


def test_first_start_makes_two_files_for_the_owner_alone(keys: Path) -> None:
    made = vault.ring()
    files = sorted(keys.glob("*"))
    assert [path.name.split("-")[0] for path in files if path.suffix == ".key"] == ["index", "vault"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files if path.suffix == ".key"} == {0o600}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert (vault.ring().active_id, vault.ring().index_id) == (made.active_id, made.index_id)


def _foreign(keys: Path) -> None:
    path = the(keys, "vault-*.key")
    path.write_bytes(base64.b64encode(bytes(32)))


def _cut(keys: Path) -> None:
    path = the(keys, "index-*.key")
    path.write_bytes(path.read_bytes()[:20])


def _twice(keys: Path) -> None:
    keyring.create(keys, "vault-0001")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda keys: the(keys, "vault-*.key").chmod(0o644), r"quyền 0644\); hãy đặt quyền 0600"),
        (lambda keys: the(keys, "index-*.key").chmod(0o640), r"“index-.*” đang cho tài khoản khác đọc"),
        (_foreign, "chứa khóa khác"),
        (_cut, "bị hỏng"),
        (_twice, "cùng số thứ tự"),
        (lambda keys: the(keys, "vault-*.key").unlink(), "không có khóa mã hóa nào"),
        (lambda keys: the(keys, "index-*.key").unlink(), "không có khóa chỉ mục nào"),
        (lambda keys: the(keys, "vault-*.key").rename(keys / "khoa.key"), "tên không đúng mẫu"),
    ],
)
def test_a_spoilt_folder_is_refused_with_a_sentence(
    keys: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    vault.ring()
    spoil(keys)
    with pytest.raises(vault.VaultError, match=sentence) as refused:
        vault.encrypt("000123456789", context="t.c:1")
    assert "\n" not in refused.value.message


def test_no_message_and_no_representation_shows_a_secret(keys: Path) -> None:
    made = vault.ring()
    secrets = [path.read_text().strip() for path in keys.glob("*.key")]
    shown = repr(made) + repr(made.facts)
    assert not any(secret in shown for secret in secrets)


def test_a_check_can_forbid_new_keys(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise vault.VaultError("đã có dữ liệu")

    monkeypatch.setattr(keyring, "_checks", [refuse])
    with pytest.raises(vault.VaultError, match="đã có dữ liệu"):
        vault.ring()
    assert not keys.exists()


def test_the_active_key_is_never_removed() -> None:
    first = vault.ring().active_id
    with pytest.raises(vault.VaultError, match="đang dùng"):
        keyring.remove_key(first)
    second = keyring.add_key()
    keyring.remove_key(first)
    assert [fact.id for fact in vault.ring().facts] == [second]


def _index(_: int) -> tuple[str, str]:
    made = vault.ring()
    return made.active_id, made.index_id


def test_processes_that_start_at_once_agree(keys: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
        assert len(set(pool.map(_index, range(8)))) == 1
    assert len(list(keys.glob("*.key"))) == 2


def test_a_folder_that_is_just_being_filled_is_waited_for(keys: Path) -> None:
    keys.mkdir(parents=True, mode=0o700, exist_ok=True)
    with (keys / ".lock").open("a") as lock, ThreadPoolExecutor(1) as pool:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keyring.create(keys, "index")
        asked = pool.submit(vault.ring)
        with pytest.raises(TimeoutError):
            asked.result(0.3)
        made = keyring.create(keys, "vault-0001")
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert asked.result(10).active_id == made
