"""Worked examples as the standards print them."""

from __future__ import annotations

from datetime import date

import pytest

from vnid.chip.active import _recovered
from vnid.chip.lds import parse_dg1
from vnid.errors import MrzError
from vnid.mrz import check_digit, parse_mrz

DAY = date(2010, 1, 1)
# ICAO 9303-11, appendix F: the block that the signature of active authentication opens to, and RND.IFD.
BLOCK = bytes.fromhex(
    "6A9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C"
    "98599F40B79F377B5F3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD"
    "4E7292E2DCDA3024B47DA8C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127BC"
)
CHALLENGE = bytes.fromhex("F173589974BF40C6")
# ICAO 9303-10, appendix A.2.1: DG1 of a TD1 card.
DG1 = bytes.fromhex(
    "615D5F1F5A493C4E4C44584938353933354638363939393939393939303C3C3C3C3C3C37323038313438463131303832"
    "36384E4C443C3C3C3C3C3C3C3C3C3C3C3456414E3C4445523C535445454E3C3C4D415249414E4E453C4C4F55495345"
)


def test_9303_11_appendix_f_and_iso_9796_2() -> None:
    assert _recovered(BLOCK, CHALLENGE)


@pytest.mark.parametrize("at", [0, 1, 60, 107, 126, 127])
def test_no_other_block_and_no_other_challenge(at: int) -> None:
    assert not _recovered(BLOCK[:at] + bytes((BLOCK[at] ^ 1,)) + BLOCK[at + 1 :], CHALLENGE)
    assert not _recovered(BLOCK, CHALLENGE[:-1] + b"\0")


def test_9303_10_appendix_a() -> None:
    """The standard prints a wrong check digit over the whole; with the right one the zone is read."""
    zone = parse_dg1(DG1)
    with pytest.raises(MrzError) as told:
        parse_mrz(zone, today=DAY)
    assert (told.value.code, told.value.field) == ("check_digit", "composite")
    read = parse_mrz(
        f"{zone[:59]}{check_digit(zone[5:30] + zone[30:37] + zone[38:45] + zone[48:59])}{zone[60:]}",
        today=DAY,
    )
    assert (read.primary, read.secondary) == ("VAN DER STEEN", "MARIANNE LOUISE")
    assert (read.document_number, str(read.birth_date)) == ("XI85935F8", "1972-08-14")
