"""The database's refusals about units, in the words of the office."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _
from psycopg import errors

from dean06.core.errors import Conflict


def explain(error: IntegrityError) -> Conflict:
    """The Conflict to raise for a broken constraint of the units' tables; re-raises any other error.

    Actions look first and give a fuller reason; this speaks when somebody else wrote in between.
    """
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, errors.IntegrityError) else None
    texts = {
        "units_unit_key_key": _("Đã có đơn vị khác mang mã định danh này."),
        "units_unit_validity": _("Ngày bắt đầu hiệu lực phải trước ngày kết thúc."),
        "units_placement_one_parent": _(
            "Thời gian trực thuộc chồng lên nhau: tại một thời điểm đơn vị chỉ trực thuộc một đơn vị."
        ),
        "units_placement_not_self": _("Đơn vị không thể trực thuộc chính nó."),
        "units_code_one_meaning": _(
            "Mã này đã được dùng cho một đơn vị khác trong khoảng thời gian chồng lên nhau."
        ),
        "units_alias_once": _("Đơn vị đã có tên gọi khác này."),
    }
    if name not in texts:
        raise error
    return Conflict(texts[name])
