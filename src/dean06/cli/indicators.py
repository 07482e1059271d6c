"""`dean06 indicator`: figures, gaps, evidence, recounting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, progress, say
from dean06.cli.usage import meant
from dean06.core.errors import Dean06Error, Invalid, NotFound

if TYPE_CHECKING:
    from dean06.core.units.models import Unit
    from dean06.plan.engine import Figure, RowPage
    from dean06.plan.models import Item
    from dean06.plan.periods import Period

app = typer.Typer(no_args_is_help=True, help="Chỉ số: số liệu, việc còn thiếu, bằng chứng / indicators.")

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="Mã chỉ số hoặc mã mục kế hoạch / indicator code or item id.")
]
PeriodOption = Annotated[str, typer.Option("--period", help="Kỳ báo cáo, ví dụ 2023-09 / period.")]
UnitOption = Annotated[
    str | None, typer.Option("--unit", help="Mã đơn vị; mặc định: tỉnh / unit code; default: the province.")
]


@dataclass(frozen=True)
class _Subject:
    """What the command line asks about: an indicator, or an item whose figures are stated."""

    code: str | None
    item: Item | None
    period: Period
    unit: Unit
    unit_code: str


@contextmanager
def _everything() -> Iterator[None]:
    """One transaction that sees every unit: the command line belongs to the operator of the machine."""
    from django.db import transaction

    from dean06.core.access.scope import wide

    with transaction.atomic(), wide("operator's command"):
        yield


@app.command()
def show(
    identity: IdArgument, period: PeriodOption, unit: UnitOption = None, as_json: JsonOption = False
) -> None:
    """Một số liệu: tử, mẫu, tỷ lệ / one figure."""
    with _everything():
        asked = _resolve(identity, period, unit)
        figure = _figure(asked)
    answer = {
        "indicator": asked.code or identity,
        "period": asked.period.key,
        "unit": asked.unit_code,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "value": figure.value,
        "source": figure.source.value,
        "definition": figure.definition_version or None,
        "computed_at": figure.computed_at,
    }
    if as_json:
        print_json(answer)
        return
    value = "không phát sinh" if figure.nothing_arose else f"{figure.value} %".replace(".", ",")
    rows = [(name, value if name == "value" else cell) for name, cell in answer.items()]
    print_table(asked.unit.name, ("", ""), rows)


@app.command()
def gaps(
    identity: IdArgument, period: PeriodOption, unit: UnitOption = None, as_json: JsonOption = False
) -> None:
    """Những gì còn thiếu / what is not met yet."""
    from dean06.plan import engine

    with _everything():
        asked = _resolve(identity, period, unit)
        page = engine.gaps(_counted(asked), asked.period, asked.unit.pk, per_page=None)
        lines = _lines(page, asked.period)
    if as_json:
        print_json(lines)
    else:
        print_table(
            f"{page.total} còn thiếu", ("đơn vị", "mã", "nội dung"), (tuple(x.values()) for x in lines)
        )


@app.command()
def evidence(
    identity: IdArgument, period: PeriodOption, unit: UnitOption = None, as_json: JsonOption = False
) -> None:
    """Những gì đã đạt và bản ghi chứng minh / what is met, with the record that proves it."""
    from dean06.plan import engine

    with _everything():
        asked = _resolve(identity, period, unit)
        page = engine.evidence(_counted(asked), asked.period, asked.unit.pk, per_page=None)
        lines = [
            line | {"at": row.at, "url": row.evidence_url}
            for line, row in zip(_lines(page, asked.period), page.rows, strict=True)
        ]
    if as_json:
        print_json(lines)
    else:
        columns = ("đơn vị", "mã", "nội dung", "từ lúc", "bản ghi")
        print_table(f"{page.total} đã đạt", columns, (tuple(x.values()) for x in lines))


@app.command()
def refresh(
    period: PeriodOption,
    identity: Annotated[str | None, typer.Argument(metavar="ID", help="Mã chỉ số hoặc mã mục.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Mọi chỉ số / every indicator.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Đếm lại từ bản ghi; kỳ đã chốt giữ nguyên / count anew; frozen periods stay."""
    from dean06.plan import engine

    if every == (identity is not None):
        raise Invalid("Nêu một mã chỉ số, hoặc --all để đếm lại mọi chỉ số.")
    with _everything():
        when = _period(period)
        codes = [one.code for one in engine.every()] if identity is None else [_code(identity)[0] or ""]
    if "" in codes:
        raise Invalid(f"Mục {identity} không được đếm từ bản ghi nên không có gì để đếm lại.")
    done = []
    with progress("Đếm chỉ số") as bar:
        for code in bar.track(codes, description=when.key):
            result = engine.refresh(code, when)
            done.append({"indicator": code, "rows": result.rows, "frozen": result.frozen})
    if as_json:
        print_json(done)
    else:
        frozen = sum(1 for one in done if one["frozen"])
        say(f"Đã đếm lại {len(done) - frozen} chỉ số của kỳ {when.key}; {frozen} chỉ số đã chốt giữ nguyên.")


