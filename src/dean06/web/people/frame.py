"""What the pages of this room share: tabs by right, forms that take an action's refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse

from dean06.core.access.middleware import SignedInRequest
from dean06.core.access.policy import Action, may
from dean06.core.errors import Conflict, Invalid
from dean06.core.privacy import documents
from dean06.core.usage.register import may_read
from dean06.ui.tables.response import named

CONFLICT = 409


def frame(request: SignedInRequest, tab: str, **more: Any) -> dict[str, Any]:
    """The context of every page: which tab is open and which ones the reader may open."""
    return {
        "tab": tab,
        "may_people": may(request.actor, Action.VIEW_PERSONAL),
        "may_hidings": may_read(request.actor),
        "may_record": may(request.actor, Action.RECORD),
        **more,
    }


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> int:
    """Run an action with a form's data: 200 done, 409 somebody was faster, 422 refused as the form says."""
    if not form.is_valid():
        return 422
    try:
        act(dict(form.cleaned_data))
    except Invalid as error:
        labels = {str(field.label): name for name, field in form.fields.items()}
        for reason in error.reasons:
            form.add_error(labels.get(reason.field or ""), reason.message)
        return 422
    except Conflict as error:
        form.add_error(None, error.message)
        return CONFLICT
    return 200


def private(response: HttpResponse) -> HttpResponse:
    """Nothing of this answer may stay in a browser or on the way."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def paper(content: bytes, name: str) -> HttpResponse:
    """A DOCX to take away."""
    response = HttpResponse(content, content_type=documents.TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{named(name)}.docx"'
    return private(response)
