"""What each role gets at each address of the program: the table behind test_routes.py.

A new address needs a line here (and one more for an object outside the scope of the lower roles).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.filled import Filled

ROLES = ("lanhdao", "theodoi", "chutri", "thutruong", "canbo", "motcua", "kiemtra", "quantri")

OPEN = {
    "access:first_password": "an invited person has no password yet; the link opens once",
    "health": "a supervisor asks without an account; the answer tells nothing of the province",
    "ready": "a load balancer asks without an account; the answer tells nothing of the province",
    "metrics": "read by programs of this machine or with a token; numbers without names",
    "web:login": "the way in",
    "web:set_language": "the sign-in page itself is read in a language",
    "account_login": "the way in",
    "mfa_authenticate": "the second step of the way in",
    "mfa_login_webauthn": "the way in by a passkey",
    "openid_connect_login": "the way in by VNeID",
    "openid_connect_callback": "the way back from VNeID",
    "socialaccount_login_cancelled": "who turned back at VNeID",
}
MACHINES = {
    "usage:api_heartbeat": "a portal's program with a token of its own",
    "usage:api_period": "a portal's program with a token of its own",
    "usage:api_find": "a portal's program with a token of its own",
}
CHANGED_BY_POST_ONLY = (
    "guidance:look",
    "audit:export",
    "operations:retry",
    "people:answer",
    "people:find",
    "people:representation_end",
    "people:person_step",
    "people:reveal",
    "guidance:restore",
    "guidance:video_approve",
    "guidance:video_expire",
    "web:logout",
    "web:withdraw",
    "account_end_others",
    "account_end_session",
    "access:user_act",
    "access:review_act",
    "access:choose",
    "access:view_as_stop",
)


@dataclass(frozen=True)
class Samples:
    """Objects of the demo: `near` belongs to every role's scope, `far` to another district."""

    near: dict[str, str]
    far: dict[str, str]


@dataclass(frozen=True)
class Case:
    """One address: the names of the samples that fill it, and the status for each role."""

    route: str
    want: str  # one status for all, or eight in the order of ROLES
    args: tuple[str, ...] = ()
    far: bool = False
    query: str = ""
    statuses: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        codes = [int(code) for code in self.want.split()]
        object.__setattr__(
            self, "statuses", dict(zip(ROLES, codes * 8 if len(codes) == 1 else codes, strict=False))
        )

    def address(self, samples: Samples) -> str:
        """The address with its samples put in; an argument that names no sample stands for itself."""
        objects = samples.far if self.far else samples.near
        args: list[Any] = [objects.get(name, name) for name in self.args]
        return reverse(self.route, args=args) + self.query

    def __str__(self) -> str:
        words = [self.route, *(["far"] if self.far else []), *self.args]
        return " ".join(words) + self.query


_WRITES = "403 403 200 200 200 200 403 403"  # who may record at the desk of `near`
_KEEPERS = "403 403 200 403 403 403 403 403"  # the lead of the pilot keeps the library
_UNITS = "403 403 403 403 403 403 403 200"  # the administrator keeps the tree
_IMPORTS = "403 403 200 200 200 403 403 403"
_WIDE = "200 200 200 404 404 404 200 200"  # who sees an object of `far`
_FOREIGN = "200 200 200 403 403 403 200 200"  # units are known to everybody, their records are not
_WIDE_WRITES = "403 403 200 404 404 404 403 403"
_PERSONAL = "403 403 403 200 200 403 403 403"  # grants that open personal data, not of one pilot only
_PERSON = "404 404 404 200 200 404 404 404"  # others do not learn whether the person exists
_OPERATORS = "403 403 403 403 403 403 403 200"
_LOG = "403 200 403 200 403 403 200 200"  # who supervises, and the administrator
_RECORDERS = "403 403 403 200 200 200 403 403"  # who records daily work beyond one pilot

