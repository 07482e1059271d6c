"""`dean06 id`: the contract for programs, words for people, no whole number unless it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dean06.cli.card import app
from tests.vnid.samples import TD3_SPECIMEN

runner = CliRunner()
QR = "001099000001|000045678|Nguyễn Văn A|15011999|Nam|Số 1, Phố Z, Hà Nội|01082024||||"
MRZ = "IDVNM0990000017001099000001<<8\n9901155M3901153VNM<<<<<<<<<<<0\nNGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
KEYS = {
    "kind",
    "pin",
    "old_number",
    "name",
    "birth_date",
    "birth_precision",
    "sex",
    "address",
    "issue_date",
    "expiry_date",
    "card_model",
    "extra",
    "proof",
    "degraded",
    "warnings",
    "repairs",
}


def run(*words: str, given: str = "", code: int = 0) -> Result:
    done = runner.invoke(app, list(words), input=given)
    assert done.exit_code == code, (done.exit_code, done.output, done.exception)
    return done


def told(*words: str, given: str = "", code: int = 0) -> Any:
    return json.loads(run(*words, "--json", given=given, code=code).stdout)


def test_a_qr_code() -> None:
    found = told("parse", "-", given=QR + "\r")
    assert set(found) == KEYS
    assert (found["kind"], found["pin"], found["old_number"]) == ("qr", "•••••••••001", "••••••678")
    assert (found["name"], found["birth_date"], found["birth_precision"]) == (
        "Nguyễn Văn A",
        "1999-01-15",
        "day",
    )
    assert (found["sex"], found["issue_date"], found["card_model"]) == ("male", "2024-08-01", "cancuoc2024")
    assert (found["proof"], found["degraded"], found["extra"]) == ("declared", False, ["", "", "", ""])
    assert told("parse", "-", "--full", given=QR)["pin"] == "001099000001"


def test_an_mrz_a_number_an_old_number_and_a_health_card() -> None:
    assert told("parse", "-", given=MRZ)["expiry_date"] == "2039-01-15"
    number = told("parse", "-", given="001099000001\n")
    assert (number["kind"], number["birth_date"], number["birth_precision"]) == ("pin", "1999", "year")
    assert told("parse", "-", given="000045678")["kind"] == "cmnd"
    name = "Nguyễn Văn A".encode().hex()
    health = f"HC4010000000001|{name}|15/01/1999|1|{name}|00-000|01/01/2024|-|01/01/2024|0|-|4|-|0|-|$"
    found = told("parse", "-", given=health)
    assert (found["kind"], found["name"], set(found)) == ("bhyt_qr", "Nguyễn Văn A", KEYS)
    assert "0000000001" not in json.dumps(found)


@pytest.mark.parametrize(
    ("text", "error", "field"),
    [
        ("", "empty", "qr"),
        ("abc|d", "too_few_fields", "qr"),
        ("abc", "no_separator", "qr"),
        ("0010990000|||||||", "pin_shape", "pin"),
        ("001099000001||A|31021999|Nam|B|01012022", "date_impossible", "birth_date"),
        (MRZ.replace("39011", "39012"), "check_digit", "expiry_date"),
        ("12345", "pin_shape", "pin"),
    ],
)
def test_what_is_refused_names_its_field_and_reason(text: str, error: str, field: str) -> None:
    found = told("parse", "-", given=text, code=3)
    assert (found["error"], found["field"]) == (error, field)
    assert found["reason"].endswith((".", ")"))
    words = run("parse", "-", given=text, code=3)
    assert words.stdout == ""


def test_people_get_a_table_without_whole_numbers(tmp_path: Path) -> None:
    file = tmp_path / "qr.txt"
    file.write_text(QR, encoding="utf-8")
    shown = run("parse", str(file)).stdout
    assert "Nguyễn Văn A" in shown
    assert "001099000001" not in shown
    assert "000045678" not in shown


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.bin"
    file.write_bytes(b"\xff\xfe\x00")
    assert told("parse", str(file), code=3)["error"] == "not_text"


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card") / "5"
    done = runner.invoke(app, ["make", str(folder), "--seed", "5"])
    assert done.exit_code == 0, done.output
    anchors = folder / "csca"
    anchors.mkdir()
    (anchors / "csca.der").write_bytes((folder / "csca.der").read_bytes())
    return folder


def test_a_card_is_made_whole_and_read_back(card: Path) -> None:
    truth = json.loads((card / "truth.json").read_text(encoding="utf-8"))
    names = {path.name for path in card.iterdir()}
    files = {"EF_COM", "SOD", "DG1", "DG2", "DG13", "DG14", "DG15"}
    assert {f"{name}.bin" for name in files} < names
    assert {"csca.der", "ds.der", "ds.key", "qr.txt", "qr.png", "mrz.txt", "truth.json"} < names
    read = told("parse", str(card / "qr.txt"), "--full")
    assert {name: read[name] for name in ("pin", "name", "birth_date", "sex", "address")} == {
        name: truth[name] for name in ("pin", "name", "birth_date", "sex", "address")
    }
    assert told("parse", str(card / "mrz.txt"), "--full")["pin"] == truth["pin"]
    assert (card / "qr.png").read_bytes().startswith(b"\x89PNG")
    run("make", str(card), code=1)


def test_files_are_judged_by_four_facts(card: Path, tmp_path: Path) -> None:
    good = told("verify", str(card), "--csca", str(card / "csca"), "--today", "2026-11-24")
    assert {name: good[name] for name in ("data_hashes", "sod_signature", "issuer", "clone_check")} == {
        "data_hashes": "ok",
        "sod_signature": "ok",
        "issuer": "trusted",
        "clone_check": "not_done",
    }
    assert good["holder"]["pin"].startswith("•••")
    alone = told("verify", str(card), code=4)
    assert (alone["sod_signature"], alone["issuer"]) == ("ok", "unknown_issuer")
    bad = tmp_path / "bad"
    bad.mkdir()
    for path in card.glob("*.bin"):
        (bad / path.name).write_bytes(path.read_bytes())
    (bad / "DG1.bin").write_bytes((card / "DG1.bin").read_bytes().replace(b"<<<", b"A<<", 1))
    found = told("verify", str(bad), "--csca", str(card / "csca"), code=4)
    assert (found["data_hashes"], found["reasons"][0]["group"]) == ("bad", "DG1")
    (bad / "SOD.bin").write_bytes(b"")
    assert told("verify", str(bad), code=3)["error"] == "der_truncated"


def test_anchors_that_hold_nothing_are_told(card: Path, tmp_path: Path) -> None:
    (tmp_path / "a.der").write_bytes(b"no certificate")
    assert told("verify", str(card), "--csca", str(tmp_path), code=3)["field"] == "csca"


def test_a_decision() -> None:
    facts = json.dumps({"source": "qr", "document": "cccd", "photo": "matches"})
    assert told("decide", "-", given=facts) == {"outcome": "accept", "reasons": []}
    found = told("decide", "-", "--policy", "social_assistance", given=facts, code=4)
    assert (found["outcome"], found["reasons"][0]["code"]) == ("ask_person", "proof_too_weak")
    assert (
        "Cần người có trách nhiệm"
        in run("decide", "-", "--policy", "pledge_shop", given=facts, code=4).stdout
    )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ("", "facts"),
        ("[]", "facts"),
        ("{}", "source"),
        ('{"source": "seen"}', "source"),
        ('{"source": "qr", "photo": 3}', "photo"),
        ('{"source": "qr", "expiry_date": "soon"}', "expiry_date"),
        ('{"source": "qr", "vneid_level": true}', "vneid_level"),
        ('{"source": "qr", "warnings": [1]}', "warnings"),
        ('{"source": "qr", "birth_date": "x"}', "birth_date"),
    ],
)
def test_facts_that_are_wrong_name_the_one(facts: str, field: str) -> None:
    found = told("decide", "-", given=facts, code=3)
    assert (found["error"], found["field"]) == ("facts", field)
    assert told("decide", "-", "--policy", "none", given='{"source": "qr"}', code=3)["error"] == "policy"


def test_the_library_stands_alone() -> None:
    """`import vnid` and all its modules, without the web framework or the network."""
    program = (
        "import sys, pkgutil, importlib, vnid\n"
        "for each in pkgutil.walk_packages(vnid.__path__, 'vnid.'): importlib.import_module(each.name)\n"
        "bad = {'django', 'dean06', 'granian', 'requests', 'urllib.request', 'http.client', 'smartcard'}\n"
        "print(sorted(bad & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_needs_no_installation(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dean06", "id", "parse", "--json"],
        input=QR,
        env={"DATA_DIR": str(tmp_path / "none"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kind"] == "qr"
    assert not (tmp_path / "none").exists()


def test_a_passports_number_is_no_personal_number() -> None:
    found = told("parse", "-", "--today", "2011-01-01", given=TD3_SPECIMEN)
    assert (found["pin"], found["extra"]) == (None, ["••••••2C3"])


def test_people_read_words_and_days_not_codes(card: Path) -> None:
    shown = run("parse", str(card / "qr.txt")).stdout
    for words in ("mã QR", "Nữ", "27/12/1963", "01/08/2024", "Căn cước (2024)", "tự khai, chưa kiểm chứng"):
        assert words in shown
    assert "Trường thêm" not in shown, "empty fields are no news"
    verdict = run("verify", str(card), "--csca", str(card / "csca")).stdout
    for words in ("trong danh sách tin cậy", "chưa kiểm tra", "Họ tên", "Nơi cư trú", "Không thời hạn"):
        assert words in verdict
    assert "no_expiry" not in verdict
