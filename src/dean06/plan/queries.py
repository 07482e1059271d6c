"""Every read of the plan's structure. The plan is public inside the province: any scope will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dean06.core.errors import NotFound
from dean06.core.units.models import Code, Unit
from dean06.plan.models import AdoptedTarget, Item, ItemIndicator, ItemUnit, Pilot, Plan, Registration

TARGET_KINDS = (Item.Kind.TARGET, Item.Kind.REQUIREMENT, Item.Kind.CONDITION, Item.Kind.SCOPE)
DUTY_KINDS = (Item.Kind.DUTY, Item.Kind.REPORTING, Item.Kind.CHARGE)


@dataclass(frozen=True, slots=True)
class UnitItem:
    """An item that concerns a unit, in which role, and the goal that holds for it."""

    item: Item
    role: str
    goal: Decimal | None
    adopted: AdoptedTarget | None


def current_plan() -> Plan:
    """The plan that started last. Raises NotFound when none is loaded."""
    plan = Plan.objects.order_by("-starts_on", "-id").first()
    if plan is None:
        raise NotFound(_("Chưa nạp kế hoạch nào (dean06 plan load)."))
    return plan


def pilots(plan: Plan) -> QuerySet[Pilot]:
    """The plan's pilots in their order, with the leading unit."""
    return Pilot.objects.filter(plan=plan).select_related("lead").order_by("order")


def items(plan: Plan, *, kinds: Sequence[str] = ()) -> QuerySet[Item]:
    """The plan's items in the order of its text, with pilot, indicators and readings."""
    wanted = Item.objects.filter(plan=plan)
    if kinds:
        wanted = wanted.filter(kind__in=kinds)
    return wanted.select_related("pilot").prefetch_related("indicators", "readings").order_by("order")


def item(plan: Plan, code: str) -> Item:
    """One item by its id in the plan ("P0-T1"). Raises NotFound."""
    found = items(plan).filter(code=code).first()
    if found is None:
        raise NotFound(_("Kế hoạch không có mục “%(code)s”.") % {"code": code})
    return found


def items_of_indicator(plan: Plan, indicator: str) -> QuerySet[Item]:
    """The items that an indicator measures under any reading; twins share one record."""
    return items(plan).filter(indicators__indicator=indicator).distinct()


def same_readings(item: Item) -> list[Item]:
    """Items of the same content whose readings are counted by the same indicators, in the plan's order.

    A decision for `item` may be meant for them too. Empty when nothing counts the readings of `item`.
    """
    root = item.same_as_id or item.pk
    links: dict[int, set[tuple[str, str]]] = {}
    rows = ItemIndicator.objects.filter(Q(item=root) | Q(item__same_as=root), item__plan=item.plan_id)
    for item_id, reading, indicator in rows.values_list("item_id", "reading", "indicator"):
        links.setdefault(item_id, set()).add((reading, indicator))
    own = links.get(item.pk)
    same = [one for one, others in links.items() if own and others == own and one != item.pk]
    return list(Item.objects.filter(pk__in=same, readings__isnull=False).distinct().order_by("order"))


def registrations(plan: Plan) -> QuerySet[Registration]:
    """Who registered to which pilot."""
    return (
        Registration.objects.filter(plan=plan).select_related("pilot", "unit").order_by("pilot__order", "id")
    )


def items_of_unit(plan: Plan, unit_id: int) -> list[UnitItem]:
    """What a unit must do or help with, in the order of the plan's text, with its adopted goals."""
    adopted = {
        target.item_id: target for target in AdoptedTarget.objects.filter(item__plan=plan, unit_id=unit_id)
    }
    links = (
        ItemUnit.objects.filter(item__plan=plan, unit_id=unit_id)
        .select_related("item", "item__pilot")
        .order_by("item__order", "-role")
    )
    return [_unit_item(link, adopted.get(link.item_id)) for link in links]


def _unit_item(link: ItemUnit, adopted: AdoptedTarget | None) -> UnitItem:
    goal = adopted.goal if adopted is not None else link.item.goal
    return UnitItem(link.item, link.role, goal, adopted)


def source_lines(plan: Plan, first: int, last: int) -> list[tuple[int, str]]:
    """The lines first…last of the plan's text with their numbers, blank ones left out."""
    lines = plan.source_text.split("\n")[first - 1 : last]
    return [(number, line.strip()) for number, line in enumerate(lines, first) if line.strip()]


def unit_codes(plan: Plan, unit_ids: Iterable[int]) -> dict[int, str]:
    """The code that names each unit on the plan's first day: our own, else the national, else its key."""
    wanted = set(unit_ids)
    codes = dict(Unit.objects.filter(id__in=wanted).values_list("id", "key"))
    day = plan.starts_on
    valid = (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    )
    for scheme in ("gso", "dean06"):  # the later one wins
        rows = Code.objects.filter(valid, unit_id__in=wanted, scheme=scheme).order_by("-code")
        codes.update(rows.values_list("unit_id", "code"))
    return codes
