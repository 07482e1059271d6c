"""Uploads: names that would climb out of their folder, answers a browser might take for a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dean06.core.photos.models import Photo
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World

HOSTILE = (
    "../../../etc/cron.d/x.jpg",
    "..\\..\\x.jpg",
    "/absolute.jpg",
    "x.php.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "a" * 300 + ".jpg",
    "%2e%2e%2fx.jpg",
)
LYING = (
    "x.php",
    "x.html",
    "x.svg",
    "x.jpg.exe",
    ".htaccess",
    "x",
    "x.png",
    "x.webp",
    "a\r\nSet-Cookie: x=1.jpg",
)


def send(world: World, name: str, declared: str = "image/jpeg") -> tuple[int, str]:
    """(status, text) of the answer to a photo under this name."""
    given = {
        "kind": "poster",
        "title": "Tiện ích",
        "hung_on": "2023-12-01",
        "new_photo": SimpleUploadedFile(name, worlds.photo(), content_type=declared),
    }
    answer = world.client("desk").post(f"/p0/diem/{world.desk.pk}/ghi/vat-pham", given)
    return answer.status_code, answer.content.decode()


def store(world: World, name: str) -> Photo:
    assert send(world, name)[0] == 302
    return Photo.objects.get()


@pytest.mark.parametrize("name", LYING)
def test_a_name_that_is_not_that_of_its_contents_is_refused(
    world_wide: World, media: Path, name: str
) -> None:
    status, text = send(world_wide, name)
    assert status == 422
    assert "đuôi" in text
    assert not Photo.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("declared", ["text/html", "image/png", "image/svg+xml", "application/x-php"])
def test_a_declared_type_that_is_not_that_of_its_contents_is_refused(
    world_wide: World, media: Path, declared: str
) -> None:
    status, text = send(world_wide, "x.jpg", declared)
    assert status == 422
    assert f"“{declared}” nhưng nội dung là ảnh JPEG" in text
    assert not Photo.objects.exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_is_kept_under_a_name_of_our_own(world_wide: World, media: Path, name: str) -> None:
    photo = store(world_wide, name)
    kept = [path for path in media.rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert all(re.fullmatch(rf"{photo.sha256}(\.320)?\.jpg", path.name) for path in kept)
    outside = {path.name for path in media.parent.iterdir()} - {"media"}
    assert outside == set()


@pytest.mark.parametrize("name", ["x.html.jpg", "x.svg.JPEG"])
@pytest.mark.parametrize("path", ["/photos/{}", "/photos/{}/320"])
def test_a_photo_is_never_a_page(world_wide: World, media: Path, name: str, path: str) -> None:
    photo = store(world_wide, name)
    answer = world_wide.client("desk").get(path.format(photo.pk))
    told = answer.headers
    assert told["Content-Type"] == "image/jpeg"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.content[:3] == b"\xff\xd8\xff"
