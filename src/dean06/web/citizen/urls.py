from django.urls import path

from dean06.web.citizen import api, views

app_name = "usage"
urlpatterns = [
    path("cua-toi/", views.mine, name="mine"),
    path("cua-toi/dai-dien/<int:representation_id>", views.represented, name="represented"),
    path("api/usage/v1/heartbeat", api.heartbeat, name="api_heartbeat"),
    path("api/usage/v1/usagePeriod", api.usage_period, name="api_period"),
    path("api/usage/v1/findUsage", api.find_usage, name="api_find"),
]
