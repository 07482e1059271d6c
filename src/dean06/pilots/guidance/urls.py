from django.urls import path

from dean06.pilots.guidance import views

app_name = "guidance"
urlpatterns = [
    path("", views.points, name="index"),
    path("diem/<int:unit_id>", views.point, name="point"),
    path("diem/<int:unit_id>/ghi/<slug:slug>", views.add, name="add"),
    path("danh-sach/<slug:slug>", views.record_list, name="list"),
    path("ban-ghi/<slug:slug>/<int:record_id>", views.record, name="record"),
    path("ban-ghi/<slug:slug>/<int:record_id>/sua", views.revise, name="revise"),
    path("ban-ghi/<slug:slug>/<int:record_id>/thu-hoi", views.revoke, name="revoke"),
    path("ban-ghi/<slug:slug>/<int:record_id>/khoi-phuc", views.restore, name="restore"),
    path("can-bo/<int:officer_id>", views.officer, name="officer"),
    path("nhap/<slug:slug>", views.import_sheet, name="import"),
]
