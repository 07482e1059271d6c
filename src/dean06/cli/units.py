"""`dean06 unit`: a unit as at a date, search, import and export of the tree."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, say
from dean06.core.errors import Invalid

if TYPE_CHECKING:
    from dean06.core.sheets import SheetRows
    from dean06.core.units.facts import UnitFact
    from dean06.core.units.importing import ImportReport
    from dean06.core.units.search import UnitHit
    from dean06.core.units.succession import Heir, SuccessionFact

app = typer.Typer(no_args_is_help=True, help="Đơn vị: tra cứu, nhập, xuất / units.")

AtOption = Annotated[
    datetime | None,
    typer.Option("--at", formats=["%Y-%m-%d"], help="Tại ngày; mặc định: hôm nay / as at a date."),
]


@contextmanager
def _everything() -> Iterator[None]:
    """One transaction that sees every unit: the command line belongs to the operator of the machine."""
    from django.db import transaction

    from dean06.core.access.scope import wide

    with transaction.atomic(), wide("operator's command"):
        yield


@app.command()
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Mã hoặc mã định danh / code or key.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Một đơn vị: cấp trên, hiệu lực, đơn vị kế thừa / one unit and what became of it."""
    from dean06.core.units import queries

    with _everything():
        unit = queries.holder(code, _day(at))
        day = queries.last_day(unit, _day(at))
        fact = queries.fact(unit.pk, day)
        parent = queries.fact(fact.parent_id, day).code if fact.parent_id else None
        if as_json:
            print_json(_unit_json(fact, parent, queries.successors(unit.pk)))
        else:
            _show(fact, parent, queries.heirs(unit.pk, _day(at)))


def _unit_json(fact: UnitFact, parent: str | None, steps: list[SuccessionFact]) -> dict[str, object]:
    return {
        "code": fact.code,
        "name": fact.name,
        "kind": fact.kind.value,
        "parent": parent,
        "valid": {"from": fact.valid_from, "to": fact.valid_to},
        "successors": [
            {
                "code": step.unit.code,
                "name": step.unit.name,
                "kind": step.kind,
                "share": step.share,
                "effective_date": step.effective_date,
                "document": step.document,
                "verified": step.verified,
            }
            for step in steps
        ],
    }


def _show(fact: UnitFact, parent: str | None, heirs: list[Heir]) -> None:
    rows: list[tuple[str, object]] = [
        ("mã", fact.code),
        ("mã định danh", fact.key),
        ("loại", fact.kind.label),
        ("trực thuộc", f"{fact.parent_name} ({parent})" if parent else None),
        ("hiệu lực từ", fact.valid_from),
        ("đến trước", fact.valid_to),
    ]
    rows += [
        (
            "kế thừa" if heir.current else "kế thừa, đã kết thúc",
            f"{_percent(heir)} % {heir.unit.name} ({heir.unit.code})",
        )
        for heir in heirs
    ]
    print_table(fact.name, ("", ""), rows)


def _percent(heir: Heir) -> str:
    return f"{heir.share * 100:.1f}".replace(".", ",").removesuffix(",0")


@app.command()
def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Tên, tên khác hoặc mã / name or code.")],
    at: AtOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Số kết quả / results.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Tìm đơn vị, không cần dấu / find units, accents not needed."""
    from dean06.core import clock
    from dean06.core.units import queries

    day = _day(at) or clock.today()
    with _everything():
        hits = queries.search(text, day, limit=limit)
        parents = queries.facts((hit.unit.parent_id for hit in hits if hit.unit.parent_id), day)
    if as_json:
        print_json([_hit_json(hit, parents.get(hit.unit.parent_id or 0)) for hit in hits])
        return
    rows = (
        (
            hit.unit.code,
            hit.unit.name,
            hit.unit.parent_name or None,
            hit.matched or None,
            "" if hit.current else "đã kết thúc",
        )
        for hit in hits
    )
    print_table(f"{len(hits)} đơn vị", ("mã", "tên", "trực thuộc", "khớp với", "ghi chú"), rows)


def _hit_json(hit: UnitHit, parent: UnitFact | None) -> dict[str, object]:
    return {
        "code": hit.unit.code,
        "name": hit.unit.name,
        "kind": hit.unit.kind.value,
        "parent": parent.code if parent else None,
        "parent_name": hit.unit.parent_name or None,
        "matched": hit.matched or None,
        "current": hit.current,
        "successors": [heir.unit.code for heir in hit.heirs],
    }


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Tệp .csv hoặc .xlsx theo mẫu.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không ghi / check only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Nhập đơn vị từ tệp; có lỗi thì không ghi gì / import units, all or nothing."""
    from dean06.core.access.actor import system_actor
    from dean06.core.units import actions

    rows = _read(file)
    with _everything():
        report = actions.import_units(actor=system_actor("dean06 unit import"), rows=rows, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": report.dry_run, "rows": report.rows})
        return
    for note in rows.notes:
        say(note)
    _tell(report)


def _read(file: Path) -> SheetRows:
    from dean06.core.units import sheet

    try:
        with file.open("rb") as data:
            return sheet.read_units(file.name, data)
    except OSError as error:
        raise Invalid(f"Không đọc được tệp “{file}”: {error.strerror}.") from error


def _tell(report: ImportReport) -> None:
    changed = [row for row in report.rows if row.change != "unchanged"]
    words = {"created": "thêm mới", "updated": "sửa"}
    print_table(
        "",
        ("dòng", "mã định danh", "tên", "thay đổi", "cột"),
        ((row.number, row.key, row.name, words[row.change], ", ".join(row.fields)) for row in changed),
    )
    say(
        f"{'Kiểm tra (chưa ghi)' if report.dry_run else 'Đã ghi'}: thêm mới {report.count('created')}, "
        f"sửa {report.count('updated')}, giữ nguyên {report.count('unchanged')} đơn vị."
    )


@app.command()
def export(
    at: AtOption = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Tệp .csv hoặc .xlsx; mặc định: CSV ra màn hình.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Xuất cây đơn vị tại một ngày, nhập lại được / export the tree as at a date."""
    from dean06.core.units import sheet

    form = "csv" if output is None else output.suffix.lower().lstrip(".")
    if form not in {"csv", "xlsx"}:
        raise Invalid(f"Tệp xuất phải là .csv hoặc .xlsx, không phải “{output}”.")
    with _everything():
        data = sheet.export_units(form, _day(at))
    if output is not None:
        _write(output, data)
        if as_json:
            print_json({"file": output, "bytes": len(data)})
    elif as_json:
        print_json(list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")))))
    else:
        sys.stdout.buffer.write(data)


def _write(output: Path, data: bytes) -> None:
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Invalid(f"Không ghi được tệp “{output}”: {error.strerror}.") from error


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None
