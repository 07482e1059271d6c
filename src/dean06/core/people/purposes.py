"""For what a number may be shown: a closed list, each with its legal basis (see core.usage)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ = "people.read"  # lists and pages with masked numbers
FIND = "people.find"  # a look-up by number
ANSWER = "people.answer"  # what is handed to the person himself


@dataclass(frozen=True, slots=True)
class Purpose:
    """`basis`: the article that allows it."""

    code: str
    label: str | Promise
    basis: str


_STATE = "Luật 91/2025/QH15, Điều 19.1.c"
REVEAL: tuple[Purpose, ...] = (
    Purpose("people.reveal.procedure", _("Giải quyết thủ tục hành chính của người này"), _STATE),
    Purpose("people.reveal.verify", _("Đối chiếu nhân thân khi người này có mặt"), _STATE),
    Purpose("people.reveal.correct", _("Sửa sai sót trong dữ liệu theo yêu cầu"), _STATE),
    Purpose("people.reveal.inspect", _("Thanh tra, kiểm tra theo quyết định"), _STATE),
)
CODES = frozenset(purpose.code for purpose in REVEAL)
