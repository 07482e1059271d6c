from django.urls import path

from dean06.web.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.entry_list, name="list"),
    path("xuat", views.export, name="export"),
]