CASES = (
    Case("health", "200"),
    Case("ready", "503"),  # no worker runs beside the tests
    Case("metrics", "200"),
    Case("web:login", "200"),
    Case("web:account", "302"),
    Case("web:logout", "405"),
    Case("web:set_language", "302"),
    Case("account_login", "200"),
    Case("mfa_authenticate", "302"),
    Case("mfa_login_webauthn", "302"),
    Case("openid_connect_login", "302", ("vneid",)),
    Case("openid_connect_callback", "302", ("vneid",)),
    Case("socialaccount_login_cancelled", "200"),
    Case("account_reauthenticate", "200"),
    Case("mfa_reauthenticate", "302"),
    Case("mfa_reauthenticate_webauthn", "302"),
    Case("mfa_index", "200"),
    Case("account_change_password", "200"),
    Case("account_sessions", "200"),
    Case("account_end_others", "405"),
    Case("account_end_session", "405"),
    Case("mfa_activate_totp", "200"),
    Case("mfa_deactivate_totp", "404"),
    Case("mfa_list_webauthn", "200"),
    Case("mfa_add_webauthn", "200"),
    Case("mfa_remove_webauthn", "404", ("1",)),
    Case("mfa_edit_webauthn", "404", ("1",)),
    Case("mfa_view_recovery_codes", "404"),
    Case("mfa_generate_recovery_codes", "200"),
    Case("access:users", _OPERATORS),
    Case("access:users", _OPERATORS, query="?export=csv"),
    Case("access:user", _OPERATORS, ("account",)),
    Case("access:user_act", "405", ("account",)),
    Case("access:give", _OPERATORS, ("account",)),
    Case("access:grant", _OPERATORS, ("grant",)),
    Case("access:invite", _OPERATORS),
    Case("access:first_password", "302", ("khong-co",)),
    Case("access:review", _OPERATORS),
    Case("access:review_act", "405"),
    Case("access:choose", "405"),
    Case("access:view_as", "403 403 403 403 403 403 200 403"),
    Case("access:view_as_stop", "405"),
    Case("web:plan", "200"),
    Case("web:target", "200", ("P0-T1",)),
    Case("web:target", "200", ("P0-D26",)),
    Case("web:target", "200", ("M1-T1",)),
    Case("web:target", "404", ("P0-T99",)),
    Case("web:target", "404", ("P0-T1",), query="?unit=khong-co"),
    Case("web:state", "403 200 403 200 403 403 403 403", ("M1-T1",)),
    Case("web:state", "403 200 200 200 403 403 403 403", ("P0-T1",)),
    Case("web:decide", "403 200 403 403 403 403 403 403", ("P0-T2",)),
    Case("web:decide", "403 404 403 403 403 403 403 403", ("P0-T1",)),
    Case("web:adopt", "403 200 403 200 403 403 403 403", ("M1-T1",)),
    Case("web:adopt", "403 200 200 200 403 403 403 403", ("P0-T1",)),
    Case("web:withdraw", "405", ("M1-T1",)),
    Case("web:tasks", "200"),
    Case("web:search", "200"),
    Case("web:search", "200", query="?q=bac+ly"),
    Case("units:list", "200"),
    Case("units:list", "200", query="?xem=cay"),
    Case("units:detail", "200", ("desk",)),
    Case("units:detail", "200", ("desk",), far=True),
    Case("units:edit", _UNITS, ("desk",)),
    Case("units:export", "200"),
    Case("units:import", _UNITS),
    Case("audit:list", _LOG),
    Case("audit:list", _LOG, query="?export=csv"),
    Case("audit:export", "405"),
    Case("operations:state", "403 403 403 403 403 403 403 200"),
    Case("operations:state", "403 403 403 403 403 403 403 200", query="?export=csv"),
    Case("operations:retry", "405", ("1",)),
    Case("people:home", "200"),
    Case("people:list", _PERSONAL),
    Case("people:list", _PERSONAL, query="?export=csv"),
    Case("people:person_add", _PERSONAL),
    Case("people:find", "405"),
    Case("people:person", _PERSON, ("person",)),
    Case("people:reveal", "405", ("person",)),
    Case("people:person_edit", _PERSON, ("person",)),
    Case("people:person_step", "405", ("person",)),
    Case("people:request_add", _PERSON, ("person",)),
    Case("people:requests", _PERSONAL),
    Case("people:request", _PERSON, ("subject_request",)),
    Case("people:answer", "405", ("subject_request",)),
    Case("people:breaches", "200"),
    Case("people:breach_add", _RECORDERS),
    Case("people:breach", "404", ("breach",)),
    Case("people:breach_form", "404", ("breach",)),
    Case("people:retention", "200"),
    Case("people:hidings", "403 200 403 200 200 403 200 200"),  # who sees people, and who inspects the log
    Case("people:hidings", "403 200 403 200 200 403 200 200", query="?export=csv"),
    Case("people:hiding", "403 404 403 404 404 403 404 404", ("999999",)),
    Case("people:hide", _PERSON, ("person",)),
    Case("people:representations", _PERSONAL),
    Case("people:representation_add", _PERSONAL),
    Case("people:representation_end", "405", ("999999",)),
    Case("usage:mine", "403"),  # citizens only
    Case("usage:represented", "403", ("1",)),
    Case("usage:api_heartbeat", "401"),
    Case("usage:api_period", "401"),
    Case("usage:api_find", "401"),
    Case("photos:photo", "200", ("photo",)),
    Case("photos:photo", _WIDE, ("photo",), far=True),
    Case("photos:thumbnail", "200", ("photo",)),
    Case("photos:thumbnail", _WIDE, ("photo",), far=True),
    Case("guidance:index", "200"),
    Case("guidance:index", "200", query="?export=xlsx"),
    Case("guidance:point", "200", ("desk",)),
    Case("guidance:point", _FOREIGN, ("desk",), far=True),
    Case("guidance:add", _WRITES, ("desk", "vat-pham")),
    Case("guidance:add", "403 403 200 403 403 403 403 403", ("desk", "vat-pham"), far=True),
    Case("guidance:add", "404", ("desk", "khong-co")),
    Case("guidance:list", "200", ("vat-pham",)),
    Case("guidance:list", "200", ("can-bo",)),
    Case("guidance:list", "404", ("khong-co",)),
    Case("guidance:record", "200", ("niem-yet", "posting")),
    Case("guidance:record", _WIDE, ("niem-yet", "posting"), far=True),
    Case("guidance:photo", "200", ("niem-yet", "posting")),
    Case("guidance:photo", _WIDE, ("niem-yet", "posting"), far=True),
    Case("guidance:photo", "404", ("khong-co", "posting")),
    Case("guidance:revise", _WRITES, ("niem-yet", "posting")),
    Case("guidance:revise", _WIDE_WRITES, ("niem-yet", "posting"), far=True),
    Case("guidance:revoke", _WRITES, ("niem-yet", "posting")),
    Case("guidance:revoke", _WIDE_WRITES, ("niem-yet", "posting"), far=True),
    Case("guidance:end", _WRITES, ("niem-yet", "posting")),
    Case("guidance:end", _WIDE_WRITES, ("niem-yet", "posting"), far=True),
    Case("guidance:look", "405", ("material",)),
    Case("guidance:videos", "200"),
    Case("guidance:video", "200", ("video",)),
    Case("guidance:video_add", _KEEPERS),
    Case("guidance:video_approve", "405", ("video",)),
    Case("guidance:video_expire", "405", ("video",)),
    Case("guidance:lists", "200"),
    Case("guidance:list_publish", _KEEPERS),
    Case("guidance:restore", "405", ("niem-yet", "posting")),
    Case("guidance:officer", "200", ("officer",)),
    Case("guidance:officer", _WIDE, ("officer",), far=True),
    Case("guidance:import", _IMPORTS, ("vat-pham",)),
    Case("guidance:import", _IMPORTS, ("vat-pham",), query="?mau=1"),
)

