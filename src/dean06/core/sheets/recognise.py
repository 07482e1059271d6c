"""Tells by content what kind of file was sent, and says so when it is none that can be read."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final, Literal

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_EXCEL_NAMES: Final = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
_BINARY: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\x7fELF",
    b"MZ\x90",
)


def recognise(name: str, data: bytes) -> Literal["xlsx", "csv"]:
    """The reader for this file. Raises Invalid with one sentence for every other kind.

    Contents decide; the name's ending must agree with them (OWASP ASVS 5.0.0, 5.2.2).
    """
    if not data:
        raise Invalid(_("Tệp rỗng."))
    if data.startswith(b"PK\3\4"):
        return "xlsx"  # what the archive holds is told by `by_entries`, then the name by `check_name`
    if data.startswith(_OLE):
        raise Invalid(_ole(data))
    if data.startswith(_BINARY) or data.startswith(b"PK"):
        raise Invalid(_("Tệp không phải là bảng tính. Hãy gửi tệp Excel (.xlsx) hoặc CSV."))
    _refuse_markup(data)
    if name.lower().endswith(_EXCEL_NAMES):
        raise Invalid(
            _(
                "Tệp mang đuôi Excel nhưng nội dung không phải tệp Excel. "
                "Hãy mở bằng Excel rồi lưu lại dạng .xlsx."
            )
        )
    check_name(name, "csv")
    return "csv"


def check_name(name: str, kind: Literal["xlsx", "csv"]) -> None:
    """Raise Invalid when the name's ending is not that of its contents."""
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    if suffix == f".{kind}":
        return
    what = _("bảng tính Excel (.xlsx)") if kind == "xlsx" else _("văn bản CSV (.csv)")
    raise Invalid(
        _("Tệp có nội dung là %(what)s nhưng tên tệp mang đuôi “%(suffix)s”. Hãy đổi đuôi cho đúng.")
        % {"what": what, "suffix": suffix[:10]}
        if suffix
        else _("Tệp có nội dung là %(what)s nhưng tên tệp không có đuôi. Hãy thêm đuôi cho đúng.")
        % {"what": what}
    )


def _ole(data: bytes) -> str:
    if _ENCRYPTED in data:
        return _("Tệp Excel có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")
    return _("Tệp Excel kiểu cũ (.xls). Hãy mở bằng Excel rồi lưu lại dạng .xlsx.")


def _refuse_markup(data: bytes) -> None:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style")
    ):
        raise Invalid(_("Tệp là trang web (HTML) được đổi tên. Hãy mở bằng Excel rồi lưu lại dạng .xlsx."))
    if head.startswith(b"<?xml") or head.startswith(b"<workbook"):
        raise Invalid(_("Tệp là XML, không phải .xlsx. Hãy mở bằng Excel rồi lưu lại dạng .xlsx."))


def macros() -> str:
    """The sentence for a workbook with macros."""
    return _("Tệp Excel có macro (.xlsm). Hãy lưu lại dạng .xlsx không có macro.")


def by_entries(names: set[str]) -> str | None:
    """The sentence for an archive that is not a plain Excel workbook; None when it may be one."""
    if "xl/vbaproject.bin" in names:
        return macros()
    if "xl/workbook.bin" in names:
        return _("Tệp Excel nhị phân (.xlsb). Hãy mở bằng Excel rồi lưu lại dạng .xlsx.")
    if "mimetype" in names:
        return _("Tệp OpenDocument (.ods). Hãy mở bằng LibreOffice rồi lưu lại dạng .xlsx.")
    if "word/document.xml" in names:
        return _("Tệp Word, không phải bảng tính. Hãy gửi tệp Excel (.xlsx) hoặc CSV.")
    if "[content_types].xml" not in names or "_rels/.rels" not in names:
        return _("Tệp nén, không phải bảng tính Excel. Hãy gửi tệp .xlsx hoặc CSV.")
    return None
