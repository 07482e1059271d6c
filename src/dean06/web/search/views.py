"""The search page; htmx asks for the results alone while somebody types."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dean06.core.access.middleware import SignedInRequest
from dean06.plan import queries
from dean06.web.search.find import find

MAX_TEXT = 100


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """Everything that matches `?q=`, in groups."""
    text = request.GET.get("q", "").strip()[:MAX_TEXT]
    groups = find(queries.current_plan(), text) if text else []
    context = {"text": text, "groups": groups, "total": sum(len(group.hits) for group in groups)}
    part = request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    return render(request, "search/results.html" if part else "search/search.html", context)
