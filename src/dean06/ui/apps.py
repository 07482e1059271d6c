"""The parts every page is made of, as a Django app (templates, template tags)."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "dean06.ui"
    label = "ui"
