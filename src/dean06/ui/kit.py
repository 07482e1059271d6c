"""The style guide at /kit (only with DEBUG): every component with sample data, to look at and to copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from dean06.core.access.middleware import without_scope
from dean06.ui.charts import Chart, Point
from dean06.ui.figures import Badge, Figure, Source, deadline_badge, verdict_badge
from dean06.ui.tables import Column, Empty, Filter, Table, table_response
from dean06.ui.tree import Node

TODAY = date(2023, 12, 10)


@dataclass(frozen=True, slots=True)
class SampleRow:
    id: int
    name: str
    district: str
    figure: Figure
    posters: int
    checked: date | None
    due: date | None


class SampleForm(forms.Form):
    """Fields of the usual kinds, shown with errors."""

    place = forms.CharField(label="Nơi treo", help_text="Viết như trên biển, ví dụ: cạnh quầy số 2.")
    hung_on = forms.DateField(
        label="Ngày treo", error_messages={"invalid": "Ngày phải viết dạng 05/09/2023."}
    )
    kind = forms.ChoiceField(
        label="Loại", choices=[("poster", "Áp phích"), ("panel", "Pa nô")], required=False
    )
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    checked = forms.BooleanField(label="Đã kiểm tra tại chỗ", required=False)
    photo = forms.FileField(label="Ảnh chụp tại chỗ")


_DISTRICTS = ("Huyện Mẫu Đông", "Huyện Mẫu Tây", "Thành phố Mẫu")
_NAMES = (
    "An Bình",
    "Bình Sen",
    "Cẩm Lan",
    "Đại Đồng",
    "Đông Lúa",
    "Hòa Mẫu",
    "Lục Bình",
    "Ổ Rỗng",
    "Yên Trạch",
)


def sample_rows() -> list[SampleRow]:
    """A hundred rows by arithmetic, the same every time."""
    return [
        SampleRow(
            id=i,
            name=f"Bộ phận Một cửa xã {_NAMES[i % len(_NAMES)]} {i // len(_NAMES) + 1}",
            district=_DISTRICTS[i % 3],
            figure=Figure(
                numerator=(i * 7) % (i % 9 + 2) if i % 11 else 0,
                denominator=i % 9 + 1 if i % 11 else 0,
                goal=Decimal(80),
            ),
            posters=(i * 37) % 1400,
            checked=None if i % 8 == 0 else date(2023, 8 + i % 4, 1 + i % 27),
            due=None if i % 5 == 0 else date(2023, 12, 1 + i % 30),
        )
        for i in range(103)
    ]


SAMPLE_TABLE: Table[SampleRow] = Table(
    key="desks",
    caption="Bộ phận Một cửa",
    noun="bộ phận",
    search=lambda row: f"{row.name} {row.district}",
    search_label="Tìm theo tên bộ phận, huyện",
    default_order="name",
    filters=[
        Filter(
            "district",
            "Huyện",
            [(name, name) for name in _DISTRICTS],
            keep=lambda row, value: bool(row.district == value),
        )
    ],
    columns=[
        Column("name", "Bộ phận", "name", order="name", css="main", link=lambda row: f"#{row.id}"),
        Column("district", "Huyện, thành phố", "district", order="district"),
        Column(
            "share",
            "Cán bộ đã tập huấn",
            "figure",
            order="figure",
            export=lambda row: row.figure.percent,
        ),
        Column("posters", "Lượt xem", "posters", order="posters", css="num"),
        Column("checked", "Kiểm tra gần nhất", "checked", order="checked", css="date"),
        Column(
            "due",
            "Hạn",
            lambda row: deadline_badge(row.due, TODAY, met=row.figure.met),
            order="due",
            export=lambda row: row.due,
        ),
        Column("verdict", "Kết quả", lambda row: verdict_badge(row.figure.met)),
    ],
    empty=Empty(
        "Chưa có bộ phận nào", "Nhập danh sách từ tệp XLSX hoặc ghi từng bộ phận.", "Ghi bộ phận", "#"
    ),
)

TREND = [
    Point("6/2023", None),
    Point("7/2023", Decimal(12), "26/220"),
    Point("8/2023", Decimal(31), "68/220"),
    Point("9/2023", Decimal("44.5"), "98/220"),
    Point("10/2023", Decimal("52.3"), "115/220"),
    Point("11/2023", Decimal("67.7"), "149/220"),
]


def _figures() -> list[tuple[str, Figure]]:
    goal = Decimal(80)
    return [
        ("Đếm, chưa đạt", Figure(149, 220, goal)),
        ("Đếm, đạt", Figure(218, 220, goal)),
        ("Nhập từ nguồn", Figure(5120, 9013, goal, source=Source.IMPORTED)),
        ("Tự khai, chỉ có tỷ lệ", Figure(goal=goal, source=Source.DECLARED, value=Decimal("72.4"))),
        ("Không phát sinh", Figure(0, 0, goal)),
        ("Không đo được", Figure(goal=goal, source=Source.NOT_MEASURABLE)),
        ("Chưa có số liệu, không ghi mục tiêu", Figure()),
        ("Càng thấp càng tốt", Figure(12, 220, Decimal(5), "down")),
    ]


def _marks() -> list[Badge | None]:
    days = (date(2023, 11, 30), TODAY, date(2023, 12, 20), date(2024, 3, 1), None)
    return [
        verdict_badge(True),
        verdict_badge(False),
        *(deadline_badge(day, TODAY) for day in days),
        deadline_badge(date(2023, 11, 30), TODAY, met=True),
    ]


def _tree() -> list[Node]:
    communes = tuple(Node(f"Xã {name}", "#", "3/5") for name in _NAMES[:4])
    return [
        Node(
            "UBND tỉnh",
            "#",
            "149/220",
            open=True,
            children=(
                Node("Sở Tư pháp", "#", "1/1"),
                Node(_DISTRICTS[0], "#", "12/20", open=True, current=True, children=communes),
                Node(_DISTRICTS[1], "#", "9/21", children=communes),
            ),
        )
    ]


def _events() -> list[dict[str, Any]]:
    return [
        {
            "at": datetime(2023, 11, 14, 16, 5),  # noqa: DTZ001 - sample, shown as written
            "title": "Kiểm tra áp phích",
            "text": "Còn treo, rõ chữ.",
            "who": "Nguyễn Thị Mẫu",
            "icon": "circle-check",
        },
        {
            "at": date(2023, 9, 5),
            "title": "Treo áp phích cạnh quầy số 2",
            "who": "Trần Văn Mẫu",
            "icon": "photo",
        },
        {"at": date(2023, 8, 15), "title": "Mở kỳ tháng 9/2023", "icon": "calendar"},
    ]


def _ranked() -> list[dict[str, Any]]:
    parts = ((20, 20), (17, 21), (12, 20), (9, 21), (3, 19), (0, 0))
    names = (*_DISTRICTS, "Huyện Mẫu Nam", "Huyện Mẫu Bắc", "Huyện chưa có bộ phận nào")
    return [
        {"label": name, "figure": Figure(a, b, Decimal(80)), "href": "#"}
        for name, (a, b) in zip(names, parts, strict=True)
    ]


@login_not_required
@without_scope
def page(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    context = _frame(request) | _samples() | {"form": _refused_form(), "today": TODAY}
    return table_response(
        request, SAMPLE_TABLE, sample_rows(), "kit", template="ui/kit.html", context=context
    )


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What the shell of the page shows: a signed-in person, the plan, the demo's date."""
    person = {
        "full_name": "Nguyễn Thị Mẫu",
        "grants": [{"role": {"label": "Thủ trưởng đơn vị"}, "unit_name": "UBND huyện Mẫu Đông"}],
    }
    return {
        "actor": getattr(request, "actor", None) or person,
        "demo_notice": TODAY,
        "plan_short_name": "Kế hoạch 06 năm 2023 · tỉnh Mẫu",
    }


def _refused_form() -> SampleForm:
    return SampleForm(data={"place": "", "hung_on": "32/13/2023", "kind": "panel", "checked": "on"})


def _samples() -> dict[str, Any]:
    points = [Point(row["label"], row["figure"].percent, row["figure"].fraction) for row in _ranked()]
    return {
        "figures": _figures(),
        "marks": _marks(),
        "sources": list(Source),
        "trend": TREND,
        "line": Chart("line", "Bộ phận Một cửa có video hướng dẫn", TREND, Decimal(80)),
        "bar": Chart("bar", "Theo huyện, kỳ tháng 11/2023", points, Decimal(80)),
        "ranked": _ranked(),
        "tree_nodes": _tree(),
        "events": _events(),
        "pairs": [
            ("Mã", "P0-T1"),
            ("Dòng trong kế hoạch", "112–118"),
            ("Cách tính", "Đếm từ bản ghi"),
            ("Hạn", None),
        ],
        "numbers": [1234567, Decimal("67.5"), Decimal("99.96"), Decimal("0.01")],
    }
