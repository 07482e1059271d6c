"""Row-level security: which policy each table with a unit carries, and the SQL that puts it there.

Apps register their tables in AppConfig.ready(); `apply` runs after every migrate. A guard test finds
every table with a foreign key to a unit that has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dean06.core.access.roles import APP_ROLE, WIDE_ROLE


class PolicyKind(StrEnum):
    """What a table lets a scope see and write."""

    SCOPED = "scoped"  # rows of the actor's units only
    REFERENCE = "reference"  # every signed-in user may read; only the wide role writes
    APPEND_ONLY = "append_only"  # anyone inserts, the scope reads, nobody changes
    OWN = "own"  # rows about the user himself, besides those of his units
    LEDGER = "ledger"  # written by the database's own triggers; the scope (without a column: everybody) reads


@dataclass(frozen=True, slots=True)
class RowPolicy:
    """The row-level security of one table; `column` holds the unit, `reason` why it is public.

    `pilot` is the code of the pilot whose work the rows are, for grants limited to pilots.
    """

    table: str
    kind: PolicyKind
    column: str
    reason: str = ""
    wide_inserts: bool = False
    pilot: str = ""


REGISTRY: dict[str, RowPolicy] = {}


def register_scoped(table: str, *, column: str = "unit_id", pilot: str = "") -> None:
    """Rows are visible and writable only inside the actor's unit subtree."""
    REGISTRY[table] = RowPolicy(table, PolicyKind.SCOPED, column, pilot=pilot)


def register_reference(table: str, *, reason: str) -> None:
    """The table is public to signed-in users for `reason`; only the wide role writes."""
    REGISTRY[table] = RowPolicy(table, PolicyKind.REFERENCE, "", reason)


def register_append_only(table: str, *, column: str = "unit_id") -> None:
    """A log: insert for all, read inside the scope, no update, no delete, no truncate."""
    REGISTRY[table] = RowPolicy(table, PolicyKind.APPEND_ONLY, column)


def register_own(table: str, *, column: str = "unit_id") -> None:
    """Rows with a user_id: the user reads his own; writing needs the wide role."""
    REGISTRY[table] = RowPolicy(table, PolicyKind.OWN, column)


def register_ledger(table: str, *, column: str = "", reason: str = "", wide_inserts: bool = False) -> None:
    """Nobody of the program changes a row; the table's own triggers refuse it to its owner too.

    Rows are read inside the scope by `column`, or by everybody for `reason`. `wide_inserts`: jobs add rows.
    """
    REGISTRY[table] = RowPolicy(table, PolicyKind.LEDGER, column, reason, wide_inserts)


APP_SCOPE = """
create or replace function app_scope() returns int[] stable parallel safe language sql
set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct descendant_id), '{}') from units_closure
  where ancestor_id = any (coalesce(nullif(current_setting('app.units', true), ''), '{}')::int[]) $$;
"""

# Whoever may make a temporary table could put one in the place of a table that a function of ours reads.
NO_TEMPORARY = f"""
do $$ begin
  execute format('revoke temporary on database %I from public, {APP_ROLE}, {WIDE_ROLE}', current_database());
end $$;
"""

NO_CHANGE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege'; end $$;
"""


def _policies(policy: RowPolicy) -> Iterator[str]:
    # The scalar sub-select makes app_scope() one InitPlan, so that indexes on the column are used.
    inside = f"{policy.column} = any ((select app_scope())::int[])"
    own = "user_id = nullif(current_setting('app.user', true), '')::int"
    table = policy.table
    match policy.kind:
        case PolicyKind.SCOPED:
            yield f"create policy scope on {table} to {APP_ROLE} using ({inside})"
        case PolicyKind.REFERENCE:
            yield f"create policy scope on {table} for select to {APP_ROLE} using (true)"
        case PolicyKind.APPEND_ONLY:
            yield f"create policy scope on {table} for select to {APP_ROLE} using ({inside})"
            yield f"create policy append on {table} for insert to {APP_ROLE} with check (true)"
        case PolicyKind.OWN:
            yield f"create policy scope on {table} for select to {APP_ROLE} using ({own} or {inside})"
        case PolicyKind.LEDGER:
            seen = inside if policy.column else "true"
            yield f"create policy scope on {table} for select to {APP_ROLE} using ({seen})"
    yield f"create policy wide on {table} to {WIDE_ROLE} using (true)"


def _privileges(policy: RowPolicy) -> Iterator[str]:
    table = policy.table
    both = f"{APP_ROLE}, {WIDE_ROLE}"
    yield f"revoke all on {table} from {both}"
    match policy.kind:
        case PolicyKind.SCOPED:
            yield f"grant select, insert, update, delete on {table} to {both}"
        case PolicyKind.APPEND_ONLY:
            yield f"grant select, insert on {table} to {both}"
            yield (
                f"create or replace trigger append_only before update or delete on {table} "
                "for each row execute function refuse_change()"
            )
            yield (
                f"create or replace trigger append_only_truncate before truncate on {table} "
                "for each statement execute function refuse_change()"
            )
        case PolicyKind.LEDGER:
            yield f"grant select on {table} to {both}"
            if policy.wide_inserts:
                yield f"grant insert on {table} to {WIDE_ROLE}"
        case _:
            yield f"grant select on {table} to {APP_ROLE}"
            yield f"grant select, insert, update, delete on {table} to {WIDE_ROLE}"


def statements(existing: set[str]) -> Iterator[str]:
    """The SQL that brings privileges and policies of the existing tables in line with the registry."""
    both = f"{APP_ROLE}, {WIDE_ROLE}"
    yield APP_SCOPE
    yield NO_TEMPORARY
    yield NO_CHANGE
    yield f"grant usage on schema public to {both}"
    yield f"grant select, insert, update, delete on all tables in schema public to {both}"
    # UPDATE would be setval(): a counter set back refuses every new row, and no rollback brings it forward.
    yield f"revoke all on all sequences in schema public from {both}"
    yield f"grant usage on all sequences in schema public to {both}"
    yield f"revoke insert, update, delete on django_migrations from {both}"
    for policy in REGISTRY.values():
        if policy.table not in existing:
            continue
        yield f"alter table {policy.table} enable row level security"
        for name in ("scope", "append", "wide"):
            yield f"drop policy if exists {name} on {policy.table}"
        yield from _policies(policy)
        yield from _privileges(policy)


def apply(connection: Any) -> None:
    """Put roles, privileges and policies in place; idempotent; as the owner of the tables."""
    from dean06.core.access.roles import ensure_roles

    ensure_roles(connection)
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        cursor.execute("\n;".join(statements(existing)))
