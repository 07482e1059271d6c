from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.template import Context, Template

from dean06.ui.charts import Point, sparkline, trend_text
from dean06.ui.figures import Badge, Figure, Source, State, deadline_badge, source_badge, verdict_badge

TODAY = date(2023, 12, 10)
GOAL = Decimal(80)


@pytest.mark.parametrize(
    ("figure", "state", "met", "text"),
    [
        (Figure(149, 220, GOAL), State.MEASURED, False, "67,7 %"),
        (Figure(176, 220, GOAL), State.MEASURED, True, "80 %"),
        (Figure(7999, 10000, GOAL), State.MEASURED, False, "80 %"),  # 79.99: rounds to the goal, is below it
        (Figure(12, 220, Decimal(5), "down"), State.MEASURED, False, "5,5 %"),
        (Figure(11, 220, Decimal(5), "down"), State.MEASURED, True, "5 %"),
        (Figure(0, 0, GOAL), State.NOTHING_AROSE, None, "Không phát sinh"),
        (Figure(0, 5, GOAL), State.MEASURED, False, "0 %"),
        (Figure(goal=GOAL), State.MISSING, None, "Chưa có số liệu"),
        (Figure(3, 4), State.MEASURED, None, "75 %"),
        (Figure(value=Decimal("72.4"), source=Source.DECLARED), State.MEASURED, None, "72,4 %"),
        (Figure(goal=GOAL, source=Source.NOT_MEASURABLE), State.NOT_MEASURABLE, None, "Không đo được"),
    ],
)
def test_what_a_figure_says(figure: Figure, state: State, met: bool | None, text: str) -> None:
    assert (figure.state, figure.met, figure.text) == (state, met, text.replace(" %", "\N{NO-BREAK SPACE}%"))


def test_numerator_and_denominator_are_always_shown() -> None:
    html = Template("{% load dean06_ui %}{% figure_bar f label='Có video' %}").render(
        Context({"f": Figure(5120, 9013, GOAL)})
    )
    assert "5.120/9.013" in html
    assert 'class="bar-fill" width="56.81%"' in html
    assert 'class="bar-goal" width="80.00%"' in html
    assert "Đếm từ bản ghi" in html


@pytest.mark.parametrize("source", list(Source))
def test_sources_differ_by_icon_and_word_not_only_colour(source: Source) -> None:
    others = [source_badge(other) for other in Source if other != source]
    mark = source_badge(source)
    assert mark.icon not in {other.icon for other in others}
    assert mark.label not in {other.label for other in others}


def test_nothing_arose_draws_no_bar_and_no_goal() -> None:
    html = Template("{% load dean06_ui %}{% figure_bar f %}").render(Context({"f": Figure(0, 0, GOAL)}))
    assert "Không phát sinh" in html
    assert "bar-fill" not in html
    assert "bar-goal" not in html


@pytest.mark.parametrize(
    ("due", "met", "label", "tone"),
    [
        (None, None, "Không ghi hạn", "mute"),
        (date(2023, 12, 10), None, "Đến hạn hôm nay", "warn"),
        (date(2023, 12, 11), None, "Còn 1 ngày", "warn"),
        (date(2023, 12, 26), None, "Còn 16 ngày", "mute"),
        (date(2023, 12, 11), True, "Còn 1 ngày", "mute"),
        (date(2023, 12, 9), False, "Quá hạn 1 ngày", "bad"),
        (date(2020, 12, 10), None, "Quá hạn 1.095 ngày", "bad"),
        (date(2023, 12, 9), True, "Hạn 09/12/2023", "mute"),
    ],
)
def test_deadlines(due: date | None, met: bool | None, label: str, tone: str) -> None:
    badge = deadline_badge(due, TODAY, met=met)
    assert (badge.label, badge.tone) == (label, tone)


def test_no_verdict_without_a_goal() -> None:
    assert verdict_badge(Figure(3, 4).met) is None
    assert isinstance(verdict_badge(Figure(3, 4, GOAL).met), Badge)


def test_a_trend_breaks_where_nothing_was_measured() -> None:
    points = [Point("6", 10), Point("7", 20), Point("8", None), Point("9", 40), Point("10", 100)]
    svg = sparkline(points, goal=80)
    assert svg.count("<polyline") == 2
    assert 'y1="6.0"' in svg  # the goal line at 80 % of 20 px, 2 px from the top
    assert trend_text(points) == "Từ 10 % (6) đến 100 % (10)".replace(" %", "\N{NO-BREAK SPACE}%")
    assert trend_text([Point("6", None)]) == "Chưa có số liệu"


def test_labels_of_a_trend_are_escaped() -> None:
    assert "<script>" not in sparkline([Point("<script>", 1)])
