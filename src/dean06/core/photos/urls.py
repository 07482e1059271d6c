from django.urls import path

from dean06.core.photos import views

app_name = "photos"
urlpatterns = [
    path("<uuid:photo_id>", views.photo, name="photo"),
    path("<uuid:photo_id>/320", views.thumbnail, name="thumbnail"),
]
