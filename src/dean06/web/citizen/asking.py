"""What a portal asks: the body of findUsage, strictly read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dean06.core import vault

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
MAX_BODY = 4096
MAX_OFFSET = 10_000_000
_FIELDS = {"userCode", "periodStart", "periodEnd", "offset", "limit"}
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_COUNTRY = "VN"


class BadRequest(Exception):
    """The request is not of the protocol; the text says where, without repeating what was sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A findUsage: rows of `user_code` in [start, end), `limit` of them after the first `offset`."""

    user_code: str
    start: datetime | None
    end: datetime | None
    offset: int
    limit: int


def read_body(request: HttpRequest) -> Asked:
    """The question in a request. Raises BadRequest naming the field."""
    if request.GET:
        raise BadRequest(_("Không gửi gì trong địa chỉ; hãy gửi trong nội dung JSON."))
    body = _object(request)
    unknown = sorted(set(body) - _FIELDS)
    if unknown:
        raise BadRequest(_("Có trường không thuộc giao thức; chỉ nhận: %(names)s.") % {"names": _names()})
    start, end = _moment(body, "periodStart"), _moment(body, "periodEnd")
    if start is not None and end is not None and end < start:
        raise BadRequest(_("periodEnd phải từ periodStart trở đi."))
    return Asked(
        user_code=user_code(body.get("userCode"), "userCode"),
        start=start,
        end=end,
        offset=_whole(body, "offset", 0, 0, MAX_OFFSET),
        limit=_whole(body, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
    )


def _names() -> str:
    return ", ".join(sorted(_FIELDS))


def _object(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise BadRequest(_("Nội dung phải là application/json."))
    if len(request.body) > MAX_BODY:
        raise BadRequest(_("Nội dung quá dài."))
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("Nội dung không phải JSON đúng.")) from error
    if not isinstance(body, dict):
        raise BadRequest(_("Nội dung phải là một đối tượng JSON."))
    return body


def user_code(given: object, name: str) -> str:
    """A personal number, also written as VN and twelve digits. Raises BadRequest."""
    text = vault.normalise(given).upper().removeprefix(_COUNTRY) if isinstance(given, str) else ""
    if len(text) != 12 or not text.isascii() or not text.isdigit():
        raise BadRequest(_("%(name)s phải là số định danh cá nhân 12 chữ số.") % {"name": name})
    return text


def _moment(body: dict[str, Any], name: str) -> datetime | None:
    given = body.get(name)
    if given is None:
        return None
    if isinstance(given, str) and _RFC_3339.fullmatch(given):
        try:
            return datetime.fromisoformat(given.upper())
        except ValueError:
            pass
    raise BadRequest(_("%(name)s phải là thời điểm theo RFC 3339, có múi giờ.") % {"name": name})


def _whole(body: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    given = body.get(name)
    if given is None:
        return default
    if type(given) is not int or not least <= given <= most:
        text = _("%(name)s phải là số nguyên từ %(least)s đến %(most)s.")
        raise BadRequest(text % {"name": name, "least": least, "most": most})
    return given
