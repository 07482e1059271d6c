from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from dean06.config.urls import urlpatterns as program

FRAME = "bench/frame"


def frame(request: HttpRequest) -> HttpResponse:
    """What every page costs: sign-in, scope, the frame with its navigation, and nothing in it."""
    return render(request, "base.html")


urlpatterns = [path(FRAME, frame), *program]
