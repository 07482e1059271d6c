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
    "chip_answer": ("Chip trả lời không đúng quy cách.", "The chip's answer has no proper form."),
    "chip_status": ("Chip từ chối lệnh (mã {status:04X}).", "The chip refuses the command ({status:04X})."),
    "chip_not_supported": ("Chip không có chức năng này.", "The chip does not know this function."),
    "chip_not_allowed": (
        "Chip chưa cho đọc: cần xác thực hoặc quyền cao hơn.",
        "The chip does not allow it: a key or a higher right is needed.",
    ),
    "chip_not_found": ("Chip không có tệp này.", "The chip has no such file."),
    "chip_wrong_key": (
        "Số trên thẻ không mở được chip; hãy kiểm tra lại 6 số cuối.",
        "This number does not open the chip; check the last six digits.",
    ),
    "chip_wrong_key_tries": (
        "Số trên thẻ không mở được chip; còn {tries} lần thử.",
        "This number does not open the chip; {tries} tries are left.",
    ),
    "chip_blocked": (
        "Chip đã khóa cách mở này sau nhiều lần sai.",
        "The chip has locked this key after wrong tries.",
    ),
    "chip_messaging": (
        "Kênh bảo mật với chip bị hỏng hoặc bị can thiệp; hãy đặt lại thẻ.",
        "The protected channel to the chip is broken or was tampered with; present the card again.",
    ),
    "chip_authentication": (
        "Chip không chứng minh được cùng khóa với đầu đọc.",
        "The chip did not prove that it holds the same key.",
    ),
    "chip_no_access": (
        "Chip không có cách mở nào mà phần mềm biết.",
        "The chip offers no way of access that is known here.",
    ),
    "chip_removed": (
        "Thẻ bị rút ra khi đang đọc; hãy đặt lại.",
        "The card was taken away; present it again.",
    ),
    "chip_no_card": ("Chưa có thẻ trên đầu đọc.", "There is no card on the reader."),
    "reader_none": ("Không thấy đầu đọc thẻ nào.", "There is no card reader."),
    "reader_removed": ("Đầu đọc thẻ bị rút.", "The card reader was unplugged."),
    "reader_service": (
        "Dịch vụ đầu đọc thẻ (pcscd) không chạy.",
        "The service of card readers (pcscd) does not run.",
    ),
    "reader_busy": (
        "Phần mềm khác đang dùng thẻ trên đầu đọc này.",
        "Another program is using the card on this reader.",
    ),
    "reader_failed": (
        "Đầu đọc không trao đổi được với thẻ; hãy đặt lại thẻ, rồi cắm lại đầu đọc.",
        "The reader cannot talk to the card; present it again, then plug the reader in again.",
    ),
    "reader_library": (
        "Chưa cài thư viện đầu đọc thẻ (pyscard).",
        "The library for card readers (pyscard) is not installed.",
    ),
    "chip_replay": (
        "Lệnh thứ {number} khác với cuộc trao đổi đã ghi.",
        "Command {number} is not the recorded one.",
    ),
    "challenge_short": ("Thử thách phải có ít nhất 8 byte.", "A challenge has 8 bytes or more."),
    "face_record": ("Không phải bản ghi ảnh khuôn mặt.", "Not a facial record."),
    "face_image": ("Ảnh không phải JPEG hoặc JPEG 2000.", "Neither JPEG nor JPEG 2000."),
    "holder_field": ("Trường {number} không đúng dạng.", "Field {number} has another form."),
    "algorithm": (
        "Thuật toán không thuộc danh mục của ICAO.",
        "An algorithm that ICAO 9303-12 does not list.",
    ),
    "key": ("Không đọc được khóa công khai.", "Not a public key that can be read."),
    "certificate": ("Không phải chứng thư số.", "Not a certificate."),
    "crl": ("Không phải danh sách thu hồi.", "Not a certificate revocation list."),
    "cms": ("Không phải dữ liệu ký CMS.", "Not signed data (CMS)."),
    "sod": ("Không phải đối tượng bảo mật của thẻ (SOD).", "Not a document security object."),
    "master_list": ("Không phải danh sách chủ của ICAO.", "Not a master list."),
    "policy": ("Quy tắc quyết định thiếu hoặc sai mục này.", "The policy lacks this or has it wrong."),
    "facts": ("Thông tin này thiếu hoặc sai dạng.", "This fact is missing or has another form."),
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


class LdsError(VnidError):
    """Not a file of the chip as ICAO 9303-10 writes it."""


class ChipError(VnidError):
    """The chip, the reader or the way between them did not do what was asked."""


class TrustError(VnidError):
    """A certificate, a signature or a list that cannot be read."""


class DateError(VnidError):
    """Not a date, or none of the calendar."""
