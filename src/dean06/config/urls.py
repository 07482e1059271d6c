from django.urls import include, path

from dean06.config.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("photos/", include("dean06.core.photos.urls")),
    path("", include("dean06.web.urls")),
]
