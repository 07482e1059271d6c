"""`make bench GROUP=vnid`: reading codes, judging files of a chip, loading a list of issuers."""

from __future__ import annotations

import io
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from PIL import Image

from tests.bench.report import Bar, Row, Table, show
from tests.vnid.card import slot
from tests.vnid.card.emulator import Emulator
from tests.vnid.reader.cards import laid
from vnid.chip.lds import make_com
from vnid.chip.read import Access, read_card
from vnid.chip.transport import Transport
from vnid.curves import curves
from vnid.decide import Facts, decide, policies
from vnid.mrz import parse_mrz
from vnid.pin import doubts
from vnid.qr import parse_qr
from vnid.synthetic import SyntheticCard, make_card
from vnid.synthetic.issuer import (
    Authority,
    DocumentSigner,
    SigningKey,
    authority,
    document_signer,
    key_from,
    make_sod,
)
from vnid.trust.certificates import Certificate, parse_certificate
from vnid.trust.cms import Signed
from vnid.trust.sod import parse_sod
from vnid.trust.store import Issuer, Store
from vnid.trust.verdict import Chip, verify

pytestmark = pytest.mark.bench
TODAY = date(2026, 11, 24)
CODES, ROUNDS, TIMES, LISTED, CARDS, DESK = 5000, 9, 300, 600, 5, 50
AIR = 424_000  # bits a second, a usual rate of contactless readers (ISO/IEC 14443)
GROUPS = {"DG1": 95, "DG2": 14_000, "DG13": 700, "DG14": 500, "DG15": 300}


def per_item(work: Callable[[], object], times: int, rounds: int = ROUNDS) -> list[float]:
    """Microseconds of processor time for one of `times`, in each round."""
    found = []
    for _ in range(rounds):
        before = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - before) * 1e6 / times)
    return found


def beside(
    alone: Callable[[], object], whole: Callable[[], object]
) -> tuple[list[float], list[float], float]:
    """Both in turn, and the ratio of a middle round: a machine's pace changes by the second."""
    first, second = [], []
    for _ in range(ROUNDS):
        first += per_item(alone, TIMES, 1)
        second += per_item(whole, TIMES, 1)
    return first, second, statistics.median(b / a for a, b in zip(first, second, strict=True))


def codes() -> list[Row]:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    texts = [make_card(seed, out.getvalue(), (8, 8)).qr for seed in range(200)]
    gate, count = policies()["heritage_gate"], 0

    def one() -> None:
        nonlocal count
        text = f"{texts[count % 200][:9]}{count % 1000:03d}{texts[count % 200][12:]}"
        count += 1
        qr = parse_qr(text)
        warnings = doubts(qr.pin, today=TODAY, birth=qr.birth_date, sex=qr.sex)
        facts = Facts("qr", "can_cuoc", birth_date=qr.birth_date, issue_date=qr.issue_date, warnings=warnings)
        assert decide(facts, gate, TODAY).reasons == ()

    return [Row("QR code: read, doubts, decision", per_item(one, CODES), "µs", bar=Bar("median", 20))]


def bare(signed: Signed, certificate: Certificate) -> Callable[[], None]:
    """The verification of the signature alone, by the same call of `cryptography`."""
    signer, key = signed.signers[0], certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        return lambda: key.verify(signer.signature, signer.attributes, padding.PKCS1v15(), SHA256())
    return lambda: key.verify(signer.signature, signer.attributes, ec.ECDSA(SHA256()))


def holding(number: int, signer: DocumentSigner) -> dict[str, bytes]:
    """The files of one of a signer's cards."""
    groups = {
        int(group[2:]): bytes((0x61, 0x82)) + number.to_bytes(2) + bytes(size)
        for group, size in GROUPS.items()
    }
    files = {f"DG{group}": file for group, file in groups.items()}
    return files | {"SOD": make_sod(groups, signer), "EF_COM": make_com(tuple(sorted(groups)))}


def judging() -> list[Row]:
    root = authority(key_from(ec.BrainpoolP384R1(), curves()["brainpoolP384r1"].n, "root"), "CSCA")
    keys: list[tuple[str, SigningKey, float]] = [
        ("P-256", key_from(ec.SECP256R1(), curves()["P-256"].n, "ds"), 1 / 0.70),
        ("brainpoolP256r1", key_from(ec.BrainpoolP256R1(), curves()["brainpoolP256r1"].n, "ds"), 1 / 0.85),
        ("RSA-2048", rsa.generate_private_key(public_exponent=65537, key_size=2048), 1 / 0.45),
    ]
    rows = []
    for name, key, most in keys:
        signer = document_signer(root, key)
        cards, store = [holding(number, signer) for number in range(DESK)], Store()
        store.add([root.certificate])
        turn = itertools.cycle(cards)

        def judge(turn: Iterator[dict[str, bytes]] = turn, store: Store = store) -> None:
            found = verify(next(turn), store, TODAY)
            assert found.authentic

        certificate = parse_certificate(signer.certificate)
        only = bare(parse_sod(cards[0]["SOD"]).signed, certificate)
        bare_times, times, ratio = beside(only, judge)
        bar = Bar("ratio", round(most, 2))
        what = f"{name}: passive authentication, signer known"
        rows += [
            Row(f"{name}: the signature alone", bare_times, "µs"),
            Row(what, times, "µs", "the signature alone", ratio, bar),
        ]
    return rows + _full(root)


