"""Cleaning and storing at the same moment: the cleaner waits, and no photo loses its file."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.photos import disk
from dean06.core.photos.actions import remove_orphans, store_photo
from dean06.core.photos.prepare import prepare
from dean06.core.units.models import Kind
from tests.core.photos.pictures import encoded, picture
from tests.core.units.trees import unit

pytestmark = pytest.mark.race


def test_the_cleaner_waits_for_a_photo_being_stored(
    race_db: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    data = encoded(picture())
    prepared = prepare(data)
    disk.write(prepared)
    with transaction.atomic(), wide("test"):
        desk = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
    removed: list[int] = []

    def clean() -> None:
        try:
            removed.append(remove_orphans())
        finally:
            connection.close()

    cleaner = threading.Thread(target=clean)
    with transaction.atomic():
        store_photo(actor=system_actor("test"), unit_id=desk.id, data=data)
        then = time.time() - 48 * 3600
        for path in (disk.photo_path(prepared.sha256), disk.thumbnail_path(prepared.sha256)):
            os.utime(path, (then, then))
        cleaner.start()
        cleaner.join(timeout=0.5)
        assert cleaner.is_alive()
        assert removed == []
    cleaner.join(timeout=20)
    assert removed == [0]
    assert disk.photo_path(prepared.sha256).exists()
