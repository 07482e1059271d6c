"""`dean06 plan`: prove a plan folder, load it, show what is loaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dean06.cli.output import JsonOption, out, print_json, print_table, say
from dean06.runtime import environment
from dean06.runtime.database import DatabaseUrls, django_session

if TYPE_CHECKING:
    from dean06.core.access.actor import Actor
    from dean06.plan.load import LoadReport
    from dean06.plan.models import Item

app = typer.Typer(
    name="plan", help="Kế hoạch: kiểm tra, nạp, xem / check, load and show the plan.", no_args_is_help=True
)
PathArgument = Annotated[
    Path | None, typer.Argument(metavar="[PATH]", help="Thư mục kế hoạch / plan folder.", show_default=False)
]


@app.command()
def check(path: PathArgument = None, as_json: JsonOption = False) -> None:
    """Chứng minh thư mục kế hoạch đầy đủ và đúng với văn bản / prove a plan folder. Exit code 0 or 1."""
    _without_database()
    from dean06.plan.check import check_plan
    from dean06.plan.engine import registry

    folder = path or default_folder()
    report = check_plan(folder, {indicator.code for indicator in registry.every()})
    places = [{"file": str(folder / p.file), "line": p.line, "message": p.message} for p in report.problems]
    if as_json:
        print_json({"ok": not places, "items": len(report.source.items), "problems": places})
    else:
        for place in places:
            line = f"{place['file']}:{place['line']}: {place['message']}"
            out.print(line, markup=False, highlight=False, soft_wrap=True)
        if not places:
            say(f"Đạt: {len(report.source.items)} mục, {len(report.source.registrations)} đăng ký.")
    if places:
        raise typer.Exit(1)


@app.command()
def load(path: PathArgument = None, as_json: JsonOption = False) -> None:
    """Nạp đơn vị và kế hoạch vào cơ sở dữ liệu, trọn vẹn hoặc không gì cả / load units and plan."""
    with _session():
        report = load_folder(path or default_folder())
    tables = {name: asdict(changes) for name, changes in report.tables.items()}
    if as_json:
        print_json({"plan": report.plan, "changed": report.changed, "tables": tables})
    elif not report.changed:
        say(f"Kế hoạch {report.plan} không thay đổi.")
    else:
        rows = [(name, *counts.values()) for name, counts in tables.items()]
        print_table(f"Đã nạp kế hoạch {report.plan}", ("bảng", "thêm", "sửa", "bỏ"), rows)


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Xem kế hoạch đang dùng / show the loaded plan."""
    with _session():
        from django.db import transaction

        from dean06.core.access.scope import wide
        from dean06.plan import contract, queries

        with transaction.atomic(), wide("a command of the operator"):
            plan = queries.current_plan()
            if as_json:
                print_json(contract.plan_json(plan))
            else:
                columns = ("mã", "nội dung", "đích", "hạn", "hiệu lực", "cách biết", "dòng")
                print_table(plan.title_vi, columns, [_row(item) for item in queries.items(plan)])


DocumentOption = Annotated[str, typer.Option("--document", help="Số, ký hiệu văn bản / document.")]
DayOption = Annotated[
    datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="Ngày văn bản / date of the document.")
]
ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help="Mã mục, ví dụ M3-T4 / item id.")]


@app.command()
def decide(  # noqa: PLR0917 - the options of a command
    item: ItemArgument,
    reading: Annotated[str, typer.Argument(help="Mã cách đọc; không nêu đúng sẽ được liệt kê / reading.")],
    by: Annotated[str, typer.Option("--by", help="Cơ quan, chức vụ quyết định / body or office.")],
    document: DocumentOption,
    on: DayOption,
    as_json: JsonOption = False,
) -> None:
    """Ghi cách đọc được chọn của một mục có nhiều cách hiểu / record which reading of an item holds."""
    with _operator() as actor:
        from dean06.plan import actions, queries

        found = queries.item(queries.current_plan(), item)
        known = list(found.readings.order_by("code").values_list("code", flat=True))
        if known and reading not in known:
            raise typer.BadParameter(f"{item}: {', '.join(known)}")
        chosen = actions.decide_reading(
            actor=actor,
            item_id=found.pk,
            reading=reading,
            decided_by=by,
            document=document,
            decided_on=on.date(),
        )
        answer = {
            "item": item,
            "reading": chosen.code,
            "decided_by": by,
            "document": document,
            "on": on.date(),
        }
    if as_json:
        print_json(answer)
    else:
        say(f"{item}: cách đọc “{reading}”, theo {document}.")


