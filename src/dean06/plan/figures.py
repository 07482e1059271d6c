"""Figures that nobody counted here – imported from a source or declared by a signer – and which indicator
answers for an item of the plan.

They stand beside the counted figures in a table of their own and are never mixed with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.errors import Conflict, Invalid, NotFound, Reason
from dean06.core.units.models import Closure
from dean06.plan import engine
from dean06.plan.engine import Figure, Source, percentage
from dean06.plan.models import Item, StatedFigure
from dean06.plan.periods import Period

_HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_MOST = 2**31 - 1  # what the columns hold
_UNSTATABLE = (Item.KnownBy.NOT_MEASURABLE, Item.KnownBy.NONE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source or a signer states. Either both counts, or only the percentage (0–100, two places)."""

    document_number: str
    document_date: date
    document_title: str
    source: str
    signer: str
    stated_on: date
    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None


def state_figure(
    *, actor: Actor, item_id: int, unit_id: int, period: Period, kind: str, statement: Statement
) -> StatedFigure:
    """Record the figure of an item, a unit and a period as stated by a document with a signer.

    Raises Denied (policy state_figure), NotFound (item), Invalid (with each reason), and Conflict when a
    figure of this kind stands already: it is superseded, not edited.
    """
    with transaction.atomic():
        item = Item.objects.select_related("pilot").filter(id=item_id).first()
        if item is None:
            raise NotFound(_("Không có mục này trong kế hoạch."))
        require(actor, Action.STATE_FIGURE, unit_id=unit_id, pilot=pilot_of(item))
        reasons = [*_check_place(item, unit_id, period, kind), *_check(statement)]
        if reasons:
            raise Invalid(reasons)
        return _write(
            actor, StatedFigure(item=item, unit_id=unit_id, period=period.key, kind=kind), statement
        )


def supersede_figure(*, actor: Actor, figure_id: int, statement: Statement) -> StatedFigure:
    """Replace a stated figure by a corrected statement; the old one stays readable.

    Raises Denied, NotFound, Invalid; Conflict when it has been replaced already.
    """
    with transaction.atomic():
        old = StatedFigure.objects.select_related("item__pilot").filter(id=figure_id).first()
        if old is None:
            raise NotFound(_("Không có số liệu này."))
        require(actor, Action.STATE_FIGURE, unit_id=old.unit_id, pilot=pilot_of(old.item))
        if StatedFigure.objects.filter(supersedes=old).exists():
            raise Conflict(_("Số liệu này đã được thay thế bằng số liệu mới hơn."))
        reasons = list(_check(statement))
        if reasons:
            raise Invalid(reasons)
        new = StatedFigure(
            item_id=old.item_id, unit_id=old.unit_id, period=old.period, kind=old.kind, supersedes=old
        )
        return _write(actor, new, statement)


def pilot_of(item: Item) -> str:
    """The code of the item's pilot; "" for what stands outside the pilots (reporting)."""
    return item.pilot.code if item.pilot is not None else ""


def _check_place(item: Item, unit_id: int, period: Period, kind: str) -> list[Reason]:
    reasons: list[Reason] = []
    if kind not in StatedFigure.StatedKind.values:
        reasons.append(Reason(_("Loại số liệu phải là nhập từ nguồn hoặc tự khai."), field="kind"))
    if item.known_by in _UNSTATABLE:
        reasons.append(Reason(_("Mục %(code)s không đo bằng số liệu.") % {"code": item.code}, field="item"))
    if period.start > clock.now():
        reasons.append(Reason(_("Kỳ báo cáo %(key)s chưa bắt đầu.") % {"key": period}, field="period"))
    on = period.cutoff
    valid = Closure.objects.filter(ancestor_id=unit_id, descendant_id=unit_id, depth=0)
    valid = valid.exclude(valid_from__gt=on).exclude(valid_to__lte=on)
    if not valid.exists():
        message = _("Đơn vị không tồn tại vào ngày chốt %(day)s của kỳ.") % {"day": f"{on:%d/%m/%Y}"}
        reasons.append(Reason(message, field="unit"))
    return reasons


def _check(statement: Statement) -> list[Reason]:
    today = clock.today()
    texts = {
        "document_number": statement.document_number,
        "document_title": statement.document_title,
        "source": statement.source,
        "signer": statement.signer,
    }
    reasons = [
        Reason(_("Phải ghi: số liệu không có văn bản, nguồn và người ký thì không nhận."), field=name)
        for name, text in texts.items()
        if not text.strip()
    ]
    days = {"document_date": statement.document_date, "stated_on": statement.stated_on}
    reasons += [
        Reason(_("Ngày này còn ở tương lai."), field=name) for name, day in days.items() if day > today
    ]
    return reasons + (_check_value(statement) if statement.value is not None else _check_counts(statement))


