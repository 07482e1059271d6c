"""The verifier as a program: what it cannot read, how it runs alone, what it says without its libraries."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dean06 import verify_log
from tests.core.audit.conftest import QUICK, check
from tests.core.audit.logs import KEY, Log, Stamper, public

PROGRAM = Path(verify_log.__file__)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\x00\xff", b"{}", b"[1]\n", b'{"type":"header","format":"dean06-log-2"}\n', b"a,b\n1,2\n"],
)
def test_what_is_no_log_is_unreadable(place: Path, data: bytes) -> None:
    code, told = check(place, data)
    assert (code, told["ok"]) == (2, False)


@given(data=st.binary(max_size=300), whole=st.booleans())
@example(data=b"[" * 300, whole=True)
@QUICK
def test_no_bytes_make_it_stumble(place: Path, data: bytes, whole: bool) -> None:
    log = Log({"action-0": []}).rechain().write()
    assert check(place, log.partition(b"\n")[0] + b"\n" + data if whole else data)[0] in {1, 2}


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    code, told = verify_log.verify(str(tmp_path / "none.jsonl"))
    assert code == 2
    assert "none.jsonl" in told["problem"]


def test_it_runs_alone(tmp_path: Path, log_of_two: Log) -> None:
    """Copied elsewhere, without this project on the path."""
    alone = tmp_path / "verify_log.py"
    alone.write_bytes(PROGRAM.read_bytes())
    (tmp_path / "good.jsonl").write_bytes(log_of_two.write())
    (tmp_path / "bad.jsonl").write_bytes(log_of_two.write().replace(b'\\"n\\": 2', b'\\"n\\": 3'))
    for name, code, word in (
        ("good", 0, "Nguyên vẹn: 2 bản ghi"),
        ("bad", 1, "bản ghi 2 của luồng action-0, dòng 3"),
        ("none", 2, "KHÔNG ĐỌC ĐƯỢC"),
    ):
        done = subprocess.run(
            [sys.executable, "-I", str(alone), f"{name}.jsonl"],
            cwd=tmp_path,
            env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert word in done.stdout.decode()
        assert done.stderr == b""


def test_it_is_short_and_shares_no_code() -> None:
    text = PROGRAM.read_text("utf-8")
    assert len(text.splitlines()) < 300
    names = {
        (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography", "rfc3161_client"}


def test_without_the_libraries_it_says_what_it_did_not_check(
    place: Path, stamper: Stamper, log_of_two: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    data = log_of_two.anchor(stamper).write()
    code, told = check(place, data)
    assert (code, told["signature"], told["anchor_checked"]) == (0, "unchecked", "heads")
    assert check(place, data, key=public(KEY))[0] == 2
    assert check(place, data, tsa=str(place / "root.pem"))[0] == 2
