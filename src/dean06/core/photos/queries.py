from __future__ import annotations

import uuid

from dean06.core.photos.models import Photo


def sha256_of(photo_id: uuid.UUID) -> str | None:
    """The hash under which the photo's file lies; None when the scope holds no such photo."""
    return Photo.objects.filter(pk=photo_id).values_list("sha256", flat=True).first()