def _full(root: Authority) -> list[Row]:
    """A signer who was never seen, of an issuer whose cards were: his certificate is read and checked."""
    from vnid.trust import verdict

    issuer, order = parse_certificate(root.certificate), curves()["P-256"].n
    signers = [document_signer(root, key_from(ec.SECP256R1(), order, "ds", number)) for number in range(DESK)]
    cards = [holding(number, signer) for number, signer in enumerate(signers)]
    certificate = parse_certificate(signers[0].certificate)
    alone = bare(parse_sod(cards[0]["SOD"]).signed, certificate)
    turn, store = itertools.cycle(cards), Store()
    store.add([root.certificate])

    def both() -> None:
        alone()
        issuer.key.verify(certificate.signature, certificate.signed, ec.ECDSA(SHA384()))  # type: ignore[call-arg, arg-type]

    def judge() -> None:
        verdict._certificate.cache_clear()
        store._found.clear()
        store._judged.clear()
        assert verify(next(turn), store, TODAY).issuer is Issuer.TRUSTED

    bare_times, times, ratio = beside(both, judge)
    bar = Bar("ratio", 1.18)
    return [
        Row("both signatures alone (P-256, brainpoolP384r1)", bare_times, "µs"),
        Row("passive authentication, the full chain", times, "µs", "both signatures", ratio, bar),
    ]


def loading() -> list[Row]:
    key = key_from(ec.BrainpoolP384R1(), curves()["brainpoolP384r1"].n, "root")
    listed = [authority(key, f"CSCA {number}").certificate for number in range(LISTED)]
    asked = document_signer(authority(key, "CSCA 0"), key_from(ec.SECP256R1(), curves()["P-256"].n, "ds"))
    certificate = parse_certificate(asked.certificate)

    def load() -> None:
        store = Store()
        assert store.add(listed) == LISTED

    store = Store()
    store.add(listed)
    loaded = [each / 1000 for each in per_item(load, 1)]
    found = per_item(lambda: store.knows(certificate), 2000)
    return [
        Row(f"a list of {LISTED} certificates into a store", loaded, "ms", bar=Bar("median", 100)),
        Row("an issuer by its key among them", found, "µs"),
    ]


class Watch:
    """A connection that counts how long the other end takes: the reader's stack and the card."""

    def __init__(self, transport: Transport) -> None:
        self._transport, self.waited = transport, 0.0

    def transmit(self, command: bytes) -> bytes:
        before = time.perf_counter()
        answer = self._transport.transmit(command)
        self.waited += time.perf_counter() - before
        return answer


def reading() -> list[Row]:
    """A whole card over the machine's own reader stack; the card itself is a program in this process."""
    if why := slot.missing():
        pytest.fail(f"no card can be read here: {why}")
    out = io.BytesIO()
    Image.effect_noise((260, 340), 60).convert("RGB").save(out, "JPEG", quality=70)
    made = make_card(7, out.getvalue(), (260, 340))
    size = sum(map(len, made.files.values())) / 1000
    with slot.opened() as reader, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCSCLITE_CSOCK_NAME", str(reader.path))
        seconds, commands, ours = _readings(made, reader, 0)
        paced, _commands, share = _readings(made, reader, AIR)
    return [
        Row(f"a card of {size:.1f} KB over the virtual reader: read and judged", seconds, "s"),
        Row("commands to the card", commands, ""),
        Row("share of our code, the card as fast as this machine", ours, "%"),
        Row("the same card at 424 kbit/s", paced, "s"),
        Row("share of our code at 424 kbit/s", share, "%", bar=Bar("median", 20)),
    ]


def _readings(
    made: SyntheticCard, reader: slot.Slot, rate: int
) -> tuple[list[float], list[float], list[float]]:
    """Seconds, commands and our share (percent) of each reading; `rate`: bits a second in the air, or 0."""
    store = Store()
    store.add([made.csca])
    key = parse_mrz("\n".join(made.mrz), today=TODAY).access_key
    seconds, commands, ours = [], [], []
    for _ in range(CARDS):
        chip = Emulator(dict(made.files), made.can, key, active_key=made.active_key, chip_key=made.chip_key)
        with laid(reader, chip, _paced(chip, rate)) as (transport, _lying):
            watch = Watch(transport)
            before = time.perf_counter()
            card = read_card(watch, Access(can=made.can), os.urandom)
            proofs = Chip(card.active_proof, card.chip_authenticated, card.mapping)
            found = verify(card.files, store, TODAY, proofs)
            took = time.perf_counter() - before
        assert found.authentic
        assert found.clone_check == "ok"
        seconds.append(took)
        commands.append(float(card.commands))
        ours.append(100 * (took - watch.waited) / took)
    return seconds, commands, ours


def _paced(chip: Emulator, rate: int) -> Callable[[bytes], bytes]:
    """The chip's answers no sooner than their bytes could have come through the air."""

    def transmit(command: bytes) -> bytes:
        answer = chip.transmit(command)
        if rate:
            time.sleep((len(command) + len(answer)) * 8 / rate)
        return answer

    return transmit


def test_vnid(capsys: pytest.CaptureFixture[str]) -> None:
    notes = (
        "Times of the processor. A ratio of 1.43 is 70 % of the bare rate, 1.18 is 85 %, 2.22 is 45 %.",
        "“Signer known”: 50 cards of one signer, seen in turn before, as at each desk after its first cards.",
        "“The full chain”: 50 new signers of an issuer whose cards were seen; certificates read and checked.",
        "The card: PACE, secure messaging, all files, both proofs of the chip, its signatures; through",
        "pcscd, vpcd and pyscard. The rest of its time is that of the stack and of the card, a program that",
        "answers faster than any chip; at 424 kbit/s only the bytes in the air are added, no time to reckon.",
    )
    rows = [*codes(), *judging(), *loading(), *reading()]
    table = Table("vnid", f"{CODES} codes; five data groups of 15.6 KB; {LISTED} issuers", rows, notes)
    with capsys.disabled():
        show(table)
