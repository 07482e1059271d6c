from __future__ import annotations

import logging
import uuid
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from dean06.core.photos import disk, queries

logger = logging.getLogger(__name__)


@require_safe
def photo(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponse:
    """The kept JPEG of a photo whose row the reader may see; 404 otherwise."""
    sha256 = _visible(photo_id)
    return _answer(request, disk.photo_path(sha256), sha256)


@require_safe
def thumbnail(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponse:
    """Its 320 px variant, under the same condition."""
    sha256 = _visible(photo_id)
    return _answer(request, disk.thumbnail_path(sha256), f"{sha256}-320")


def _visible(photo_id: uuid.UUID) -> str:
    """The hash of the photo. Row-level security decides whether there is one for this reader."""
    sha256 = queries.sha256_of(photo_id)
    if sha256 is None:
        raise Http404(_("Không có ảnh này, hoặc ảnh thuộc đơn vị khác."))
    return sha256


def _answer(request: HttpRequest, path: Path, tag: str) -> HttpResponse:
    @condition(etag_func=lambda _request: f'"{tag}"')
    def read(_request: HttpRequest) -> HttpResponse:
        try:
            return HttpResponse(path.read_bytes(), content_type="image/jpeg")
        except FileNotFoundError:
            logger.exception("photo file is missing: %s", path)
            raise Http404(_("Tệp ảnh không còn trên máy chủ; hãy báo quản trị hệ thống.")) from None

    response = read(request)
    # no-cache: kept by this browser, but asked for again each time, so that a lost right takes effect.
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
