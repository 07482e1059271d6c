"""Sealed backups: what was written comes back, and nothing that anybody changed does."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06.core.errors import Invalid
from dean06.runtime import sealed

KEY = sealed.BackupKey(b"k" * 32)
OTHER = sealed.BackupKey(b"o" * 32)
HEADER = len(sealed.MAGIC) + 4 + 32


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "PIECE", 64)


def seal(data: bytes, step: int = 1000) -> bytes:
    sink = io.BytesIO()
    sealer = sealed.Sealer(sink, KEY)
    for at in range(0, len(data), step):
        sealer.write(data[at : at + step])
    sealer.close()
    return sink.getvalue()


def unseal(folder: Path, content: bytes, key: sealed.BackupKey = KEY) -> bytes:
    source, target = folder / "sealed", folder / "plain"
    source.write_bytes(content)
    target.unlink(missing_ok=True)
    try:
        sealed.unseal(source, target, key)
    except Invalid:
        assert not target.exists(), "nothing half-written stays"
        raise
    assert target.stat().st_mode & 0o077 == 0
    return target.read_bytes()


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 129, 1000])
@pytest.mark.parametrize("step", [1, 64, 1000])
def test_what_was_sealed_comes_back(tmp_path: Path, size: int, step: int) -> None:
    data = bytes(n % 251 for n in range(size))
    assert unseal(tmp_path, seal(data, step)) == data


def test_the_same_data_never_look_the_same() -> None:
    first, second = seal(b"secret words" * 20), seal(b"secret words" * 20)
    assert first[HEADER:] != second[HEADER:]
    assert b"secret" not in first


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    content = seal(b"a" * 200)
    for length in range(len(content)):
        with pytest.raises(Invalid, match=r"cắt cụt|thay đổi"):
            unseal(tmp_path, content[:length])


def test_a_cut_after_a_whole_piece_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cắt cụt sau đoạn 2"):
        unseal(tmp_path, seal(b"a" * 200)[: HEADER + 2 * (64 + 16)])


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_every_flipped_bit_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, position: int, bit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "PIECE", 64)
        content = bytearray(seal(b"a" * 300))
        content[position % len(content)] ^= 1 << bit
        with pytest.raises(Invalid):
            unseal(tmp_path_factory.mktemp("flip"), bytes(content))


def test_swapped_repeated_and_dropped_pieces_are_noticed(tmp_path: Path) -> None:
    content = seal(b"".join(bytes([n]) * 64 for n in range(4)))
    head, body = content[:HEADER], content[HEADER:]
    one, two, three, four = (body[n * 80 : (n + 1) * 80] for n in range(4))
    for pieces in ((two, one, three, four), (one, one, two, three, four), (one, three, four), (four,)):
        with pytest.raises(Invalid):
            unseal(tmp_path, head + b"".join(pieces))


def test_the_wrong_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=f"khóa {KEY.id.hex()}, khóa đang dùng là {OTHER.id.hex()}"):
        unseal(tmp_path, seal(b"a"), OTHER)
    forged = bytearray(seal(b"a"))
    forged[len(sealed.MAGIC) : len(sealed.MAGIC) + 4] = OTHER.id
    with pytest.raises(Invalid):
        unseal(tmp_path, bytes(forged), OTHER)


def test_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "backup.key"
    made = sealed.make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert sealed.load_key(path).id == made.id
    with pytest.raises(FileExistsError):
        sealed.make_key(path)
    path.chmod(0o640)
    with pytest.raises(Invalid, match="chmod 600"):
        sealed.load_key(path)
    path.chmod(0o600)
    path.write_text("not a key")
    with pytest.raises(Invalid, match="bị hỏng"):
        sealed.load_key(path)
    with pytest.raises(Invalid, match="không đọc được"):
        sealed.load_key(tmp_path / "missing.key")
