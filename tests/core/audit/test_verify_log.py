"""The verifier finds every change that can be found, names it, and says what it cannot know.

A clumsy forger changes the file; a careful one also makes right whatever needs no secret. What stops him is
named in each test: the chain, a pinned key, a time stamp, or an earlier export.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificates
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dean06 import verify_log
from dean06.gateways.timestamping.live import LiveTimestamper
from dean06.gateways.timestamping.simulator import SimulatedAuthority
from tests.core.audit.conftest import QUICK, check, found
from tests.core.audit.logs import KEY, Log, Record, Stamper, logs, public


@given(log=logs())
@QUICK
def test_an_untouched_log_is_intact(place: Path, log: Log) -> None:
    code, told = check(place, log.write(), key=public(KEY))
    assert (code, told.get("records"), told.get("signature")) == (0, len(log.every), "pinned")
    assert told["withheld"] == sum(record.withheld for record in log.every)
    assert told["from_the_start"] is True


@given(log=logs(), data=st.data())
@QUICK
def test_a_flipped_bit_is_found(place: Path, log: Log, data: st.DataObject) -> None:
    whole = bytearray(log.write())
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    code, told = check(place, bytes(whole))
    assert code in {1, 2}
    assert told["problem"]


@given(log=logs(), data=st.data())
@QUICK
def test_a_flipped_bit_in_a_payload_names_its_record(place: Path, log: Log, data: st.DataObject) -> None:
    shown = [record for record in log.every if not record.withheld]
    if not shown:
        return
    record = data.draw(st.sampled_from(shown))
    whole = log.write()
    start = whole.index(record.line())
    inside = whole.index(b'"payload":"', start) + len(b'"payload":"')
    at = data.draw(st.integers(inside, start + len(record.line()) - 4))
    changed = bytearray(whole)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    told = found(place, bytes(changed))
    line = whole[:start].count(b"\n") + 1
    assert told["line"] == line
    if told["stream"]:
        assert (told["stream"], told["seq"]) == (record.stream, record.seq)


@given(log=logs(), data=st.data())
@QUICK
def test_a_file_cut_anywhere_is_never_intact(place: Path, log: Log, data: st.DataObject) -> None:
    whole = log.write()
    cut = data.draw(st.integers(0, len(whole) - 1))
    code, told = check(place, whole[:cut])
    assert code == (2 if cut <= whole.index(b"\n") else 1), told
    assert told["problem"]


@given(log=logs(), data=st.data())
@QUICK
def test_a_file_without_its_beginning_is_never_intact(place: Path, log: Log, data: st.DataObject) -> None:
    whole = log.write()
    cut = data.draw(st.integers(1, len(whole)))
    code, told = check(place, whole[cut:])
    assert code == 2, told
    assert told["problem"]


@given(log=logs(), data=st.data())
@QUICK
def test_any_byte_put_in_the_place_of_another_is_found(place: Path, log: Log, data: st.DataObject) -> None:
    whole = bytearray(log.write())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    assert check(place, bytes(whole))[0] in {1, 2}


@given(log=logs(), data=st.data())
@QUICK
def test_a_line_taken_out_doubled_or_swapped_is_found(place: Path, log: Log, data: st.DataObject) -> None:
    """By somebody who changes the file and nothing else, anywhere in it."""
    lines = log.write().splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 2))
    doubled, gone, swapped = list(lines), list(lines), list(lines)
    doubled.insert(at, lines[at])
    del gone[at]
    swapped[at], swapped[at + 1] = lines[at + 1], lines[at]
    for changed in (doubled, gone, swapped):
        assert check(place, b"".join(changed))[0] in {1, 2}


def test_every_cut_of_one_log(place: Path) -> None:
    log = Log({"action-0": [Record("action-0", 0, '{"at": "2023-12-01", "n": "Bắc Lý"}')]}).rechain()
    whole = log.write()
    assert {check(place, whole[:cut])[0] for cut in range(len(whole))} == {1, 2}
    assert check(place, whole)[0] == 0


@given(log=logs(), data=st.data())
@QUICK
def test_a_changed_record_breaks_the_chain(place: Path, log: Log, data: st.DataObject) -> None:
    """Everything outside the chain is made right again."""
    forged = log.copy()
    record = data.draw(st.sampled_from(forged.every))
    record.payload, record.withheld = record.payload + " ", False
    told = found(place, forged.write())
    assert (told["stream"], told["seq"]) == (record.stream, record.seq)


@given(log=logs(least=2), data=st.data())
@QUICK
def test_a_deleted_record_breaks_the_chain(place: Path, log: Log, data: st.DataObject) -> None:
    forged = log.copy()
    records = forged.streams["action-0"]
    gone = records.pop(data.draw(st.integers(0, len(records) - 2)))
    told = found(place, forged.write())
    assert (told["stream"], told["seq"]) == ("action-0", gone.seq + 1)


@given(log=logs(least=1), data=st.data(), copied=st.booleans())
@QUICK
def test_an_inserted_record_breaks_the_chain(
    place: Path, log: Log, data: st.DataObject, copied: bool
) -> None:
    forged = log.copy()
    records = forged.streams["action-0"]
    at = data.draw(st.integers(0, len(records) - 1))
    before = records[at]
    extra = Record("action-0", before.seq, before.payload if copied else "{}", before.prev)
    extra.hash = extra.link()
    records.insert(at, extra)
    told = found(place, forged.write())
    assert told["stream"] == "action-0"
    assert told["seq"] == before.seq


@given(log=logs(least=2), data=st.data())
@QUICK
def test_two_swapped_records_break_the_chain(place: Path, log: Log, data: st.DataObject) -> None:
    forged = log.copy()
    records = forged.streams["action-0"]
    one = data.draw(st.integers(0, len(records) - 2))
    other = data.draw(st.integers(one + 1, len(records) - 1))
    records[one], records[other] = records[other], records[one]
    told = found(place, forged.write())
    assert (told["stream"], told["seq"]) == ("action-0", records[one].seq)


def _cut_tail(log: Log) -> Log:
    forged = log.copy()
    forged.streams["action-0"].pop()
    return forged


def _cut_front(log: Log) -> Log:
    forged = log.copy()
    gone = forged.streams["action-0"].pop(0)
    forged.starts["action-0"] = (gone.seq + 1, gone.hash)
    return forged


def _resign(log: Log, at: int) -> Log:
    """A record changed, and every later one linked anew."""
    forged = log.copy()
    records = forged.streams["action-0"]
    record = records[at % len(records)]
    record.payload = record.payload.replace("}", ', "forged": true}')
    return forged.rechain()


FORGERIES = st.sampled_from(
    (_cut_tail, _cut_front, lambda log: _resign(log, 0), lambda log: _resign(log, -1))
)


@given(log=logs(least=2), forge=FORGERIES)
@QUICK
def test_a_pinned_key_finds_what_the_chain_cannot(place: Path, log: Log, forge: Any) -> None:
    told = found(place, forge(log).write(), key=public(KEY))
    assert "khóa" in told["problem"]


@given(log=logs(least=2), forge=FORGERIES)
@settings(QUICK, max_examples=25)
def test_a_time_stamp_finds_a_tail_that_was_cut_or_linked_anew(
    place: Path, stamper: Stamper, log: Log, forge: Any
) -> None:
    log.anchor(stamper)
    code, told = check(place, log.write(), tsa=str(place / "root.pem"))
    assert (code, told.get("anchor_checked")) == (0, "authority")
    assert told["anchored_records"] == len(log.every)
    if forge is _cut_front:  # what is left is as it was stamped: the answer says where it begins
        code, told = check(place, forge(log).write(), tsa=str(place / "root.pem"))
        assert (code, told["from_the_start"]) == (0, False)
        return
    told = found(place, forge(log).write())
    assert "mốc neo" in told["problem"]


@given(log=logs(least=2), forge=FORGERIES)
@settings(QUICK, max_examples=25)
def test_an_earlier_export_finds_a_tail_that_was_cut_or_linked_anew(
    place: Path, log: Log, forge: Any
) -> None:
    (place / "earlier.jsonl").write_bytes(log.write())
    earlier = str(place / "earlier.jsonl")
    assert check(place, log.write(), since=earlier)[0] == 0
    if forge is not _cut_front:
        assert "tệp xuất trước" in found(place, forge(log).write(), since=earlier)["problem"]


@given(log=logs(least=2), at=st.integers(0, 5))
@QUICK
def test_without_any_of_these_a_tail_linked_anew_is_said_to_be_unanchored(
    place: Path, log: Log, at: int
) -> None:
    code, told = check(place, _resign(log, at).write())
    assert (code, told["signature"], told["anchor_checked"]) == (0, "own", "none")
    said = "\n".join(verify_log.sentences(code, told))
    assert "nối chuỗi, chưa neo thời gian" in said
    assert "chưa đối chiếu với khóa đã biết" in said


@given(log=logs(least=1))
@settings(QUICK, max_examples=15)
def test_stamps_that_were_taken_out_are_missed(place: Path, log: Log) -> None:
    assert "mốc neo" in found(place, log.write(), tsa=str(place / "root.pem"))["problem"]


def test_a_stamp_of_another_authority_does_not_hold(place: Path, log_of_two: Log) -> None:
    with SimulatedAuthority() as other:
        client = LiveTimestamper(other.url(), load_pem_x509_certificates(other.root_pem))
        log_of_two.anchor(lambda message: client.stamp(message).token)
    assert check(place, log_of_two.write())[0] == 0
    told = found(place, log_of_two.write(), tsa=str(place / "root.pem"))
    assert "mốc neo thời gian không hợp lệ" in told["problem"]


def test_a_stamp_over_other_heads_does_not_hold(place: Path, stamper: Stamper, log_of_two: Log) -> None:
    log_of_two.anchors.append((log_of_two.heads(), stamper(b"other heads")))
    assert "nội dung khác" in found(place, log_of_two.write())["problem"]


def test_records_after_the_newest_stamp_are_counted(place: Path, stamper: Stamper, log_of_two: Log) -> None:
    log_of_two.anchor(stamper)
    log_of_two.streams["action-0"].append(Record("action-0", 0, "{}"))
    code, told = check(place, log_of_two.rechain().write(), tsa=str(place / "root.pem"))
    assert (code, told["records"], told["anchored_records"]) == (0, 3, 2)
    assert "1 bản ghi sau mốc này chưa neo" in "\n".join(verify_log.sentences(code, told))


def test_a_clock_that_went_back_is_no_tampering(place: Path) -> None:
    days = ("2023-12-02T03:00:00", "2023-12-01T03:00:00.5", "2023-12-01T03:00:00.25")
    log = Log({"action-4": [Record("action-4", 0, f'{{"at": "{day}+00:00"}}') for day in days]})
    code, told = check(place, log.rechain().write())
    assert code == 0
    assert len(told["clock_went_back"]) == 2
    assert "bản ghi 2 của luồng action-4" in told["clock_went_back"][0]
    assert "không phải sửa" in "\n".join(verify_log.sentences(code, told))


def test_a_second_meaning_hidden_in_a_line_is_refused(place: Path, log_of_two: Log) -> None:
    """Two values under one name: readers would differ about what the record says."""
    hidden = log_of_two.write().replace(b'"payload":"{', b'"payload":"forged","payload":"{', 1)
    assert found(place, hidden)["line"] == 2


@given(payloads=st.lists(st.text('"\\ aăn', min_size=1, max_size=8), min_size=1, max_size=5))
@example(payloads=['"', "\\", '\\"', '\\\\"', '"\\', '\\"\\"', "\\u0022", '","payload":"'])
@QUICK
def test_quotes_and_backslashes_are_read_as_they_were_written(place: Path, payloads: list[str]) -> None:
    log = Log({"action-0": [Record("action-0", 0, text) for text in payloads]}).rechain()
    assert check(place, log.write())[0] == 0
    assert (found(place, log.write().replace(b'"payload":"', b'"payload":" ', 1)))["seq"] == 1


def test_a_chain_linked_anew_and_stamped_late_is_said_to_be_late(
    place: Path, stamper: Stamper, log_of_two: Log
) -> None:
    """Whoever rewrites the whole chain can have it stamped today; not on the days it tells of."""
    log_of_two.streams["action-0"][0].payload = '{"at": "2023-12-01T03:00:00+00:00"}'
    code, told = check(place, log_of_two.rechain().anchor(stamper).write(), tsa=str(place / "root.pem"))
    assert (code, told["anchor_checked"]) == (0, "authority")
    assert told["stamped_late"] > 365
    assert f"neo muộn {told['stamped_late']} ngày" in "\n".join(verify_log.sentences(code, told))


def test_no_name_of_the_header_reaches_the_terminal(
    place: Path, log_of_two: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    steering = b'"action-0\\u001b[2K\\nNguy\\u00ean v\\u1eb9n":{"first"'
    spoilt = log_of_two.write().replace(b'"action-0":{"first"', steering, 1)
    (place / "log.jsonl").write_bytes(spoilt)
    assert verify_log.main([str(place / "log.jsonl")]) == 2
    assert "Nguyên vẹn" not in capsys.readouterr().out


def test_no_record_steers_the_terminal(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moments = ("9", "1\x1b[9A\x1b[J\u202e")
    log = Log({"action-4": [Record("action-4", 0, f'{{"at": "{moment}') for moment in moments]})
    (place / "log.jsonl").write_bytes(log.rechain().write())
    assert verify_log.main([str(place / "log.jsonl")]) == 0
    out = capsys.readouterr().out
    assert "đồng hồ lùi" in out
    assert all(sign.isprintable() or sign == "\n" for sign in out)


@pytest.mark.parametrize("number", [b"1e999", b"-1", b"9" * 40])
def test_a_first_record_of_nonsense_is_unreadable(place: Path, log_of_two: Log, number: bytes) -> None:
    assert check(place, log_of_two.write().replace(b'"first":1,', b'"first":' + number + b",", 1))[0] == 2