_OF = "select {what} from {table} where unit_id = %s and revoked_at is null order by 1 limit 1"
_PERSON_OF_CANBO = (
    "select p.key from people_person p join access_grant g on g.unit_id = p.unit_id"
    " join access_user u on u.id = g.user_id where u.username = 'canbo' order by p.id limit 1"
)
_REQUEST_OF_CANBO = (
    "select r.key from privacy_request r join access_grant g on g.unit_id = r.unit_id"
    " join access_user u on u.id = g.user_id where u.username = 'canbo' order by r.id limit 1"
)


def find_samples(province: Filled) -> Samples:
    """The desk of `motcua` with one object of each kind, and another district's desk with the same."""
    near = province.value(
        "select g.unit_id from access_grant g join access_user u on u.id = g.user_id"
        " where u.username = 'motcua'"
    )
    far = province.value(
        "select m.unit_id from guidance_posting m join units_unit u on u.id = m.unit_id"
        " join guidance_officer o on o.unit_id = m.unit_id"
        " where u.subkind = 'commune' and not exists (select from units_closure a join units_closure b"
        " on a.ancestor_id = b.ancestor_id join units_unit d on d.id = a.ancestor_id and d.kind = 'district'"
        " where a.descendant_id = m.unit_id and b.descendant_id = %s) order by 1 limit 1",
        near,
    )
    return Samples(near=_objects(province, near), far=_objects(province, far))


def _objects(province: Filled, desk: str) -> dict[str, str]:
    found = {
        "desk": desk,
        "posting": province.value(_OF.format(what="id", table="guidance_posting"), desk),
        "officer": province.value(_OF.format(what="id", table="guidance_officer"), desk),
        "photo": province.value(_OF.format(what="photo_id", table="guidance_posting"), desk),
    }
    found["material"] = province.value("select min(id) from guidance_material")
    found["video"] = province.value("select min(id) from guidance_video")
    found["account"] = province.value("select id from access_user where username = 'canbo'")
    found["grant"] = province.value("select min(id) from access_grant")
    found["person"] = province.value(_PERSON_OF_CANBO)
    found["subject_request"] = province.value(_REQUEST_OF_CANBO)
    found["breach"] = found["person"]  # the demo has none; tests/guards/walking.py writes one
    key = province.value("select key from units_unit where id = %s", desk)
    return {**found, "unit": key}