def _check_counts(statement: Statement) -> list[Reason]:
    if statement.numerator is None or statement.denominator is None:
        return [Reason(_("Phải ghi cả tử số và mẫu số, hoặc chỉ tỷ lệ phần trăm."), field="numerator")]
    if statement.numerator < 0 or statement.denominator < 0:
        return [Reason(_("Tử số và mẫu số không được âm."), field="numerator")]
    if max(statement.numerator, statement.denominator) > _MOST:
        return [Reason(_("Số này quá lớn."), field="denominator")]
    if statement.numerator > statement.denominator:
        message = _("Tử số %(n)s lớn hơn mẫu số %(d)s.")
        return [Reason(message % {"n": statement.numerator, "d": statement.denominator}, field="numerator")]
    return []


def _check_value(statement: Statement) -> list[Reason]:
    value = statement.value
    if statement.numerator is not None or statement.denominator is not None:
        return [
            Reason(_("Ghi tử số và mẫu số thì không ghi tỷ lệ: tỷ lệ được tính từ hai số."), field="value")
        ]
    if value is None or not value.is_finite() or not 0 <= value <= _HUNDRED:
        return [Reason(_("Tỷ lệ phải từ 0 đến 100 phần trăm."), field="value")]
    if value != value.quantize(_CENT):
        return [Reason(_("Tỷ lệ ghi tối đa hai chữ số thập phân."), field="value")]
    return []


def _write(actor: Actor, figure: StatedFigure, statement: Statement) -> StatedFigure:
    for name in Statement.__dataclass_fields__:
        given = getattr(statement, name)
        setattr(figure, name, given.strip() if isinstance(given, str) else given)
    figure.recorded_at, figure.recorded_by = clock.now(), actor.user_id
    try:
        with transaction.atomic():
            figure.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("Đã có số liệu loại này của đơn vị trong kỳ; hãy thay thế số liệu đó.")) from error
    audit.record(
        actor=actor,
        action="state_figure" if figure.supersedes_id is None else "supersede_figure",
        object_type="stated_figure",
        object_id=figure.pk,
        unit_id=figure.unit_id,
        detail={"item": figure.item_id, "period": figure.period, "kind": figure.kind}
        | {"numerator": figure.numerator, "denominator": figure.denominator}
        | {"value": str(figure.value) if figure.value is not None else None}
        | {"supersedes": figure.supersedes_id},
    )
    return figure


def stated_figures(item_id: int, unit_id: int, period: Period) -> list[StatedFigure]:
    """The statements in force (not superseded) of an item, a unit and a period: at most one of each kind."""
    return list(
        StatedFigure.objects.filter(
            item_id=item_id, unit_id=unit_id, period=period.key, superseded_by__isnull=True
        ).order_by("kind")
    )


def figure_of(stated: StatedFigure) -> Figure:
    """A statement as a figure, marked with its source."""
    counted = stated.numerator is not None and stated.denominator is not None
    value = percentage(stated.numerator or 0, stated.denominator or 0) if counted else stated.value
    return Figure(
        numerator=stated.numerator,
        denominator=stated.denominator,
        value=value,
        source=Source(stated.kind),
        computed_at=stated.recorded_at,
    )


@dataclass(frozen=True, slots=True)
class TypedBesideCounted:
    """A stated figure beside the counted one. `difference`: stated − counted in percentage points, None when
    either has no percentage."""

    statement: StatedFigure
    stated: Figure
    counted: Figure | None
    difference: Decimal | None


def typed_beside_counted(item: Item, unit_id: int, period: Period) -> list[TypedBesideCounted]:
    """Each statement in force of the item beside what the records say, by the reading chosen for the item.

    `counted` is None when the item has no chosen indicator or it was not counted.
    """
    code = chosen_indicator(item)
    counted = engine.observation(code, period, unit_id) if code is not None else None
    lines: list[TypedBesideCounted] = []
    for statement in stated_figures(item.pk, unit_id, period):
        stated = figure_of(statement)
        both = counted is not None and counted.value is not None and stated.value is not None
        difference = stated.value - counted.value if both else None  # type: ignore[operator, union-attr]
        lines.append(TypedBesideCounted(statement, stated, counted, difference))
    return lines


def chosen_indicator(item: Item) -> str | None:
    """The indicator of the item's chosen reading (of its twin when the item shares another's); else None."""
    found = item.indicators.filter(chosen=True).values_list("indicator", flat=True).first()
    if found is None and item.same_as is not None and not item.indicators.exists():
        return chosen_indicator(item.same_as)
    return found


def indicator_for(item: Item) -> str:
    """The code that answers for an item. Raises Invalid, listing the codes, when no reading is chosen."""
    code = chosen_indicator(item)
    if code is not None:
        return code
    codes = list(item.indicators.values_list("indicator", flat=True))
    values = {"item": item.code, "codes": ", ".join(codes)}
    if codes:
        raise Invalid(_("Mục %(item)s chưa chọn cách đọc; hãy nêu rõ một chỉ số: %(codes)s.") % values)
    raise Invalid(_("Mục %(item)s không có chỉ số nào được đếm.") % values)
