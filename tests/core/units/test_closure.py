"""The closure in time agrees with climbing the tree day by day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings

from dean06.core.access.scope import wide
from dean06.core.errors import Invalid
from dean06.core.units.closure import rebuild, rebuild_for
from dean06.core.units.models import Closure, Placement
from tests.core.units.trees import Drawn, forests, holds, place, probe_days, undone, unit

pytestmark = pytest.mark.django_db
_RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _rows() -> set[tuple[int, int, int, date | None, date | None]]:
    return set(Closure.objects.values_list("ancestor_id", "descendant_id", "depth", "valid_from", "valid_to"))


def _check(drawn: Drawn, ids: list[int]) -> None:
    index = {unit_id: i for i, unit_id in enumerate(ids)}
    rows = [row for row in _rows() if row[1] in index]
    for day in probe_days(drawn):
        found = {
            (index[a], index[d], depth) for a, d, depth, since, until in rows if holds((since, until), day)
        }
        expected = {
            (above, below, depth)
            for below in range(len(ids))
            for depth, above in enumerate(drawn.above(below, day))
        }
        assert found == expected, day


@given(drawn=forests())
@_RELAXED
def test_agrees_with_climbing_the_tree(db: None, drawn: Drawn) -> None:
    with undone():
        _check(drawn, drawn.store())


@given(drawn=forests(), changed=forests())
@_RELAXED
def test_a_partial_rebuild_equals_a_whole_one(db: None, drawn: Drawn, changed: Drawn) -> None:
    with undone():
        ids = drawn.store()
        moved = [p for p in changed.placements if p[0] < len(ids)]
        children = {ids[p[0]] for p in moved}
        Placement.objects.filter(unit_id__in=children).delete()
        Placement.objects.bulk_create(
            Placement(unit_id=ids[c], parent_id=ids[p], valid_from=s[0], valid_to=s[1]) for c, p, s in moved
        )
        rebuild_for(children)
        partial = _rows()
        rebuild()
        assert partial == _rows()


def test_rows_of_one_pair_do_not_overlap_and_touching_ones_are_one(db: None) -> None:
    with wide("test"):
        province, east, west = unit("t"), unit("e"), unit("w")
        place(east, province)
        place(west, province)
        commune = unit("c")
        place(commune, east, (None, date(2024, 1, 1)))
        place(commune, west, (date(2024, 1, 1), None))
        rebuild()
        spans = Closure.objects.filter(ancestor=province, descendant=commune)
        assert [(s.valid_from, s.valid_to) for s in spans] == [(None, None)]
        moved = Closure.objects.get(ancestor=west, descendant=commune)
        assert moved.valid_from == date(2024, 1, 1)


def test_a_unit_that_ended_has_no_children_afterwards(db: None) -> None:
    with wide("test"):
        district = unit("d", span=(None, date(2025, 7, 1)))
        commune = unit("c")
        place(commune, district)
        rebuild()
        assert Closure.objects.get(ancestor=district, descendant=commune).valid_to == date(2025, 7, 1)


def test_a_circle_is_refused_and_the_old_closure_stays(db: None) -> None:
    with wide("test"):
        a, b, c = unit("a", "Xã A"), unit("b", "Xã B"), unit("c", "Xã C")
        place(b, a)
        place(c, b)
        rebuild()
        before = _rows()
        place(a, c, (date(2024, 3, 1), date(2024, 9, 1)))
        with pytest.raises(Invalid) as refused:
            rebuild()
        assert "“Xã A”, “Xã B”, “Xã C” (từ ngày 01/03/2024 đến trước ngày 01/09/2024)" in str(refused.value)
        with pytest.raises(Invalid):
            rebuild_for([a.id])
        assert _rows() == before


def test_the_same_pair_both_ways_at_different_times_is_no_circle(db: None) -> None:
    with wide("test"):
        a, b = unit("a"), unit("b")
        place(a, b, (None, date(2024, 1, 1)))
        place(b, a, (date(2024, 1, 1), None))
        rebuild()
        assert Closure.objects.filter(depth=1).count() == 2


def test_the_application_role_cannot_write_the_closure(db: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Closure.objects.filter(depth=0)._raw_delete("default")
