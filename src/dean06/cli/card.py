"""`dean06 id verify`, `make` and `read`: the chip of a card."""

from __future__ import annotations

import io
import json
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from dean06.cli.identity import NOT_ACCEPTED, DayOption, FullOption, app, day, refusals
from dean06.cli.identity_words import FACTS_SAID, HOLDER_LABELS, said
from dean06.cli.output import JsonOption, print_json, print_table, progress, say
from dean06.core.errors import Conflict, NotFound
from vnid.chip.holder import Holder, parse_dg13
from vnid.chip.read import Access, Card, read_card
from vnid.errors import VnidError
from vnid.pin import mask, parse_pin
from vnid.synthetic import SyntheticCard, make_card
from vnid.trust.masterlist import parse_master_list
from vnid.trust.store import Store
from vnid.trust.verdict import Chip, Verdict, verify

__all__ = ["app"]
_PORTRAIT = (240, 320)
_PEM = b"-----BEGIN CERTIFICATE-----"
_FACTS = {
    "data_hashes": "Dữ liệu đúng như đã ký",
    "sod_signature": "Chữ ký",
    "issuer": "Cơ quan ký",
    "clone_check": "Chip gốc, không phải bản sao",
}
CscaOption = Annotated[
    Path | None,
    typer.Option("--csca", help="Thư mục chứng thư CSCA hoặc danh sách chủ / certificates or a master list."),
]


