from django.conf import settings
from django.urls import include, path

from dean06.config.health import health, ready
from dean06.config.metrics import metrics
from dean06.ui import kit

urlpatterns = [
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("photos/", include("dean06.core.photos.urls")),
    path("p0/", include("dean06.pilots.guidance.urls")),
    path("don-vi/", include("dean06.web.units.urls")),
    path("van-hanh/", include("dean06.web.operations.urls")),
    path("nhat-ky/", include("dean06.web.audit.urls")),
    path("nguoi-dan/", include("dean06.web.people.urls")),
    path("tai-khoan/", include("dean06.web.account.user_urls")),
    path("", include("dean06.web.account.urls")),
    path("", include("dean06.web.citizen.urls")),
    path("", include("dean06.web.urls")),
]
handler403 = "dean06.web.problems.forbidden"
handler404 = "dean06.web.problems.not_found"
if settings.DEBUG:
    urlpatterns.append(path("kit", kit.page, name="kit"))
