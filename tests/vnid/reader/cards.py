"""Synthetic cards on the virtual reader."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from PIL import Image

from tests.vnid.card.emulator import Emulator
from tests.vnid.card.slot import Lying, Slot, Transmit
from tests.vnid.samples import TODAY
from vnid.chip.pcsc import PcscTransport
from vnid.errors import ChipError
from vnid.mrz import parse_mrz
from vnid.synthetic import SyntheticCard, make_card

PATIENCE = 4.0
GLANCE = 1.0


class Laid(NamedTuple):
    """A connection, and the card to be taken away."""

    transport: PcscTransport
    lying: Lying


@cache
def synthetic(seed: int = 7) -> SyntheticCard:
    """A card with a small portrait that has more than one block of bytes."""
    out = io.BytesIO()
    Image.effect_noise((120, 160), 40).convert("RGB").save(out, "JPEG")
    return make_card(seed, out.getvalue(), (120, 160))


def chip(card: SyntheticCard) -> Emulator:
    """Its chip, powered."""
    key = parse_mrz("\n".join(card.mrz), today=TODAY).access_key
    return Emulator(dict(card.files), card.can, key, active_key=card.active_key, chip_key=card.chip_key)


@contextmanager
def laid(reader: Slot, emulator: Emulator, transmit: Transmit | None = None) -> Iterator[Laid]:
    """A card on the reader with a connection to it.

    The service looks a few times a second and may take a card for the one that lay there just before;
    it is then laid down again, as a person would.
    """
    for last in (False, False, False, True):
        with reader.card(transmit or emulator.transmit, emulator.reset) as lying:
            transport = _noticed(last=last)
            if transport is not None:
                with transport:
                    yield Laid(transport, lying)
                return
        time.sleep(GLANCE)


def _noticed(*, last: bool) -> PcscTransport | None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return PcscTransport()
        except ChipError as error:
            if error.code != "chip_no_card" or (last and time.monotonic() > end):
                raise
            if time.monotonic() > end:
                return None
        time.sleep(0.05)
