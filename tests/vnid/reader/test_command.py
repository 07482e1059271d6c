"""`dean06 id read`: a program of its own before a card on the virtual reader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.vnid.card import slot
from tests.vnid.card.emulator import Emulator
from tests.vnid.reader.cards import chip, synthetic

REFUSED = 3


def read(where: Path, *arguments: str, say: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dean06", "id", "read", *arguments],
        env=os.environ | {"PCSCLITE_CSOCK_NAME": str(where)},
        input=say,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def noticed(commands: slot.Slot, emulator: Emulator, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask until the service has noticed the card, which is laid down again now and then."""
    for _ in range(5):
        with commands.card(emulator.transmit, emulator.reset):
            end = time.monotonic() + 5
            while time.monotonic() < end:
                done = read(commands.path, *arguments)
                if "chip_no_card" not in done.stdout + done.stderr:
                    return done
        time.sleep(1)
    raise TimeoutError("the card was not noticed")


def test_a_card_is_read_judged_and_kept(reader: slot.Slot, tmp_path: Path) -> None:
    made = synthetic()
    anchor, out = tmp_path / "csca.der", tmp_path / "card"
    anchor.write_bytes(made.csca)
    done = noticed(
        reader, chip(made), "--can", made.can, "--csca", str(tmp_path), "--today", "2026-01-15", "--json",
        "--out", str(out),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["data_hashes"], told["sod_signature"], told["issuer"], told["clone_check"]) == (
        "ok", "ok", "trusted", "ok",
    )  # fmt: skip
    assert told["holder"]["name"] == made.holder.name
    assert made.holder.pin not in done.stdout
    assert {path.stem: path.read_bytes() for path in out.glob("*.bin")} == made.files


def test_the_reader_service_that_does_not_run_is_told(possible: None, tmp_path: Path) -> None:
    done = read(tmp_path / "nothing", "--can", "000001", "--json")
    assert done.returncode == REFUSED
    assert json.loads(done.stdout)["error"] == "reader_service"


@pytest.mark.usefixtures("possible")
def test_the_reader_service_that_ends_while_a_card_is_read_is_told() -> None:
    made = synthetic()
    emulator = chip(made)
    with slot.opened() as own:

        def transmit(command: bytes) -> bytes:
            if len(emulator.commands) == 10:
                own.stop()
            return emulator.transmit(command)

        acting = Emulator(emulator.files)
        acting.transmit, acting.reset = transmit, emulator.reset  # type: ignore[method-assign]
        done = noticed(own, acting, "--can", made.can, "--json")
    assert done.returncode == REFUSED
    assert json.loads(done.stdout)["error"] == "reader_service"
