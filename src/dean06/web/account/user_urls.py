from django.urls import path

from dean06.web.account import acting, invite, review, user_acts, users

app_name = "access"
urlpatterns = [
    path("nguoi-dung", users.user_list, name="users"),
    path("nguoi-dung/<int:user_id>", users.user_page, name="user"),
    path("nguoi-dung/<int:user_id>/viec", user_acts.user_act, name="user_act"),
    path("nguoi-dung/<int:user_id>/giao-quyen", users.give, name="give"),
    path("quyen/<int:grant_id>", users.grant_page, name="grant"),
    path("moi", invite.invite, name="invite"),
    path("moi/<str:token>", invite.first_password, name="first_password"),
    path("ra-soat", review.review, name="review"),
    path("ra-soat/ghi", review.review_act, name="review_act"),
    path("vai-tro", acting.choose, name="choose"),
    path("xem-nhu", acting.view_as, name="view_as"),
    path("xem-nhu/thoi", acting.stop, name="view_as_stop"),
]
