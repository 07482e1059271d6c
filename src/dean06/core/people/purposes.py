"""For what people may be read: codes of the catalogue of core.usage, where each has its legal basis."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ = "people.read"  # lists and pages with masked numbers
FIND = "people.find"  # a look-up by number
ANSWER = "people.answer"  # what is handed to the person himself


@dataclass(frozen=True, slots=True)
class Purpose:
    """A choice of the form that shows a number."""

    code: str
    label: str | Promise


REVEAL: tuple[Purpose, ...] = (
    Purpose("people.reveal.procedure", _("Giải quyết thủ tục hành chính của người này")),
    Purpose("people.reveal.verify", _("Đối chiếu nhân thân khi người này có mặt")),
    Purpose("people.reveal.correct", _("Sửa sai sót trong dữ liệu theo yêu cầu")),
    Purpose("people.reveal.inspect", _("Thanh tra, kiểm tra theo quyết định")),
)
CODES = frozenset(purpose.code for purpose in REVEAL)