def _resolve(identity: str, period: str, unit: str | None) -> _Subject:
    from dean06.core.units.queries import fact, resolve

    when = _period(period)
    code, item = _code(identity)
    place = resolve(unit, when.cutoff) if unit is not None else _province(when)
    return _Subject(code, item, when, place, unit or fact(place.pk, when.cutoff).code)


def _period(key: str) -> Period:
    from dean06.core import clock
    from dean06.plan.engine.calendar import first_period
    from dean06.plan.periods import Period

    period = Period.parse(key)
    first = first_period()
    if first is not None and period < first:
        raise Invalid(f"Kỳ {period.key} ở trước kỳ đầu của kế hoạch ({first.key}): không có gì để đếm.")
    if period.start > clock.now():
        raise Invalid(f"Kỳ {period.key} chưa bắt đầu (từ ngày {period.opens_on:%d/%m/%Y}).")
    return period


def _province(period: Period) -> Unit:
    from dean06.core.units.models import Kind
    from dean06.core.units.queries import resolve, units_of_kind

    provinces = units_of_kind([Kind.PROVINCE], period.cutoff)
    if len(provinces) != 1:
        names = ", ".join(one.code for one in provinces) or "chưa có đơn vị cấp tỉnh nào"
        raise Invalid(f"Hãy nêu --unit: không rõ tỉnh nào vào ngày {period.cutoff:%d/%m/%Y} ({names}).")
    return resolve(provinces[0].key, period.cutoff)


def _code(identity: str) -> tuple[str | None, Item | None]:
    """The indicator that an id means, or the item whose figures are stated."""
    from dean06.plan import engine
    from dean06.plan.figures import indicator_for
    from dean06.plan.models import Item

    if engine.is_registered(identity):
        return identity, None
    item = Item.objects.filter(code=identity).order_by("-plan__starts_on").first()
    if item is None:
        known = [one.code for one in engine.every()]
        known += Item.objects.order_by("code").values_list("code", flat=True).distinct()
        hint, _english = meant(identity, known)
        raise NotFound(f"Không có chỉ số hay mục kế hoạch nào mang mã “{identity}”.{hint}")
    if item.known_by in (Item.KnownBy.IMPORTED, Item.KnownBy.DECLARED):
        return None, item
    if item.known_by != Item.KnownBy.COUNTED:
        raise Invalid(f"Mục {item.code}: {item.get_known_by_display()}. {item.known_by_reason}".strip())
    code = indicator_for(item)
    if not engine.is_registered(code):
        raise Invalid(f"Mục {item.code}: chỉ số {code} chưa có trong hệ thống (dự kiến ở mô hình sau).")
    return code, item


def _figure(asked: _Subject) -> Figure:
    from dean06.plan import engine
    from dean06.plan.figures import figure_of, stated_figures

    if asked.code is None and asked.item is not None:
        for stated in stated_figures(asked.item.pk, asked.unit.pk, asked.period):
            if stated.kind == asked.item.known_by:
                return figure_of(stated)
        raise NotFound(
            f"Mục {asked.item.code} không đếm từ bản ghi, và chưa có số liệu nào được nhập hay khai cho "
            f"{asked.unit.name} kỳ {asked.period.key}."
        )
    code = _counted(asked)
    figure = engine.observation(code, asked.period, asked.unit.pk)
    if figure is None:
        engine.refresh(code, asked.period)
        figure = engine.observation(code, asked.period, asked.unit.pk)
    if figure is None:
        raise Dean06Error(f"Không đếm được chỉ số {code} kỳ {asked.period.key}.")
    return figure


def _counted(asked: _Subject) -> str:
    if asked.code is None:
        name = asked.item.code if asked.item else ""
        raise Invalid(f"Mục {name} không đếm từ bản ghi nên không có danh sách từng dòng.")
    return asked.code


def _lines(page: RowPage, period: Period) -> list[dict[str, object]]:
    from dean06.core.units.queries import facts

    codes = facts((row.unit_id for row in page.rows), period.cutoff)
    return [
        {"unit": codes[row.unit_id].code, "subject": row.subject, "label": row.label} for row in page.rows
    ]
