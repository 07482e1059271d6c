"""Everything that writes photos."""

from __future__ import annotations

import time
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import scoped, wide
from dean06.core.errors import Conflict, Invalid, Reason
from dean06.core.photos import disk
from dean06.core.photos.models import Photo
from dean06.core.photos.prepare import PreparedPhoto, prepare

# One number for the whole application: storing shares the lock, cleaning has it alone.
_LOCK = 0x70686F746F


def store_photo(
    *, actor: Actor, unit_id: int, data: bytes, taken_on: date | None = None, pilot: str = ""
) -> Photo:
    """Keep a photo of a unit: prepared, on disk, with its row; the file is there before the row is.

    Raises Denied without the right to record for the unit (and the pilot, see `may`), Invalid for a file that
    is no acceptable photo (see `prepare`) or a date that has not come yet. If the transaction fails, the file
    stays as an orphan.
    """
    with transaction.atomic(), scoped(actor):
        require(actor, Action.RECORD, unit_id=unit_id, pilot=pilot)
        if taken_on and taken_on > clock.today():
            raise Invalid([Reason(_("ngày chụp chưa đến"), field=_("Ngày chụp"))])
        return keep(actor=actor, unit_id=unit_id, prepared=prepare(data), taken_on=taken_on)


def keep(*, actor: Actor, unit_id: int, prepared: PreparedPhoto, taken_on: date | None) -> Photo:
    """Write a prepared photo inside the caller's transaction and scope, after the caller's checks.

    Raises Conflict when the disk does not take the file.
    """
    _to_disk(prepared)
    photo = Photo.objects.create(
        unit_id=unit_id,
        sha256=prepared.sha256,
        width=prepared.width,
        height=prepared.height,
        size=len(prepared.jpeg),
        taken_on=taken_on,
        created_by_id=actor.user_id,
        created_at=clock.now(),
    )
    audit.record(
        actor=actor,
        action="photo.store",
        object_type="photo",
        object_id=str(photo.pk),
        unit_id=unit_id,
        detail={"sha256": photo.sha256},
    )
    return photo


def _to_disk(prepared: PreparedPhoto) -> None:
    """Write the files under the lock that keeps the cleaner away until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(%s)", [_LOCK])
    try:
        disk.write(prepared)
    except OSError as error:
        raise Conflict(
            _("Máy chủ không ghi được ảnh xuống đĩa; chưa có gì được lưu. Hãy báo quản trị hệ thống.")
        ) from error


def remove_orphans(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete files that no photo names, left by transactions that failed; gives how many files went.

    Only files untouched for `older_than` are looked at. A photo being stored meanwhile waits, or is awaited.
    """
    with transaction.atomic(), wide("files without a row belong to no unit"), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        # Files carry the machine's time, not the business clock's.
        files = list(disk.stored(older_than=time.time() - older_than.total_seconds()))
        hashes = {sha256 for sha256, _path in files}
        named = set(Photo.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
        orphans = [path for sha256, path in files if sha256 not in named]
        for path in orphans:
            path.unlink()
        return len(orphans)
