"""The SQL that links every row of the logs into its stream, and refuses to change what was linked.

docs/audit.md describes the format. A deferred constraint trigger runs at commit: the lock of a stream's head
is held only while its transaction commits, and one transaction writes to one stream number, whose two heads
(action, usage) it locks in one order, so that head locks cannot close a circle.
"""

from __future__ import annotations

from typing import Final

STREAMS: Final = 16

# The lock: UPDATE waits for the row and computes from its newest version. A control test takes it away.
ADVANCE: Final = """
  update audit_head h set
    seq = h.seq + 1,
    prev = h.hash,
    hash = sha256(convert_to(format('dean06-link-1 %s %s %s %s', h.stream, h.seq + 1,
                                    encode(h.hash, 'hex'), encode(body, 'hex')), 'UTF8'))
  where h.stream = p_stream
  returning h.seq, h.prev, h.hash into strict head;
"""

APPEND: Final = f"""
create or replace function audit_append(
  p_stream text, p_entry bigint, p_unit int, p_at timestamptz, p_payload text
) returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  head record;
  body bytea := sha256(convert_to(p_payload, 'UTF8'));
begin
{ADVANCE}
  insert into audit_link (stream, seq, prev, hash, digest, payload, entry_id, unit_id, at)
  values (p_stream, head.seq, head.prev, head.hash, body, p_payload, p_entry, p_unit, p_at);
end $$;
"""  # noqa: S608 - put together from constants of this file

LINK: Final = f"""
create or replace function audit_link_row() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  slot text := current_setting('audit.stream', true);
  kind text := case tg_relid when 'public.audit_entry'::regclass then 'action'
                             when 'public.usage_record'::regclass then 'usage' end;
begin
  if kind is null then
    raise exception '% is no log', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  if slot is null or slot !~ '^([0-9]|1[0-5])$' then
    slot := (coalesce(new.unit_id, 0) % {STREAMS})::text;
    perform set_config('audit.stream', slot, true);
    -- Both heads, in one order, before the first is changed.
    perform from audit_head h where h.number = slot::int order by h.stream for update;
  end if;
  perform audit_append(kind || '-' || slot, new.id, new.unit_id, new.at, to_jsonb(new)::text);
  return null;
end $$;
revoke all on function audit_link_row() from public;
revoke all on function audit_append(text, bigint, int, timestamptz, text) from public;
create constraint trigger audit_link after insert on audit_entry deferrable initially deferred
  for each row execute function audit_link_row();
create constraint trigger audit_link after insert on usage_record deferrable initially deferred
  for each row execute function audit_link_row();
"""

# Nobody changes a link; only the payload of an expired usage row may go, through audit_forget.
GUARD: Final = """
create or replace function audit_refuse() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'audit_head' and pg_trigger_depth() > 1 then
    return new;
  end if;
  if tg_op = 'UPDATE' and tg_table_name = 'audit_link'
     and current_setting('audit.forget', true) = 'on' then
    if old.stream like 'usage-%' and new.payload is null
       and to_jsonb(new) - 'payload' = to_jsonb(old) - 'payload' then
      return new;
    end if;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create or replace function audit_forget(before timestamptz) returns bigint language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare gone bigint;
begin
  perform set_config('audit.forget', 'on', true);
  update audit_link set payload = null where stream like 'usage-%' and at < before and payload is not null;
  get diagnostics gone = row_count;
  perform set_config('audit.forget', '', true);
  return gone;
end $$;
revoke all on function audit_forget(timestamptz) from public;
"""

_KEPT: Final = ("audit_link", "audit_head", "audit_anchor", "audit_installation")
REFUSE: Final = "\n".join(
    f"create trigger audit_keep before update or delete on {table} for each row "
    "execute function audit_refuse();\n"
    f"create trigger audit_keep_all before truncate on {table} for each statement "
    "execute function audit_refuse();"
    for table in _KEPT
)

SEED: Final = f"""
insert into audit_installation (id, key) values (1, gen_random_uuid());
insert into audit_head (stream, number, seq, prev, hash)
select k || '-' || n, n, 0, '', sha256(convert_to(format('dean06-genesis-1 %s %s-%s', i.key, k, n), 'UTF8'))
from audit_installation i, unnest(array['action', 'usage']) k, generate_series(0, {STREAMS - 1}) n;
alter table audit_head set (fillfactor = 20);
"""  # noqa: S608

# Rows written before there were links, in the order in which they were written.
BACKFILL: Final = f"""
do $$
declare r record;
begin
  perform set_config('timezone', 'UTC', true);
  for r in select e.id, e.unit_id, e.at, to_jsonb(e)::text as body from audit_entry e order by e.id loop
    perform audit_append('action-' || coalesce(r.unit_id, 0) % {STREAMS}, r.id, r.unit_id, r.at, r.body);
  end loop;
  for r in select u.id, u.unit_id, u.at, to_jsonb(u)::text as body from usage_record u order by u.id loop
    perform audit_append('usage-' || coalesce(r.unit_id, 0) % {STREAMS}, r.id, r.unit_id, r.at, r.body);
  end loop;
end $$;
"""  # noqa: S608

CREATE: Final = "\n".join((SEED, APPEND, BACKFILL, LINK, GUARD, REFUSE))

DROP: Final = "\n".join(
    (
        "drop trigger if exists audit_link on audit_entry;",
        "drop trigger if exists audit_link on usage_record;",
        *(
            f"drop trigger if exists audit_keep on {t}; drop trigger if exists audit_keep_all on {t};"
            for t in _KEPT
        ),
        "drop function if exists audit_link_row(), audit_refuse(), audit_forget(timestamptz);",
        "drop function if exists audit_append(text, bigint, int, timestamptz, text);",
        "truncate audit_link, audit_head, audit_installation, audit_anchor;",
    )
)
