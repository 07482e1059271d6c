"""What the catalogue of a database says about the protection of its tables: for the guard and its control."""

from __future__ import annotations

from typing import Any

import psycopg

from dean06.core.access.policies import REGISTRY, PolicyKind
from dean06.core.access.roles import APP_ROLE, WIDE_ROLE

Connection = psycopg.Connection[tuple[Any, ...]]

# A table has a unit when a foreign key or a column's name says so.
_WITH_UNIT = """
select distinct c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (
  exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'
          and k.confrelid = 'units_unit'::regclass)
  or exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             and a.attname ~ '(^|_)unit(_id)?$'))
"""
_REFERENCES = """
select f.relname, t.relname from pg_constraint k
join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
where k.contype = 'f' and f.relnamespace = 'public'::regnamespace and f.oid <> t.oid
"""
_SECURED = "select relname from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace"
_POLICIES = """
select tablename, role::text, cmd, coalesce(qual, ''), coalesce(with_check, '')
from pg_policies, unnest(roles) role where schemaname = 'public' and permissive = 'PERMISSIVE'
"""
_VIEWS = """
select c.relname, c.relkind::text, coalesce(c.reloptions::text, '') from pg_class c
where c.relkind in ('v', 'm') and c.relnamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
"""
_DEFINERS = """
select p.proname from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
"""
# They link what a transaction wrote and erase what has expired; neither gives back a row.
_DEFINERS_WE_KNOW = {"audit_link_row", "audit_forget", "usage_expire"}
# May be read across units: public facts or the shape of the plan, never records of people's work.
_OPEN = {PolicyKind.REFERENCE}


def tables_with_unit(connection: Connection) -> set[str]:
    """Every table that names a unit, and every table whose rows hang on a row that the scope hides."""
    found = {row[0] for row in connection.execute(_WITH_UNIT)}
    links = connection.execute(_REFERENCES).fetchall()
    hidden = {table for table in found if table not in REGISTRY or REGISTRY[table].kind not in _OPEN}
    while True:
        more = {child for child, parent in links if parent in hidden} - hidden
        if not more:
            return found | hidden
        hidden |= more


def faults(connection: Connection) -> list[str]:
    """Every way in which a row could be seen outside its scope, as a sentence each; none when all is well."""
    secured = {row[0] for row in connection.execute(_SECURED)}
    policies = connection.execute(_POLICIES).fetchall()
    told: list[str] = []
    for table in sorted(tables_with_unit(connection)):
        if table not in REGISTRY:
            told.append(f"{table}: no row policy is registered")
        if table not in secured:
            told.append(f"{table}: row-level security is off")
        told += [
            f"{table}: no policy for {role}"
            for role in (APP_ROLE, WIDE_ROLE)
            if not any(p[0] == table and p[1] == role for p in policies)
        ]
    told += [fault for policy in policies if (fault := _open_policy(*policy))]
    return told + _ways_around(connection)


def _open_policy(table: str, role: str, command: str, qual: str, check: str) -> str:
    """The fault of a policy that lets the bound role see every row although the table is not a reference."""
    if role == "public":
        return f"{table}: a policy is open to every role"
    kind = REGISTRY[table].kind if table in REGISTRY else None
    hashes = kind is PolicyKind.LEDGER and not REGISTRY[table].column
    if role != APP_ROLE or ((kind in _OPEN or hashes) and command == "SELECT"):
        return ""
    if command == "INSERT":
        return "" if kind is PolicyKind.APPEND_ONLY or "app_scope" in check else f"{table}: anybody inserts"
    return "" if "app_scope" in qual else f"{table}: a policy for {role} does not ask for the scope"


def _ways_around(connection: Connection) -> list[str]:
    told = []
    for name, kind, options in connection.execute(_VIEWS).fetchall():
        if kind == "m":
            told.append(f"{name}: a materialised view steps over the policies")
        elif "security_invoker=true" not in options:
            told.append(f"{name}: a view without security_invoker steps over the policies")
    for (name,) in connection.execute(_DEFINERS).fetchall():
        if name not in _DEFINERS_WE_KNOW:
            told.append(f"{name}(): a security definer function steps over the policies")
    return told
