"""`make bench GROUP=trust`: what row-level security and the logs cost a write; how fast a log is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import trust
from tests.bench.report import Bar, Row, Table, show

pytestmark = pytest.mark.bench
MOST_RATIO = 2.0
MOST_MICROSECONDS = 10.0  # a record: 100,000 records a second
RECORDS, ROUNDS, SIGN_INS = 200_000, 5, 40


def test_trust(race_db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = trust.make_place()
    times = trust.measure(race_db, place)
    counted = trust.written(race_db)
    writes = trust.BLOCKS * (trust.WRITES + 1)
    assert counted["guidance_material"] == writes * len(times)
    assert counted["audit_entry"] >= writes * 2
    assert counted["audit_link"] == counted["audit_entry"] + counted["usage_record"]
    assert counted["usage_record"] == writes * 2
    rows = [_write(times, way, mode) for way in trust.WAYS for mode in trust.MODES]
    rows += _verifier(tmp_path / "log.jsonl")
    rows.append(Row("sign-in with a password", trust.sign_in_times(SIGN_INS)))
    notes = (
        "“action”: a record as an officer adds it, through all checks; “one INSERT”: the least a write is. "
        "The modes take turns; commits are not flushed to the disk, which makes the ratio larger.",
        "verify-log: time of the processor, so that other work does not count; 10 µs are 100,000 records/s.",
        "Sign-in: the post alone, in one process, without the network; most of it is the password's hash.",
    )
    table = Table("trust", f"{writes} writes of each kind; a log of {RECORDS:,} records", rows, notes)
    with capsys.disabled():
        show(table)


def _write(times: dict[tuple[str, str], list[float]], way: str, mode: str) -> Row:
    row = Row(f"{way}: {mode}", times[way, mode])
    if mode == trust.MODES[0]:
        return row
    ratio = row.median / Row("", times[way, trust.MODES[0]]).median
    held = way == "action" and mode == trust.MODES[2]
    return Row(row.what, row.samples, "ms", "bare", ratio, Bar("ratio", MOST_RATIO) if held else None)


def _verifier(path: Path) -> list[Row]:
    size = trust.make_log(path, RECORDS)
    plain = Row(
        f"reading and hashing {size / 1e6:.0f} MB, a record", trust.hash_times(path, ROUNDS, RECORDS), "µs"
    )
    taken = trust.verify_times(path, RECORDS, ROUNDS)
    check = Row("verify-log, a record", taken, "µs")
    ratio = check.median / plain.median
    return [plain, Row(check.what, taken, "µs", "hashing", ratio, Bar("median", MOST_MICROSECONDS))]
