"""About what each address is and what is done there: the data behind test_walk.py and docs/access.md.

A new address needs a line: the kind of its object, the action that reading asks for, and the one that
sending asks for ("" where nothing but being signed in, or nothing at all, is asked for).
"""

from __future__ import annotations

from typing import NamedTuple


class About(NamedTuple):
    """`kind` of object; `get` and `post`: the code of the action, "-" where the method is not taken."""

    kind: str
    get: str
    post: str


_ACCOUNT = About("account", "operate", "operate")
_LIST = About("none", "view", "-")
_OWN = About("self", "", "")
_OPEN = About("open", "", "")
_PICTURE = About("photo", "view", "-")

ROUTES: dict[str, About] = {
    "health": About("open", "", "-"),
    "ready": About("open", "", "-"),
    "metrics": About("open", "", "-"),
    "web:login": _OPEN,
    "web:account": About("self", "-", ""),
    "web:logout": About("self", "-", ""),
    "web:set_language": _OPEN,
    "account_login": _OPEN,
    "mfa_authenticate": _OPEN,
    "mfa_login_webauthn": _OPEN,
    "openid_connect_login": _OPEN,
    "openid_connect_callback": _OPEN,
    "socialaccount_login_cancelled": _OPEN,
    "account_reauthenticate": _OWN,
    "mfa_reauthenticate": _OWN,
    "mfa_reauthenticate_webauthn": _OWN,
    "mfa_index": _OWN,
    "account_change_password": _OWN,
    "account_sessions": _OWN,
    "account_end_others": About("self", "-", ""),
    "account_end_session": About("self", "-", ""),
    "mfa_activate_totp": _OWN,
    "mfa_deactivate_totp": _OWN,
    "mfa_list_webauthn": _OWN,
    "mfa_add_webauthn": _OWN,
    "mfa_remove_webauthn": _OWN,
    "mfa_edit_webauthn": _OWN,
    "mfa_view_recovery_codes": _OWN,
    "mfa_generate_recovery_codes": _OWN,
    "access:users": About("account", "operate", "-"),
    "access:user": About("account", "operate", "-"),
    "access:user_act": About("account", "-", "operate"),
    "access:give": _ACCOUNT,
    "access:grant": _ACCOUNT,
    "access:invite": _ACCOUNT,
    "access:first_password": _OPEN,
    "access:review": About("account", "operate", "-"),
    "access:review_act": About("account", "-", "operate"),
    "access:choose": About("self", "-", ""),
    "access:view_as": About("account", "audit", "audit"),
    "access:view_as_stop": About("self", "-", ""),
    "web:plan": _LIST,
    "web:target": _LIST,
    "web:state": About("figure", "state_figure", "state_figure"),
    "web:decide": About("plan", "manage_plan", "manage_plan"),
    "web:adopt": About("figure", "state_figure", "state_figure"),
    "web:withdraw": About("figure", "-", "state_figure"),
    "web:tasks": _LIST,
    "web:search": _LIST,
    "units:list": _LIST,
    "units:detail": About("tree", "view", "-"),
    "units:edit": About("tree", "manage_units", "manage_units"),
    "units:export": About("none", "export", "-"),
    "units:import": About("none", "manage_units", "manage_units"),
    "audit:list": About("log", "view_log", "-"),
    "audit:export": About("log", "-", "view_log"),
    "operations:state": About("installation", "operate", "-"),
    "operations:retry": About("installation", "-", "operate"),
    "usage:mine": About("citizen", "citizen", "-"),
    "usage:represented": About("citizen", "citizen", "-"),
    "usage:api_heartbeat": About("machine", "", "-"),
    "usage:api_period": About("machine", "", "-"),
    "usage:api_find": About("machine", "", ""),
    "photos:photo": _PICTURE,
    "photos:thumbnail": _PICTURE,
    "guidance:index": _LIST,
    "guidance:point": About("desk", "view", "-"),
    "guidance:add": About("desk", "record", "record"),
    "guidance:list": _LIST,
    "guidance:record": About("record", "view", "-"),
    "guidance:photo": About("record", "view", "-"),
    "guidance:revise": About("record", "record", "record"),
    "guidance:revoke": About("record", "record", "record"),
    "guidance:restore": About("record", "-", "record"),
    "guidance:end": About("record", "record", "record"),
    "guidance:look": About("poster", "-", "record"),
    "guidance:videos": _LIST,
    "guidance:video": _LIST,
    "guidance:video_add": About("library", "keep_library", "keep_library"),
    "guidance:video_approve": About("library", "-", "keep_library"),
    "guidance:video_expire": About("library", "-", "keep_library"),
    "guidance:lists": _LIST,
    "guidance:list_publish": About("library", "keep_library", "keep_library"),
    "guidance:officer": About("record", "view", "-"),
    "guidance:import": About("desk sheet", "import", "import"),
    "people:home": _LIST,
    "people:list": About("people", "view_personal", "-"),
    "people:person_add": About("people", "record_person", "record_person"),
    "people:find": About("people", "-", "view_personal"),
    "people:person": About("person", "view_personal", "-"),
    "people:reveal": About("person", "-", "view_personal"),
    "people:person_edit": About("person", "record_person", "record_person"),
    "people:person_step": About("person", "-", "record_person"),
    "people:request_add": About("person", "record_person", "record_person"),
    "people:requests": About("people", "view_personal", "-"),
    "people:request": About("request", "view_personal", "view_personal"),
    "people:answer": About("request", "-", "record_person"),
    "people:breaches": _LIST,
    "people:breach_add": About("none", "record", "record"),
    "people:breach": About("breach", "view", "record"),
    "people:breach_form": About("breach", "view", "-"),
    "people:retention": _LIST,
    "people:hidings": About("hiding", "see_hidings", "-"),
    "people:hiding": About("hiding", "see_hidings", "see_hidings"),
    "people:hide": About("person", "view_personal", "view_personal"),
    "people:representations": About("people", "view_personal", "-"),
    "people:representation_add": About("people", "record_person", "record_person"),
    "people:representation_end": About("representation", "-", "view_personal"),
}
