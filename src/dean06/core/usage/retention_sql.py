"""The SQL that lets looks go when their time is over, and nothing else ever.

`usage_cutoff()` is the rule's own day, counted from the business date or from today, whichever is earlier: a
clock put forward makes nothing old. The rule itself is written by the owner of the tables alone, in a
migration, not by the roles of the program. Neither function takes a date, so whoever may call them can delete
nothing but what is past the rule. The triggers refuse every other change, to the owner of the tables too.
"""

from __future__ import annotations

from typing import Final

CUTOFF: Final = """
create or replace function usage_cutoff() returns timestamptz stable language sql
set search_path = pg_catalog, public, pg_temp as $$
  with clock as (
    select ((now() + make_interval(secs => coalesce((select least(seconds, 0) from core_clock), 0)))
            at time zone 'Asia/Ho_Chi_Minh')::date as today)
  select (c.today - (r.value::text)::int)::timestamp at time zone 'Asia/Ho_Chi_Minh'
  from clock c join core_rule r on r.code = 'retention.usage'
   and (r.valid_from is null or r.valid_from <= c.today) and (r.valid_to is null or r.valid_to > c.today)
$$;
"""

REFUSE: Final = """
create or replace function usage_refuse() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if old.at < usage_cutoff() then return old; end if;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
"""

# The count goes into the audit in the same transaction; the links keep their hashes (audit_forget).
EXPIRE: Final = """
create or replace function usage_expire() returns bigint language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
  cutoff timestamptz := usage_cutoff();
  gone bigint := 0;
  people bigint := 0;
begin
  if cutoff is null then return 0; end if;
  delete from usage_hidden where at < cutoff;
  delete from usage_subject where at < cutoff;
  get diagnostics people = row_count;
  delete from usage_record where at < cutoff;
  get diagnostics gone = row_count;
  delete from usage_representation r where r.valid_to < cutoff::date
    and not exists (select from usage_record u where u.on_behalf_of_id = r.id);
  if gone > 0 then
    perform audit_forget(cutoff);
    insert into audit_entry (at, actor_id, actor_name, action, object_type, object_id, unit_id, detail)
    values (now() + make_interval(secs => coalesce((select seconds from core_clock where id = 1), 0)), null,
            'usage.expire', 'usage.expire', 'table', 'usage_record', null,
            jsonb_build_object('rule', 'retention.usage', 'deleted', gone, 'people', people,
                               'cutoff', cutoff));
  end if;
  return gone;
end $$;
revoke all on function usage_expire() from public;
"""

# Both roles of the program write rules; a shorter one of this code would let looks go before their day.
RULE: Final = """
create or replace function usage_refuse_rule() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
  if not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
     and 'retention.usage' in (coalesce(old.code, ''), coalesce(new.code, '')) then
    raise exception 'retention.usage is written by the owner of the tables'
      using errcode = 'insufficient_privilege';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger usage_rule_kept before insert or update or delete on core_rule
  for each row execute function usage_refuse_rule();
"""

CREATE: Final = CUTOFF + REFUSE + EXPIRE + RULE
DROP: Final = (
    "drop function if exists usage_expire(), usage_refuse(), usage_cutoff(), usage_refuse_rule() cascade"
)

#: Tables whose rows go when their `at` is past the rule.
KEPT: Final = ("usage_record", "usage_subject", "usage_hidden")


def after_migrate(wide_role: str) -> str:
    """Put our trigger in the place of the one that refuses every deletion, and let system work call us."""
    triggers = "".join(
        f"create or replace trigger append_only before update or delete on {table} "
        "for each row execute function usage_refuse();\n"
        for table in KEPT
    )
    return f"{triggers}grant execute on function usage_expire() to {wide_role};"
