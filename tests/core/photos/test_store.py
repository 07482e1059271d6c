"""Photos on disk and in the database: the row, the file, who sees them, and what is left behind."""

from __future__ import annotations

import os
import time
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from dean06.core import clock
from dean06.core.access.actor import Actor, actor_for
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import scoped, wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid
from dean06.core.photos import disk
from dean06.core.photos.actions import remove_orphans, store_photo
from dean06.core.photos.models import Photo
from dean06.core.photos.prepare import prepare
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from tests.core.photos.pictures import encoded, opened, picture
from tests.core.units.trees import unit

DATA = encoded(picture())
SHA = prepare(DATA).sha256


@pytest.fixture
def media(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def desks(db: None, media: Path) -> tuple[Unit, Unit]:
    """Two desks of two communes."""
    with wide("test"):
        province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
        pair = (
            unit("dong", "Xã Đông", under=province),
            unit("tay", "Xã Tây", under=province),
        )
        rebuild()
    return pair


def user(name: str, role: Role, at: Unit) -> User:
    with wide("test"):
        made = User.objects.create_user(username=name, full_name=f"Cán bộ {name}", password=None)
        Grant.objects.create(user=made, role=role, unit=at)
    return made


def officer(name: str, at: Unit, role: Role = Role.UNIT_OFFICER) -> Actor:
    return actor_for(user(name, role, at))


def files(media: Path) -> list[str]:
    return sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


def test_a_stored_photo_has_its_row_its_files_and_its_audit(desks: tuple[Unit, Unit], media: Path) -> None:
    actor = officer("a", desks[0])
    photo = store_photo(actor=actor, unit_id=desks[0].id, data=DATA, taken_on=date(2023, 9, 15))
    assert (photo.sha256, photo.width, photo.height) == (SHA, 120, 80)
    assert (photo.unit_id, photo.created_by_id, photo.taken_on) == (
        desks[0].id,
        actor.user_id,
        date(2023, 9, 15),
    )
    assert files(media) == [f"photos/{SHA[:2]}/{SHA}.320.jpg", f"photos/{SHA[:2]}/{SHA}.jpg"]
    assert disk.photo_path(SHA).stat().st_size == photo.size
    with scoped(actor):
        entry = AuditEntry.objects.get(object_type="photo", object_id=str(photo.pk))
    assert (entry.action, entry.unit_id, entry.detail) == ("photo.store", desks[0].id, {"sha256": SHA})


def test_the_same_pixels_are_kept_once_for_several_photos(desks: tuple[Unit, Unit], media: Path) -> None:
    first = store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    second = store_photo(actor=officer("b", desks[1]), unit_id=desks[1].id, data=DATA)
    assert first.pk != second.pk
    assert first.sha256 == second.sha256
    assert len(files(media)) == 2


def test_without_the_right_to_record_nothing_is_kept(desks: tuple[Unit, Unit], media: Path) -> None:
    with pytest.raises(Denied):
        store_photo(actor=officer("a", desks[0]), unit_id=desks[1].id, data=DATA)
    with pytest.raises(Denied):
        store_photo(actor=officer("b", desks[0], Role.AUDITOR), unit_id=desks[0].id, data=DATA)
    assert files(media) == []
    with wide("test"):
        assert Photo.objects.count() == 0


def test_a_hostile_file_or_a_future_date_leaves_nothing(desks: tuple[Unit, Unit], media: Path) -> None:
    actor = officer("a", desks[0])
    with pytest.raises(Invalid, match="SVG"):
        store_photo(actor=actor, unit_id=desks[0].id, data=b"<svg><script>alert(1)</script></svg>")
    with pytest.raises(Invalid, match="“Ngày chụp”: ngày chụp chưa đến"):
        store_photo(actor=actor, unit_id=desks[0].id, data=DATA, taken_on=clock.today() + timedelta(days=1))
    assert files(media) == []


def test_a_full_disk_is_told_and_leaves_no_half_file(
    desks: tuple[Unit, Unit], media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Conflict, match="không ghi được ảnh xuống đĩa"):
        store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    assert files(media) == []
    with wide("test"):
        assert Photo.objects.count() == 0


def test_a_failed_transaction_leaves_an_orphan_that_is_cleaned_later(
    desks: tuple[Unit, Unit], media: Path
) -> None:
    actor = officer("a", desks[0])
    other = encoded(picture(60, 60))
    kept = store_photo(actor=actor, unit_id=desks[0].id, data=other)
    with transaction.atomic():
        store_photo(actor=actor, unit_id=desks[0].id, data=DATA)
        transaction.set_rollback(True)
    leftover = disk.photo_path(SHA).parent / ".new-abc"
    leftover.write_bytes(b"x")
    assert remove_orphans() == 0  # too fresh: its transaction may still be running
    _age(media, hours=25)
    assert remove_orphans() == 3
    assert files(media) == [
        f"photos/{kept.sha256[:2]}/{kept.sha256}.320.jpg",
        f"photos/{kept.sha256[:2]}/{kept.sha256}.jpg",
    ]


def test_storing_again_makes_an_old_orphan_fresh(desks: tuple[Unit, Unit], media: Path) -> None:
    disk.write(prepare(DATA))
    _age(media, hours=25)
    disk.write(prepare(DATA))
    assert remove_orphans() == 0
    assert len(files(media)) == 2


def _age(media: Path, *, hours: int) -> None:
    then = time.time() - hours * 3600
    for path in media.rglob("*.jpg"):
        os.utime(path, (then, then))
    for path in media.rglob(".new-*"):
        os.utime(path, (then, then))


def sign_in(client: Client, name: str, at: Unit) -> None:
    client.force_login(user(name, Role.UNIT_OFFICER, at))


def test_a_photo_is_served_to_those_who_may_see_it(desks: tuple[Unit, Unit], client: Client) -> None:
    photo = store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    sign_in(client, "b", desks[0])
    answer = client.get(photo.get_absolute_url())
    assert answer.status_code == 200
    assert answer.content == disk.photo_path(SHA).read_bytes()
    assert {
        name: answer[name] for name in ("Content-Type", "ETag", "Cache-Control", "X-Content-Type-Options")
    } == {
        "Content-Type": "image/jpeg",
        "ETag": f'"{SHA}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    small = client.get(photo.thumbnail_url)
    assert opened(small.content).format == "JPEG"
    assert small["ETag"] != answer["ETag"]


def test_an_unchanged_photo_is_not_sent_again(desks: tuple[Unit, Unit], client: Client) -> None:
    photo = store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    sign_in(client, "b", desks[0])
    answer = client.get(photo.get_absolute_url(), headers={"if-none-match": f'"{SHA}"'})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_photo_of_another_unit_does_not_exist(desks: tuple[Unit, Unit], client: Client) -> None:
    photo = store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    sign_in(client, "b", desks[1])
    etag = {"if-none-match": f'"{SHA}"'}
    assert client.get(photo.get_absolute_url(), headers=etag).status_code == 404
    assert client.get(photo.thumbnail_url).status_code == 404
    assert client.get(f"/photos/{uuid.uuid4()}").status_code == 404
    assert client.get("/photos/1").status_code == 404


def test_a_stranger_is_sent_to_sign_in(desks: tuple[Unit, Unit], client: Client) -> None:
    photo = store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    assert client.get(photo.get_absolute_url()).status_code == 302


def test_a_photo_may_not_be_posted_to(desks: tuple[Unit, Unit], client: Client) -> None:
    photo = store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    sign_in(client, "b", desks[0])
    assert client.post(photo.get_absolute_url()).status_code == 405


def test_a_missing_file_is_said_and_logged(
    desks: tuple[Unit, Unit], client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    photo = store_photo(actor=officer("a", desks[0]), unit_id=desks[0].id, data=DATA)
    disk.photo_path(SHA).unlink()
    sign_in(client, "b", desks[0])
    assert client.get(photo.get_absolute_url()).status_code == 404
    assert "photo file is missing" in caplog.text


def test_row_security_hides_the_rows_of_other_units(desks: tuple[Unit, Unit]) -> None:
    here, there = officer("a", desks[0]), officer("b", desks[1])
    store_photo(actor=here, unit_id=desks[0].id, data=DATA)
    with scoped(here):
        assert Photo.objects.count() == 1
    with scoped(there):
        assert Photo.objects.count() == 0
