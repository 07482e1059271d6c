"""What may be done with a person's record beside correcting it, and what undoes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.people import actions
from dean06.core.people.models import Person
from dean06.web.people.forms import WhyForm


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its title and button, what it means, when it is offered, the action, what is said after it."""

    name: str
    label: str | Promise
    text: str | Promise
    open: Callable[[Person], bool]
    act: Callable[[Actor, Person, str], None]
    done: str | Promise


def _hold(actor: Actor, who: Person, why: str) -> None:
    actions.keep_on_hold(actor=actor, person_id=who.pk, reason=why)


def _release(actor: Actor, who: Person, why: str) -> None:
    actions.release(actor=actor, person_id=who.pk, why=why)


def _restrict(actor: Actor, who: Person, why: str) -> None:
    actions.restrict(actor=actor, person_id=who.pk, on=clock.today(), why=why)


def _unrestrict(actor: Actor, who: Person, why: str) -> None:
    actions.restrict(actor=actor, person_id=who.pk, on=None, why=why)


STEPS: tuple[Step, ...] = (
    Step(
        "giu",
        _("Giữ theo luật"),
        _("Không xóa được dữ liệu khi còn giữ, kể cả khi hết hạn lưu hay có yêu cầu xóa."),
        lambda who: not who.hold_reason,
        _hold,
        _("Đã giữ theo luật. Bỏ lại ở mục “Thôi giữ”."),
    ),
    Step(
        "thoi-giu",
        _("Thôi giữ"),
        _("Dữ liệu lại được xóa khi hết hạn lưu."),
        lambda who: bool(who.hold_reason),
        _release,
        _("Đã thôi giữ."),
    ),
    Step(
        "han-che",
        _("Hạn chế xử lý"),
        _("Đánh dấu từ hôm nay: chỉ lưu, không dùng vào việc khác."),
        lambda who: who.restricted_on is None,
        _restrict,
        _("Đã hạn chế xử lý từ hôm nay. Bỏ lại ở mục “Bỏ hạn chế”."),
    ),
    Step(
        "bo-han-che",
        _("Bỏ hạn chế"),
        _("Dữ liệu lại được xử lý như bình thường."),
        lambda who: who.restricted_on is not None,
        _unrestrict,
        _("Đã bỏ hạn chế xử lý."),
    ),
)


def step_named(name: str) -> Step | None:
    """The step of a name that a post gives."""
    return next((one for one in STEPS if one.name == name), None)


def step_forms(who: Person, failed: tuple[str, forms.Form] | None) -> list[tuple[Step, forms.Form]]:
    """What may be done now, each with its form; the refused one with what was typed."""
    name, form = failed or ("", None)
    return [
        (one, form if form is not None and one.name == name else WhyForm(prefix=one.name))
        for one in STEPS
        if one.open(who)
    ]
