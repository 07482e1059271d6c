"""Dated rules: law and local settings as rows with a citation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from dean06.core.errors import NotFound


def rule(code: str, on: date) -> Any:
    """The value of rule `code` in force on `on` (JSON value). Raises NotFound when none is in force."""
    from django.db.models import Q

    from dean06.core.rules.models import Rule

    found = (
        Rule.objects.filter(code=code)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .values_list("value", flat=True)
        .first()
    )
    if found is None:
        raise NotFound(
            _("Không có quy tắc “%(code)s” có hiệu lực ngày %(day)s.")
            % {"code": code, "day": f"{on:%d/%m/%Y}"}
        )
    return found
