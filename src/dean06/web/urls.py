from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from dean06.core.access.middleware import landing, without_grant, without_scope
from dean06.web.account.sign_in import SignInView
from dean06.web.plan import views as plan
from dean06.web.search.views import search

app_name = "web"
urlpatterns = [
    path("", landing("usage:mine")(plan.plan), name="plan"),
    path("muc-tieu/<slug:code>", plan.target, name="target"),
    path("muc-tieu/<slug:code>/khai", plan.state, name="state"),
    path("muc-tieu/<slug:code>/cach-doc", plan.decide, name="decide"),
    path("muc-tieu/<slug:code>/chi-tieu", plan.adopt, name="adopt"),
    path("muc-tieu/<slug:code>/chi-tieu/rut", plan.withdraw, name="withdraw"),
    path("nhiem-vu", plan.tasks, name="tasks"),
    path("tim-kiem", search, name="search"),
    path("tai-khoan", without_grant(RedirectView.as_view(pattern_name="mfa_index")), name="account"),
    path("dang-nhap", SignInView.as_view(), name="login"),
    path("dang-xuat", without_scope(auth.LogoutView.as_view()), name="logout"),
    path("ngon-ngu", login_not_required(without_scope(set_language)), name="set_language"),
]
