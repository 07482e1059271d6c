from django.urls import path

from dean06.web.people import (
    breaches,
    duties,
    hidings,
    listing,
    persons,
    representations,
    requests,
    writing,
)

app_name = "people"
urlpatterns = [
    path("", listing.person_list, name="list"),
    path("ghi", writing.add, name="person_add"),
    path("tim-so", persons.find, name="find"),
    path("tong-quan", duties.home, name="home"),
    path("luu-giu", duties.retention, name="retention"),
    path("yeu-cau", requests.request_list, name="requests"),
    path("yeu-cau/<uuid:key>", requests.request_page, name="request"),
    path("yeu-cau/<uuid:key>/du-lieu", requests.subject_file, name="answer"),
    path("an-lan-xem", hidings.hiding_list, name="hidings"),
    path("an-lan-xem/<int:number>", hidings.hiding_page, name="hiding"),
    path("dai-dien", representations.representation_list, name="representations"),
    path("dai-dien/ghi", representations.representation_add, name="representation_add"),
    path("dai-dien/<int:number>/ket-thuc", representations.representation_end, name="representation_end"),
    path("vi-pham", breaches.breach_list, name="breaches"),
    path("vi-pham/ghi", breaches.breach_add, name="breach_add"),
    path("vi-pham/<uuid:key>", breaches.breach_page, name="breach"),
    path("vi-pham/<uuid:key>/mau", breaches.breach_form, name="breach_form"),
    path("<uuid:key>", persons.person, name="person"),
    path("<uuid:key>/an-lan-xem", hidings.hide, name="hide"),
    path("<uuid:key>/sua", writing.correct, name="person_edit"),
    path("<uuid:key>/viec", writing.step, name="person_step"),
    path("<uuid:key>/hien-so", persons.reveal, name="reveal"),
    path("<uuid:key>/yeu-cau", requests.request_add, name="request_add"),
]
