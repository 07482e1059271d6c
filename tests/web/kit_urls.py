"""The province's addresses and the style guide, which otherwise needs DEBUG."""

from django.urls import path

from dean06.config.urls import urlpatterns as real
from dean06.web import kit

urlpatterns = [*real, path("kit", kit.page, name="kit")]
