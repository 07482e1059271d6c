"""What a personal identification number looks like, and which ones nobody can hold."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dean06.core import clock, vault
from dean06.core.errors import Invalid, Reason
from dean06.core.people.models import NUMBER_LENGTH

#: No province and no country has this code (TT 07/2016/TT-BCA, annexes 1 and 2): such a number is nobody's.
NOBODY = "000"


def checked(typed: str) -> str:
    """The number as it is stored. Raises Invalid; a demo takes only numbers that nobody can hold."""
    number = vault.normalise(typed)
    if len(number) != NUMBER_LENGTH or not number.isascii() or not number.isdigit():
        raise _refused(_("Số định danh cá nhân phải có đúng 12 chữ số."))
    if clock.shift() and not number.startswith(NOBODY):
        raise _refused(_("Bản mô phỏng chỉ nhận số không của ai, bắt đầu bằng %(code)s.") % {"code": NOBODY})
    return number


def _refused(message: str) -> Invalid:
    return Invalid([Reason(message, field=_("Số định danh cá nhân"))])
