"""Synthetic cards: numbers of nobody, check digits computed."""

from __future__ import annotations

from datetime import date

TODAY = date(2026, 1, 15)
QR_2021 = "001099000001|012345678|Nguyễn Văn A|15011999|Nam|Số 1, Phố Z, Hà Nội|01022022"
QR_2024 = "001199000001||Nguyễn Thị A|15011999|Nữ|Số 1, Phố Z, Hà Nội|01082024||||"
CARD = "IDVNM0990000017001099000001<<8\n9901155M3901153VNM<<<<<<<<<<<0\nNGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
NO_EXPIRY = "IDVNM1650000022079165000002<<2\n6506043F9912315VNM<<<<<<<<<<<2\nTRAN<<THI<B<<<<<<<<<<<<<<<<<<<"
SHORT_NAME = "IDVNM2039999995096203999999<<8\n0302287M2802286VNM<<<<<<<<<<<4\nLE<<C<<<<<<<<<<<<<<<<<<<<<<<<<"
CARDS = (CARD, NO_EXPIRY, SHORT_NAME)
# ICAO 9303-5 appendix B and 9303-4 appendix B: the specimens of Utopia.
TD1_SPECIMEN = (
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)
TD3_SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
