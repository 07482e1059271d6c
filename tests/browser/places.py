"""One page of each kind: who looks, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.conftest import Site

DESK = (
    "select g.unit_id from access_grant g join access_user u on u.id = g.user_id where u.username = 'motcua'"
)
_AT_DESK = "select min(id) from {table} where unit_id = (" + DESK + ") and revoked_at is null"


@dataclass(frozen=True)
class Place:
    """A kind of page: `role` None is somebody who is not signed in; `status` when it is an error page."""

    name: str
    role: str | None
    path: str | Callable[[Site], str]
    status: int = 200

    def address(self, site: Site) -> str:
        """The path, with the ids of this run's province."""
        return self.path if isinstance(self.path, str) else self.path(site)

    def __str__(self) -> str:
        return self.name


def desk(site: Site) -> str:
    """The id of the desk where `motcua` works."""
    return site.filled.value(DESK)


def posting(site: Site) -> str:
    """A posting of that desk."""
    return site.filled.value(_AT_DESK.format(table="guidance_posting"))


def with_photo(site: Site) -> str:
    """A record of any desk that carries a photo."""
    return site.filled.value("select min(id) from guidance_material where photo_id is not null")


def officer(site: Site) -> str:
    """An officer of that desk."""
    return site.filled.value(_AT_DESK.format(table="guidance_officer"))


def hiding_of(site: Site) -> str:
    """Where `canbo` asks for looks at a person of his to be hidden."""
    key = site.filled.value(
        "select p.key from people_person p join access_grant g on g.unit_id = p.unit_id"
        " join access_user u on u.id = g.user_id where u.username = 'canbo' order by p.id limit 1"
    )
    return f"/nguoi-dan/{key}/an-lan-xem"


PLACES = (
    Place("sign-in", None, "/dang-nhap"),
    Place("dashboard", "lanhdao", "/"),
    Place("duties", "lanhdao", "/?show=duties"),
    Place("counted target", "lanhdao", "/muc-tieu/P0-T1"),
    Place("target as a tree", "lanhdao", "/muc-tieu/P0-T1?view=tree"),
    Place("explained target", "lanhdao", "/muc-tieu/P0-T1?explain=2023-09"),
    Place("imported target", "lanhdao", "/muc-tieu/M1-T1"),
    Place("target of a desk", "motcua", "/muc-tieu/P0-T3"),
    Place("stating a figure", "thutruong", "/muc-tieu/M1-T1/khai"),
    Place("deciding a reading", "theodoi", "/muc-tieu/P0-T2/cach-doc"),
    Place("adopting a goal", "thutruong", "/muc-tieu/M1-T1/chi-tieu"),
    Place("adopting a goal for the province", "theodoi", "/muc-tieu/M1-T1/chi-tieu"),
    Place("tasks of a desk", "motcua", "/nhiem-vu"),
    Place("tasks of a district", "thutruong", "/nhiem-vu"),
    Place("search", "lanhdao", "/tim-kiem?q=video"),
    Place("search without result", "lanhdao", "/tim-kiem?q=zzzz"),
    Place("points", "lanhdao", "/p0/"),
    Place("point", "motcua", lambda site: f"/p0/diem/{desk(site)}"),
    Place("records", "lanhdao", "/p0/danh-sach/vat-pham"),
    Place("record", "motcua", lambda site: f"/p0/ban-ghi/niem-yet/{posting(site)}"),
    Place("record with photo", "lanhdao", lambda site: f"/p0/ban-ghi/vat-pham/{with_photo(site)}"),
    Place("new record", "motcua", lambda site: f"/p0/diem/{desk(site)}/ghi/vat-pham"),
    Place("correction", "motcua", lambda site: f"/p0/ban-ghi/niem-yet/{posting(site)}/sua"),
    Place("withdrawal", "motcua", lambda site: f"/p0/ban-ghi/niem-yet/{posting(site)}/thu-hoi"),
    Place("officer", "thutruong", lambda site: f"/p0/can-bo/{officer(site)}"),
    Place("import", "canbo", "/p0/nhap/niem-yet"),
    Place("video library", "chutri", "/p0/thu-vien-video"),
    Place("new video", "chutri", "/p0/thu-vien-video/them"),
    Place("procedure lists", "chutri", "/p0/danh-muc-thu-tuc"),
    Place("units", "lanhdao", "/don-vi/"),
    Place("tree of units", "lanhdao", "/don-vi/?xem=cay"),
    Place("unit", "thutruong", "/don-vi/18"),
    Place("correction of a unit", "quantri", "/don-vi/18/sua"),
    Place("import of units", "quantri", "/don-vi/nhap"),
    Place("security of the account", "motcua", "/tai-khoan/bao-mat"),
    Place("sessions of the account", "motcua", "/tai-khoan/phien"),
    Place("new password", "motcua", "/tai-khoan/mat-khau"),
    Place("reconfirmation", "motcua", "/tai-khoan/xac-nhan"),
    Place("passkeys", "motcua", "/tai-khoan/khoa"),
    Place("log", "kiemtra", "/nhat-ky/"),
    Place("duties towards people", "thutruong", "/nguoi-dan/tong-quan"),
    Place("people", "canbo", "/nguoi-dan/"),
    Place("register of hidings", "thutruong", "/nguoi-dan/an-lan-xem"),
    Place("asking to hide a look", "canbo", hiding_of),
    Place("register of representations", "canbo", "/nguoi-dan/dai-dien"),
    Place("new representation", "canbo", "/nguoi-dan/dai-dien/ghi"),
    Place("no such page", "motcua", "/khong-co", 404),
    Place("no right", "kiemtra", "/don-vi/nhap", 403),
)