@app.command()
def adopt(  # noqa: PLR0917 - the options of a command
    item: ItemArgument,
    unit: Annotated[str, typer.Argument(help="Mã đơn vị / unit code.")],
    goal: Annotated[str, typer.Argument(help="Mục tiêu (phần trăm) trong kế hoạch của đơn vị / percent.")],
    document: DocumentOption,
    on: DayOption,
    as_json: JsonOption = False,
) -> None:
    """Ghi mục tiêu mà kế hoạch của đơn vị ấn định / record the goal that a unit's own plan sets."""
    with _operator() as actor:
        from dean06.core.units.queries import resolve
        from dean06.plan import actions, queries

        target = actions.adopt_target(
            actor=actor,
            item_id=queries.item(queries.current_plan(), item).pk,
            unit_id=resolve(unit, on.date()).pk,
            goal=_percent(goal),
            document=document,
            decided_on=on.date(),
        )
        answer = {"item": item, "unit": unit, "goal": target.goal, "document": document, "on": on.date()}
    if as_json:
        print_json(answer)
    else:
        say(f"{item}, {unit}: {goal} %, theo {document}.")


@app.command()
def withdraw(
    item: ItemArgument,
    unit: Annotated[str, typer.Argument(help="Mã đơn vị / unit code.")],
    as_json: JsonOption = False,
) -> None:
    """Rút mục tiêu mà đơn vị đã ấn định / take back the goal that a unit set."""
    with _operator() as actor:
        from dean06.core.units.queries import resolve
        from dean06.plan import actions, queries

        found = queries.item(queries.current_plan(), item)
        actions.withdraw_target(actor=actor, item_id=found.pk, unit_id=resolve(unit).pk)
    if as_json:
        print_json({"item": item, "unit": unit, "goal": found.goal})
    else:
        say(f"{item}, {unit}: đã rút mục tiêu của đơn vị.")


def _percent(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise typer.BadParameter(f"“{text}”: không phải tỷ lệ phần trăm / not a percentage") from error


@contextmanager
def _operator() -> Iterator[Actor]:
    """The operator of the machine, in one transaction that sees every unit."""
    with _session():
        from django.db import transaction

        from dean06.core.access.actor import system_actor
        from dean06.core.access.scope import wide

        with transaction.atomic(), wide("a command of the operator"):
            yield system_actor("dean06 plan")


def _row(item: Item) -> tuple[str, ...]:
    return (
        item.code,
        item.label_vi,
        "–" if item.goal is None else f"{item.goal.normalize():f} %",
        item.deadline.strftime("%d/%m/%Y") if item.deadline else item.deadline_text or "không ghi hạn",
        str(item.get_binding_display()),
        str(item.get_known_by_display()),
        item.lines,
    )


def default_folder() -> Path:
    """The plan of this installation (PLAN_DIR). Django must be set up or settable."""
    from django.conf import settings

    return Path(settings.PLAN_DIR)


def _session() -> AbstractContextManager[DatabaseUrls]:
    return django_session(environment.read(), "app")


def _without_database() -> None:
    """Set Django up for its registries only; nothing connects."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dean06.config.settings")
    os.environ.setdefault("DATA_DIR", str(environment.read().data_dir))
    django.setup()


def load_folder(folder: Path) -> LoadReport:
    """Load the units of a plan folder and then the plan, in one transaction.

    Raises Invalid with file and line of every problem, Conflict, Denied; nothing is written then.
    """
    from django.db import transaction

    from dean06.core.access.actor import system_actor
    from dean06.core.units.load import load_units
    from dean06.plan.engine import registry
    from dean06.plan.load import load_plan

    actor = system_actor("dean06 plan load")
    with transaction.atomic():
        load_units(folder / "units", actor)
        return load_plan(folder, actor, known_indicators={indicator.code for indicator in registry.every()})
