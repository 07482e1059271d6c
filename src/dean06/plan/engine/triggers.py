"""Database triggers: what was frozen or stated stays, whoever writes and however."""

from __future__ import annotations

from typing import Final

# SQLSTATE 23001 (restrict_violation): Django shows it as IntegrityError.
_REFUSE: Final = """
create or replace function plan_refuse_frozen() returns trigger language plpgsql as $$
begin
  raise exception '%: a frozen period is never changed', tg_table_name using errcode = 'restrict_violation';
end $$;
create or replace function plan_refuse_late() returns trigger language plpgsql as $$
begin
  if exists (select from added a join plan_indicator_run r using (indicator, period)
             where r.frozen_at is not null) then
    raise exception '%: the period is frozen', tg_table_name using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
"""

#: (table, condition on the old row) of rows that no longer change.
_KEPT: Final = (
    ("plan_observation", "when (old.frozen)"),
    ("plan_indicator_run", "when (old.frozen_at is not null)"),
    ("plan_frozen_row", ""),
    ("plan_frozen_tree", ""),
    ("plan_stated_figure", ""),
)
_LATE: Final = ("plan_observation", "plan_frozen_row")


def _create() -> str:
    parts = [_REFUSE]
    for table, condition in _KEPT:
        parts.append(
            f"create trigger {table}_keep before update or delete on {table} "
            f"for each row {condition} execute function plan_refuse_frozen();"
        )
        parts.append(
            f"create trigger {table}_no_truncate before truncate on {table} "
            "for each statement execute function plan_refuse_frozen();"
        )
    for table in _LATE:
        # One look a statement, not one a row: a full count writes hundreds of rows.
        parts.append(
            f"create trigger {table}_late after insert on {table} referencing new table as added "
            "for each statement execute function plan_refuse_late();"
        )
    return "\n".join(parts)


def _drop() -> str:
    names = [(table, f"{table}_{suffix}") for table, _ in _KEPT for suffix in ("keep", "no_truncate")]
    names += [(table, f"{table}_late") for table in _LATE]
    drops = [f"drop trigger if exists {name} on {table};" for table, name in names]
    return "\n".join([*drops, "drop function if exists plan_refuse_frozen(), plan_refuse_late();"])


CREATE: Final = _create()
DROP: Final = _drop()
