from django.urls import path

from dean06.pilots.guidance import views

app_name = "guidance"
urlpatterns = [
    path("", views.points, name="index"),
    path("diem/<int:unit_id>", views.point, name="point"),
    path("diem/<int:unit_id>/ghi/<slug:slug>", views.add, name="add"),
    path("danh-sach/<slug:slug>", views.record_list, name="list"),
    path("ban-ghi/<slug:slug>/<int:record_id>", views.record, name="record"),
    path("ban-ghi/<slug:slug>/<int:record_id>/anh", views.photo, name="photo"),
    path("ban-ghi/<slug:slug>/<int:record_id>/sua", views.revise, name="revise"),
    path("ban-ghi/<slug:slug>/<int:record_id>/thu-hoi", views.revoke, name="revoke"),
    path("ban-ghi/<slug:slug>/<int:record_id>/khoi-phuc", views.restore, name="restore"),
    path("ban-ghi/<slug:slug>/<int:record_id>/ket-thuc", views.end, name="end"),
    path("ban-ghi/vat-pham/<int:record_id>/kiem-tra", views.look, name="look"),
    path("thu-vien-video", views.video_list, name="videos"),
    path("thu-vien-video/them", views.video_add, name="video_add"),
    path("thu-vien-video/<int:video_id>", views.video, name="video"),
    path("thu-vien-video/<int:video_id>/duyet", views.video_approve, name="video_approve"),
    path("thu-vien-video/<int:video_id>/het-hieu-luc", views.video_expire, name="video_expire"),
    path("danh-muc-thu-tuc", views.procedure_lists, name="lists"),
    path("danh-muc-thu-tuc/cong-bo", views.list_publish, name="list_publish"),
    path("can-bo/<int:officer_id>", views.officer, name="officer"),
    path("nhap/<slug:slug>", views.import_sheet, name="import"),
]
