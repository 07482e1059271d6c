"""Papers of an office that does not exist."""

from __future__ import annotations

from datetime import date

from dean06.core.papers.model import Appendix, Heading, Kind, Paper, Paragraph, Signature, Table

FIGURES = Table(
    ("Mã", "Chỉ tiêu", "Tử số", "Mẫu số", "Tỷ lệ"),
    (
        ("P0-T1", "Bộ phận một cửa có video", "120", "209", "57,42 %"),
        ("P0-T2", "Có áp phích", "209", "209", "100 %"),
    ),
    caption="Bảng 1. Kết quả theo mục tiêu",
    numbers=frozenset({2, 3, 4}),
)


def report(**more: object) -> Paper:
    made: dict[str, object] = {
        "kind": Kind.REPORT,
        "superior": "Ủy ban nhân dân tỉnh Mẫu",
        "issuer": "Sở Xây dựng",
        "code": "SXD",
        "place": "Bắc Giang",
        "abstract": "Kết quả thực hiện mô hình điểm Đề án 06 tháng 9 năm 2023",
        "body": (
            Heading("I. KẾT QUẢ"),
            Paragraph("Trong kỳ, đơn vị đã triển khai đủ các nhiệm vụ được giao."),
            FIGURES,
            Heading("II. KHÓ KHĂN, VƯỚNG MẮC"),
            Paragraph("Sở Xây dựng báo cáo để Chủ tịch UBND tỉnh biết, chỉ đạo."),
        ),
        "signature": Signature(("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Nguyễn Văn A"),
        "number": 7,
        "day": date(2023, 9, 5),
        "to": ("Công an tỉnh", "Văn phòng UBND tỉnh"),
        "copies": ("Lãnh đạo Sở",),
        "archive": "VT, VP",
        "appendices": (Appendix("Bảng chi tiết", (FIGURES,)), Appendix("Danh sách bằng chứng", (FIGURES,))),
    }
    return Paper(**(made | more))  # type: ignore[arg-type]


def letter() -> Paper:
    return report(
        kind=Kind.LETTER,
        issuer="Ủy ban nhân dân huyện Mẫu",
        code="UBND",
        drafted_by="VX",
        abstract="khó khăn trong thu phí trực tuyến",
        to=("Công an tỉnh",),
        signature=Signature(("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Trần Thị B"),
        appendices=(),
    )
