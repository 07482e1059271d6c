"""Every whole line once, whatever is written, cut into looks and set aside."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from dean06.runtime import logtail
from dean06.runtime.logtail import LONGEST, Place, look


def test_a_line_counts_once_it_has_ended(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    assert look(log, Place()) == logtail.Look((), Place())
    log.write_bytes(b"one\ntw")
    first = look(log, Place())
    assert first.lines == (b"one",)
    assert not first.gap
    with log.open("ab") as more:
        more.write(b"o\n\nthree\n")
    assert look(log, first.after).lines == (b"two", b"", b"three")


def test_a_log_that_was_set_aside_is_read_to_its_end_first(tmp_path: Path) -> None:
    log, aside = tmp_path / "web.log", tmp_path / "web.log.1"
    log.write_bytes(b"one\n")
    after = look(log, Place()).after
    with log.open("ab") as more:
        more.write(b"two\nlast words")
    log.replace(aside)
    log.write_bytes(b"three\n")
    second = look(log, after)
    assert second.lines == (b"two", b"last words")
    third = look(log, second.after)
    assert (third.lines, third.gap) == ((b"three",), False)


def test_lines_that_are_gone_are_told(tmp_path: Path) -> None:
    log, aside = tmp_path / "web.log", tmp_path / "web.log.1"
    log.write_bytes(b"one\n")
    kept = log.open("rb")  # holds the inode: it is not given to the next file
    after = look(log, Place()).after
    for text in (b"two\n", b"three\n"):
        log.replace(aside)
        log.write_bytes(text)
    found = look(log, after)
    assert (found.lines, found.gap) == ((b"two",), True)
    assert look(log, found.after).lines == (b"three",)
    kept.close()


def test_a_log_that_was_cut_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"a long first line\n")
    after = look(log, Place()).after
    log.write_bytes(b"new\n")
    found = look(log, after)
    assert found.gap
    assert look(log, found.after).lines == (b"new",)


def test_a_line_without_end_comes_in_parts(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * (2 * LONGEST + 5))
    found = look(log, Place())
    assert [len(line) for line in found.lines] == [LONGEST, LONGEST]
    assert look(log, found.after).lines == ()


_STEPS = st.lists(
    st.one_of(
        st.binary(max_size=40).map(lambda data: ("write", data)),
        st.sampled_from([("aside", b""), ("look", b"")]),
    ),
    max_size=40,
)


@given(_STEPS)
def test_what_is_read_is_what_was_written(steps: list[tuple[str, bytes]]) -> None:
    """A file is set aside only where the one before has been read: the other case is told as a gap."""
    with TemporaryDirectory() as folder:
        log, place = Path(folder) / "web.log", Place()
        written: list[bytes] = []
        read: list[bytes] = []
        log.touch()
        for kind, data in [*steps, ("end", b"")]:
            if kind == "write":
                with log.open("ab") as sink:
                    sink.write(data)
            if kind == "aside":
                with log.open("ab") as sink:
                    sink.write(b"\n")
            if kind != "write":
                place = _drain(log, place, read)
            if kind in ("aside", "end"):
                written += log.read_bytes().split(b"\n")[:-1]
            if kind == "aside":
                log.replace(log.with_suffix(".log.1"))
                log.touch()
        assert read == written


def _drain(log: Path, place: Place, read: list[bytes]) -> Place:
    while True:
        found = look(log, place)
        assert not found.gap
        read.extend(found.lines)
        place = found.after
        if not found.lines:
            return place
