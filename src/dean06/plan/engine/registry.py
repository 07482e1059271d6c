"""The indicators of this installation, registered by each app when Django starts."""

from __future__ import annotations

import re
from difflib import get_close_matches

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from dean06.core.errors import NotFound
from dean06.plan.engine.definition import Indicator

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_indicators: dict[str, Indicator] = {}


def register(indicator: Indicator) -> None:
    """Make an indicator known; called from an app's AppConfig.ready().

    Raises ImproperlyConfigured for a code that is taken or not of the form "app.name", and for a version
    or nature that is none.
    """
    if not _CODE.fullmatch(indicator.code) or len(indicator.code) > 80:
        raise ImproperlyConfigured(f"indicator code {indicator.code!r} is not of the form app.name")
    if indicator.code in _indicators:
        raise ImproperlyConfigured(f"indicator {indicator.code} is registered twice")
    if indicator.version < 1 or indicator.nature not in ("stock", "flow"):
        raise ImproperlyConfigured(f"indicator {indicator.code}: version ≥ 1, nature stock or flow")
    _indicators[indicator.code] = indicator


def unregister(code: str) -> None:
    """Forget an indicator (an app that is taken out; tests). Stored figures stay."""
    _indicators.pop(code, None)


def get(code: str) -> Indicator:
    """The indicator with this code. Raises NotFound, with the nearest codes, when there is none."""
    found = _indicators.get(code)
    if found is None:
        near = ", ".join(get_close_matches(code, _indicators, n=3))
        hint = " " + _("Gần giống: %(codes)s.") % {"codes": near} if near else ""
        raise NotFound(_("Không có chỉ số nào mang mã “%(code)s”.") % {"code": code} + hint)
    return found


def is_registered(code: str) -> bool:
    """Whether an indicator with this code exists."""
    return code in _indicators


def every() -> tuple[Indicator, ...]:
    """All indicators by code."""
    return tuple(_indicators[code] for code in sorted(_indicators))
