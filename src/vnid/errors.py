"""What a parser refuses: one closed list of codes, each with a Vietnamese and an English sentence."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["vi", "en"]

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "empty": ("Không có nội dung.", "There is nothing to read."),
    "too_long": ("Dài quá {limit} ký tự.", "Longer than {limit} characters."),
    "not_text": ("Không phải văn bản UTF-8.", "Not text in UTF-8."),
    "pin_shape": (
        "Số định danh phải gồm đúng 12 chữ số.",
        "A personal identification number has exactly 12 digits.",
    ),
    "old_number_shape": ("Số CMND cũ phải gồm 9 chữ số.", "An old identity card number has 9 digits."),
    "too_few_fields": (
        "Mã QR có {count} trường; thẻ căn cước có ít nhất 7.",
        "The QR code has {count} fields; an identity card has 7 or more.",
    ),
    "no_separator": (
        "Không thấy dấu | giữa các trường; máy quét có thể đã đổi ký tự này.",
        "No | between fields; the scanner may have changed that character.",
    ),
    "date_shape": (
        "Không đọc được ngày; cần dạng ngày, tháng, năm.",
        "Not a date: day, month, year expected.",
    ),
    "date_impossible": ("Ngày này không có trong lịch.", "No such day in the calendar."),
    "missing": ("Thiếu thông tin.", "Missing."),
    "hex_shape": ("Không phải văn bản viết bằng mã hex.", "Not text written as hexadecimal digits."),
    "mrz_lines": (
        "Dòng MRZ phải gồm 3 dòng 30 ký tự (thẻ) hoặc 2 dòng 44 ký tự (hộ chiếu).",
        "An MRZ has 3 lines of 30 characters (card) or 2 lines of 44 (passport).",
    ),
    "mrz_character": (
        "Dòng {line}, vị trí {position}: ký tự này không có trong MRZ.",
        "Line {line}, position {position}: this character does not occur in an MRZ.",
    ),
    "mrz_kind": ("Không phải loại giấy tờ này.", "Not this kind of document."),
    "check_digit": (
        "Dòng {line}, vị trí {position}: số kiểm tra không khớp.",
        "Line {line}, position {position}: the check digit does not fit.",
    ),
    "sex_letter": ("Giới tính phải là M, F hoặc <.", "Sex is M, F or <."),
    "der_truncated": (
        "Dữ liệu bị cắt ở byte {offset}.",
        "The data end at byte {offset}, in the middle of an object.",
    ),
    "der_tag": (
        "Byte {offset}: không phải loại đối tượng cần có ở đây.",
        "Byte {offset}: not the object that belongs here.",
    ),
    "der_length": (
        "Byte {offset}: độ dài viết không đúng quy tắc DER.",
        "Byte {offset}: a length that DER does not allow.",
    ),
    "der_trailing": (
        "Còn dữ liệu thừa từ byte {offset}.",
        "Something follows the object, from byte {offset}.",
    ),
    "der_value": ("Byte {offset}: giá trị không hợp lệ.", "Byte {offset}: a value that is not allowed."),
    "der_many": (
        "Quá {limit} đối tượng trong một nhóm.",
        "More than {limit} objects in a group.",
    ),
    "der_deep": ("Lồng nhau quá {limit} tầng.", "Nested deeper than {limit}."),
    "point": ("Không phải điểm của đường cong này.", "Not a point of this curve."),
    "curve_unknown": ("Đường cong không thuộc danh mục.", "A curve that is in no list."),
    "curve_altered": (
        "Tham số đường cong bị sửa khác với đường cong chuẩn.",
        "The numbers of the curve are not those of the standard curve with this prime.",
    ),
    "too_large": ("Lớn hơn {limit} byte.", "Larger than {limit} bytes."),
    "not_encodable": (
        "Không ghi được ký tự này vào dữ liệu.",
        "This character cannot be written into the data.",
    ),
}
"""Each code with its sentence in Vietnamese and in English."""


class VnidError(ValueError):
    """Input that is refused.

    `code` is one of TEXTS and stable for programs; `field` names what was being read; `values` fill the
    sentence. The refused text itself is never part of the message: it may hold an identity number.
    """

    def __init__(self, code: str, field: str = "", **values: int) -> None:
        self.code = code
        self.field = field
        self.values = values
        super().__init__(self.text("en"))

    def text(self, language: Language = "vi") -> str:
        """The sentence, with the name of the field before it where there is one."""
        sentence = TEXTS[self.code][language == "en"].format(**self.values)
        return f"{self.field}: {sentence}" if self.field else sentence


class PinError(VnidError):
    """Not a personal identification number."""


class QrError(VnidError):
    """Not the QR code of a Vietnamese card."""


class MrzError(VnidError):
    """Not a machine-readable zone, or one whose check digits do not hold."""


class DerError(VnidError):
    """Not an object of the Distinguished Encoding Rules; `values["offset"]` tells where."""


class CurveError(VnidError):
    """Not a curve that may be used, or not a point of it."""


class DateError(VnidError):
    """Not a date, or none of the calendar."""
