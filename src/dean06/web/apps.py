"""The web room as a Django app (templates, template tags, static files)."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "dean06.web"
    label = "web"
    verbose_name = _("Giao diện")
