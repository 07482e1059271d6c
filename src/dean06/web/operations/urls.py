from django.urls import path

from dean06.web.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.state, name="state"),
    path("chay-lai/<int:job>", views.retry, name="retry"),
]
