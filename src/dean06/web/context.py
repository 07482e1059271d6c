"""What every page needs besides its own content."""

from __future__ import annotations

from django.http import HttpRequest

from dean06.core import clock


def page(request: HttpRequest) -> dict[str, object]:
    """`actor`, and the notice that stands on every page of a demo province."""
    demo = bool(clock.shift())
    return {
        "actor": getattr(request, "actor", None),
        "acting": getattr(request, "acting", None),
        "demo_notice": clock.today() if demo else None,
    }
