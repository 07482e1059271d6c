"""How strongly a citizen proved who he is, and what that is too little for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dean06.core.access import limits
from dean06.core.errors import Denied


class TooLow(Denied):
    """The person proved himself too weakly for what these pages show (rule access.citizen_level).

    The levels are those of electronic identification accounts (Decree 69/2024/NĐ-CP).
    """

    def __init__(self, have: int) -> None:
        self.needed = limits.current().citizen_level
        text = _("Tài khoản VNeID ở mức %(have)s; ở đây cần mức %(need)s. Hãy đến công an xã để nâng mức.")
        super().__init__(text % {"have": have, "need": self.needed})

    @property
    def heading(self) -> str:
        """What the page says above the message."""
        return _("Cần tài khoản định danh mức độ %(need)s") % {"need": self.needed}