@app.command("verify")
def verify_folder(
    folder: Annotated[Path, typer.Argument(help="Thư mục có SOD.bin, DG1.bin … / the files of a chip.")],
    csca: CscaOption = None,
    today: DayOption = None,
    full: FullOption = False,
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra tệp đã đọc từ chip / judge files that were read from a chip."""
    files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.bin"))}
    if not files:
        raise NotFound(f"Không có tệp .bin nào trong {folder}.")
    with refusals(as_json=as_json):
        verdict = verify(files, _store(csca), day(today))
        holder = parse_dg13(files["DG13"]) if "DG13" in files else None
    _tell(verdict, holder, full=full, as_json=as_json)


@app.command("make")
def make(
    out: Annotated[Path, typer.Argument(help="Thư mục mới / a new folder.")],
    seed: Annotated[
        int, typer.Option("--seed", help="Hạt giống: cùng số cho cùng một người / the seed.")
    ] = 1,
    issued: Annotated[
        datetime, typer.Option("--issued", formats=["%Y-%m-%d"], help="Ngày cấp / day of issue.")
    ] = datetime(2024, 8, 1),  # noqa: DTZ001 - a day, not a moment
    as_json: JsonOption = False,
) -> None:
    """Tạo một thẻ giả lập đầy đủ của người không có thật / a whole synthetic card."""
    if out.exists() and any(out.iterdir()):
        raise Conflict(f"Thư mục {out} đã có nội dung.")
    out.mkdir(parents=True, exist_ok=True)
    card = make_card(seed, _portrait(seed), _PORTRAIT, issued=issued.date())
    written = {f"{name}.bin": file for name, file in card.files.items()}
    written |= {"csca.der": card.csca, "ds.der": card.signer.certificate, "ds.key": card.signer.private_key}
    written |= {"qr.txt": f"{card.qr}\n".encode(), "qr.png": _qr_image(card.qr)}
    written |= {"mrz.txt": ("\n".join(card.mrz) + "\n").encode(), "truth.json": _truth(card)}
    for name, content in written.items():
        (out / name).write_bytes(content)
    if as_json:
        print_json({"folder": str(out), "files": sorted(written)})
    else:
        say(f"Đã ghi {len(written)} tệp vào {out}; người trên thẻ không có thật (synthetic).")


@app.command("read")
def read(  # noqa: PLR0917 - typer passes them by name
    can: Annotated[str, typer.Option("--can", help="Sáu số cuối của số định danh / last six digits.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Ghi các tệp vào đây / keep the files.")] = None,
    reader: Annotated[str, typer.Option("--reader", help="Tên đầu đọc / the reader's name.")] = "",
    csca: CscaOption = None,
    today: DayOption = None,
    full: FullOption = False,
    as_json: JsonOption = False,
) -> None:
    """Đọc thẻ trên đầu đọc và kiểm tra / read the card on a reader and judge it."""
    from vnid.chip.pcsc import PcscTransport

    number = can or typer.prompt("Sáu số cuối của số định danh (hoặc cả số)", hide_input=True, err=True)
    with refusals(as_json=as_json):
        access = Access(can=parse_pin(number).can if len(number) == 12 else number)
        with PcscTransport(reader) as transport, progress("Đọc chip") as bar:
            task = bar.add_task("")
            card = read_card(
                transport,
                access,
                secrets.token_bytes,
                progress=lambda name, done, whole: bar.update(
                    task, description=name, completed=done, total=whole
                ),
            )
        if card.error is not None:
            raise card.error
        verdict = verify(
            card.files,
            _store(csca),
            day(today),
            Chip(card.active_proof, card.chip_authenticated, card.mapping),
        )
        holder = parse_dg13(card.files["DG13"]) if "DG13" in card.files else None
    if out is not None:
        _keep(card, out)
    _tell(verdict, holder, full=full, as_json=as_json)


def _keep(card: Card, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in card.files.items():
        (out / f"{name}.bin").write_bytes(content)


def _store(source: Path | None) -> Store:
    """The anchors of a folder (*.der, *.cer, *.crt, *.pem, *.ml, *.crl) or of a master list."""
    store = Store()
    if source is None:
        return store
    _fill(store, source)
    for each in store.refused:
        say(f"Chứng thư thứ {each.position + 1} trong {source} không đọc được ({each.code}).")
    if not store.anchors:
        raise VnidError("missing", "csca")
    return store


def _fill(store: Store, source: Path) -> None:
    if source.is_file():
        store.add(parse_master_list(source.read_bytes()).certificates)
    else:
        for path in sorted(source.iterdir()):
            if path.suffix in (".der", ".cer", ".crt", ".pem"):
                store.add(_certificates(path.read_bytes()))
            elif path.suffix == ".ml":
                store.add(parse_master_list(path.read_bytes()).certificates)
        for path in sorted(source.glob("*.crl")):
            store.add_revocations(path.read_bytes())


def _certificates(data: bytes) -> list[bytes]:
    if _PEM not in data:
        return [data]
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return [each.public_bytes(Encoding.DER) for each in load_pem_x509_certificates(data)]
    except ValueError as error:
        raise VnidError("certificate", "csca") from error


def _tell(verdict: Verdict, holder: Holder | None, *, full: bool, as_json: bool) -> None:
    facts = {name: str(getattr(verdict, name).value) for name in _FACTS}
    if as_json:
        reasons = [{"code": why.reason.value, "group": why.group, "vi": why.text()} for why in verdict.why]
        print_json(facts | {"reasons": reasons, "holder": _holder(holder, full=full)})
    else:
        rows = [(words, FACTS_SAID[facts[name]]) for name, words in _FACTS.items()]
        rows += [("", why.text()) for why in verdict.why]
        held = (_holder(holder, full=full) or {}).items()
        rows += [(HOLDER_LABELS[name], said(name, value)) for name, value in held if value]
        print_table("", ("Điều kiểm tra", "Kết quả"), rows)
    if "bad" in facts.values() or facts["issuer"] != "trusted":
        raise typer.Exit(NOT_ACCEPTED)


def _holder(holder: Holder | None, *, full: bool) -> dict[str, Any] | None:
    if holder is None:
        return None
    return {
        "pin": holder.pin if full else mask(holder.pin),
        "old_number": holder.old_number if full else mask(holder.old_number),
        "name": holder.name,
        "birth_date": str(holder.birth_date) if holder.birth_date else None,
        "sex": holder.sex.value,
        "residence": holder.residence,
        "issue_date": holder.issue_date.isoformat() if holder.issue_date else None,
        "expiry_date": holder.expiry_date.isoformat() if holder.expiry_date else None,
        "no_expiry": holder.no_expiry,
    }


def _truth(card: SyntheticCard) -> bytes:
    return (json.dumps(card.truth, ensure_ascii=False, indent=2) + "\n").encode()


def _qr_image(text: str) -> bytes:
    import qrcode

    out = io.BytesIO()
    qrcode.make(text).save(out)
    return out.getvalue()


def _portrait(seed: int) -> bytes:
    """A drawn face that nobody has: an oval on a plain ground, tinted by the seed."""
    from PIL import Image, ImageDraw

    tint = (seed * 37) % 60
    image = Image.new("RGB", _PORTRAIT, (225, 232, 240))
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 250, 200, 420), fill=(60, 80, 110 + tint))
    draw.ellipse((70, 70, 170, 230), fill=(200 + tint // 3, 170 + tint // 3, 140))
    draw.pieslice((65, 55, 175, 175), 180, 360, fill=(45, 40, 40))
    for left in (95, 130):
        draw.ellipse((left, 140, left + 15, 150), fill=(40, 40, 45))
    draw.arc((100, 165, 140, 200), 20, 160, fill=(150, 80, 80), width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
