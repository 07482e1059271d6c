"""The database roles. The web, the jobs and the commands never connect as the owner of the tables.

dean06_app   logs in; sees only the rows of its transaction's scope.
dean06_wide  cannot log in; chosen by SET LOCAL ROLE for province-wide actors and system work.

dean06_app is NOINHERIT on purpose: an inherited membership would make the policies of dean06_wide
(USING true) apply to it.
"""

from __future__ import annotations

from typing import Any

APP_ROLE = "dean06_app"
WIDE_ROLE = "dean06_wide"

ENSURE_ROLES = f"""
do $$
begin
  if not exists (select from pg_roles where rolname = '{WIDE_ROLE}') then
    create role {WIDE_ROLE} nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
    create role {APP_ROLE} login noinherit;
  end if;
  begin
    grant {WIDE_ROLE} to {APP_ROLE};
    execute format('grant {APP_ROLE}, {WIDE_ROLE} to %I', current_user);
  exception when insufficient_privilege then
    -- An administrator made the roles beforehand; enough when the memberships are there.
    if not (pg_has_role('{APP_ROLE}', '{WIDE_ROLE}', 'member')
            and pg_has_role(current_user, '{APP_ROLE}', 'member')
            and pg_has_role(current_user, '{WIDE_ROLE}', 'member')) then
      raise;
    end if;
  end;
end $$;
"""  # noqa: S608 - two constants


def ensure_roles(connection: Any) -> None:
    """Create the roles where missing. `connection`: psycopg or Django, as a role that may create roles."""
    with connection.cursor() as cursor:
        cursor.execute(ENSURE_ROLES)
