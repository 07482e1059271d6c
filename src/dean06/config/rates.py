"""The kind of every route, for the rate limits. A guard test fails for a route that stands nowhere here.

Writing, sending a file and asking for one (`?export=`, `?mau=`) are recognised by the request itself.
"""

from __future__ import annotations

from dean06.core.limits import Kind

# Whole rooms whose pages are all of one kind, by the beginning of their routes' names; the first counts.
FAMILIES: dict[str, Kind] = {
    "web:login": Kind.SIGN_IN,
    "account_": Kind.SIGN_IN,
    "mfa_": Kind.SIGN_IN,
    "socialaccount_": Kind.SIGN_IN,
    "openid_connect_": Kind.SIGN_IN,
    "people:": Kind.PERSONAL,
    "privacy:": Kind.PERSONAL,
    "usage:": Kind.PERSONAL,
    "audit:export": Kind.EXPORT,
    "audit:": Kind.SEARCH,
    "access:first_password": Kind.SIGN_IN,
    "access:invite": Kind.UPLOAD,
    "access:": Kind.PAGE,
    "operations:": Kind.PAGE,
    "ready": Kind.FREE,
    "metrics": Kind.FREE,
}

KINDS: dict[str, Kind] = {
    "health": Kind.FREE,
    "web:account": Kind.PAGE,
    "web:logout": Kind.PAGE,
    "web:set_language": Kind.PAGE,
    "web:plan": Kind.PAGE,
    "web:target": Kind.PAGE,
    "web:state": Kind.PAGE,
    "web:withdraw": Kind.PAGE,
    "web:decide": Kind.PAGE,
    "web:adopt": Kind.PAGE,
    "web:tasks": Kind.PAGE,
    "web:search": Kind.SEARCH,
    "units:list": Kind.SEARCH,
    "units:detail": Kind.PAGE,
    "units:edit": Kind.PAGE,
    "units:export": Kind.EXPORT,
    "units:import": Kind.UPLOAD,
    "photos:photo": Kind.PICTURE,
    "photos:thumbnail": Kind.PICTURE,
    "guidance:index": Kind.PAGE,
    "guidance:point": Kind.PAGE,
    "guidance:add": Kind.PAGE,
    "guidance:list": Kind.PAGE,
    "guidance:record": Kind.PAGE,
    "guidance:photo": Kind.PAGE,
    "guidance:revise": Kind.PAGE,
    "guidance:revoke": Kind.PAGE,
    "guidance:restore": Kind.PAGE,
    "guidance:end": Kind.PAGE,
    "guidance:look": Kind.PAGE,
    "guidance:videos": Kind.PAGE,
    "guidance:video": Kind.PAGE,
    "guidance:video_add": Kind.PAGE,
    "guidance:video_approve": Kind.PAGE,
    "guidance:video_expire": Kind.PAGE,
    "guidance:lists": Kind.PAGE,
    "guidance:list_publish": Kind.PAGE,
    "guidance:officer": Kind.PERSONAL,
    "guidance:import": Kind.UPLOAD,
}


def kind_of_route(name: str) -> Kind | None:
    """The kind of a route by its full name; None for one that stands nowhere here."""
    if name in KINDS:
        return KINDS[name]
    return next((kind for prefix, kind in FAMILIES.items() if name.startswith(prefix)), None)
