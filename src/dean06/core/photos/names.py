"""Whether a photo is what its name and the browser say it is (OWASP ASVS 5.0.0, 5.2.2). Pure."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from django.utils.translation import gettext as _

from dean06.core.errors import Invalid, Reason
from dean06.core.photos.prepare import kind_of

EXTENSIONS: Final = {".jpg": "JPEG", ".jpeg": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".webp": "WEBP"}
"""What may stand after the last dot, and the picture it promises."""
TYPES: Final = {"image/jpeg": "JPEG", "image/pjpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""What a browser may declare; `application/octet-stream` and nothing declare nothing."""
HEAD: Final = 2048
"""How many bytes of a file `agree` needs."""
_UNDECLARED: Final = ("", "application/octet-stream")
_SHOWN: Final = 10  # characters of an extension that a message repeats


def agree(name: str, declared: str, head: bytes) -> None:
    """Raise Invalid unless extension, declared type and the first bytes name the same kind of picture."""
    kind = kind_of(head)
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    if suffix not in EXTENSIONS:
        raise _refused(
            _("tên tệp có đuôi “%(suffix)s”; ảnh phải có đuôi .jpg, .jpeg, .png hoặc .webp")
            % {"suffix": suffix[:_SHOWN]}
            if suffix
            else _("tên tệp không có đuôi; ảnh phải có đuôi .jpg, .jpeg, .png hoặc .webp")
        )
    if EXTENSIONS[suffix] != kind:
        raise _refused(
            _("tệp mang đuôi %(suffix)s nhưng nội dung là ảnh %(kind)s; hãy đổi đuôi hoặc chọn đúng tệp")
            % {"suffix": suffix, "kind": kind}
        )
    media = declared.partition(";")[0].strip().lower()
    if media not in _UNDECLARED and TYPES.get(media) != kind:
        raise _refused(
            _("trình duyệt khai tệp là “%(type)s” nhưng nội dung là ảnh %(kind)s; hãy chọn lại tệp")
            % {"type": media[:60], "kind": kind}
        )


def _refused(reason: str) -> Invalid:
    return Invalid([Reason(reason, field=_("Ảnh"))])
