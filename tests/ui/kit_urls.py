"""The style guide with stand-ins for the pages its frame links to."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.i18n import set_language

from dean06.ui import kit


def nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


web = [
    path("", nothing, name="plan"),
    path("tasks", nothing, name="tasks"),
    path("search", nothing, name="search"),
    path("login", nothing, name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("language", set_language, name="set_language"),
]
units = [path("", nothing, name="list")]
urlpatterns = [
    path("kit", kit.page, name="kit"),
    path("units", include((units, "units"))),
    path("", include((web, "web"))),
]
