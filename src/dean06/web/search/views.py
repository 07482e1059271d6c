"""The search page: one list of everything found; htmx asks for the results alone while somebody types."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.plan import queries
from dean06.ui.tables import Column, Empty, Filter, Table, table_response
from dean06.ui.tables.query import asked
from dean06.web.search.find import LIMIT, Group, Hit, find


def _title(hit: Hit) -> SafeString | str:
    return format_html('<span class="code">{}</span> {}', hit.code, hit.title) if hit.code else hit.title


HITS: Final[Table[Hit]] = Table(
    key="hits",
    caption=_("Kết quả tìm kiếm"),
    noun=_("kết quả"),
    columns=(
        Column(
            "title",
            _("Tên"),
            _title,
            order="title",
            css="main",
            link=lambda hit: hit.url,
            export=lambda hit: hit.title,
        ),
        Column("code", _("Mã"), "code", in_page=False),
        Column(
            "group",
            _("Loại"),
            lambda hit: hit.group.label,
            order="group",
            rank=lambda hit: list(Group).index(hit.group),
        ),
        Column("note", _("Chi tiết"), "note", order="note", css="wide"),
    ),
    filters=(
        Filter("group", _("Loại"), Group.choices, keep=lambda hit, value: bool(hit.group.value == value)),
    ),
    found=True,
    search_label=_("Mã, tên, số xã, viết tắt; có dấu hay không dấu đều được"),
    empty=Empty(
        _("Gõ để tìm"),
        _(
            "Tìm được chỉ tiêu, nhiệm vụ, đơn vị, điểm hướng dẫn, pano, áp phích, video và chỉ số."
            " Nhấn phím / ở bất kỳ trang nào."
        ),
    ),
)


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """Everything that matches `?q=` inside the reader's scope; also as a file."""
    text = asked(request.GET, HITS).query
    return table_response(
        request,
        HITS,
        find(queries.current_plan(), text) if text else [],
        "ket-qua-tim-kiem",
        template="search/search.html",
        context={"text": text, "limit": LIMIT},
        may_export=may(request.actor, Action.EXPORT),
    )
