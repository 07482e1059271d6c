from django.urls import path

from dean06.web.units import edits, importing, views

app_name = "units"
urlpatterns = [
    path("", views.unit_list, name="list"),
    path("nhap", importing.unit_import, name="import"),
    path("xuat", views.unit_export, name="export"),
    path("<int:unit_id>", views.unit_detail, name="detail"),
    path("<int:unit_id>/sua", edits.unit_edit, name="edit"),
]
