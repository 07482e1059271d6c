from django.urls import include, path

from dean06.config.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("", include("dean06.web.urls")),
]
