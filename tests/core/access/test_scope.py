"""A scope lives in its transaction, nests, and is gone after any way out."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import DataError

from dean06.core.access.actor import system_actor
from dean06.core.access.scope import scoped, wide
from tests.core.access.probe import officer

State = tuple[str, str]


def _state() -> State:
    """The role in force and the units of the scope."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user, coalesce(current_setting('app.units', true), '')")
        role, units = cursor.fetchone() or ("", "")
        return role, units


NOTHING = "dean06_app"


def test_no_scope_is_the_bound_role_with_no_units(db: None) -> None:
    role, units = _state()
    assert role == NOTHING
    assert units in {"", "{}"}


def test_scopes_nest_and_come_back(db: None) -> None:
    start = _state()
    with scoped(officer(7, 5)):
        assert _state() == ("dean06_app", "{5,7}")
        with wide("test"):
            assert _state() == ("dean06_wide", "{}")
            with scoped(officer(9)):
                assert _state() == ("dean06_app", "{9}")
            assert _state() == ("dean06_wide", "{}")
        assert _state() == ("dean06_app", "{5,7}")
    assert _state()[0] == start[0]
    assert _state()[1] in {"", "{}"}


def test_the_system_sees_everything(db: None) -> None:
    with scoped(system_actor("test")):
        assert _state()[0] == "dean06_wide"


def test_a_scope_is_left_by_an_exception(db: None) -> None:
    with pytest.raises(KeyError), wide("test"):
        raise KeyError
    assert _state()[0] == "dean06_app"


def test_a_scope_inside_a_failed_savepoint_is_gone(db: None) -> None:
    with scoped(officer(3)):
        with pytest.raises(DataError), transaction.atomic(), wide("test"), connection.cursor() as cursor:
            cursor.execute("select 1/0")
        assert _state() == ("dean06_app", "{3}")


def test_a_savepoint_that_fails_inside_a_scope_keeps_the_scope(db: None) -> None:
    with wide("test"):
        with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select 1/0")
        assert _state()[0] == "dean06_wide"


def test_the_first_error_is_the_one_that_is_seen(db: None) -> None:
    """Leaving a scope in a transaction marked for rollback must not hide why it was marked."""
    with pytest.raises(KeyError), transaction.atomic(), wide("test"), transaction.atomic(savepoint=False):
        raise KeyError
    assert _state()[0] == "dean06_app"


def test_a_scope_does_not_outlive_its_transaction(race_db: str) -> None:
    with transaction.atomic(), wide("test"):
        pass
    with transaction.atomic(), scoped(officer(4)):
        pass
    assert _state()[0] == "dean06_app"
    assert _state()[1] == ""


def test_a_scope_outside_a_transaction_is_refused(race_db: str) -> None:
    with pytest.raises(TransactionManagementError, match="transaction"), wide("test"):
        pass


def test_wide_wants_a_reason(db: None) -> None:
    with pytest.raises(ValueError, match="say why"), wide(""):
        pass


def test_django_is_connected_as_the_bound_role_itself(db: None) -> None:
    """Not as the owner with a role taken: SET ROLE would give the way back."""
    with connection.cursor() as cursor:
        cursor.execute("select session_user")
        assert cursor.fetchone() == ("dean06_app",)
