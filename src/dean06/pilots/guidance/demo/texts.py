"""Words of the demo: names that belong to nobody, posts, titles."""

COURSE = "Hướng dẫn người dân sử dụng dịch vụ công trực tuyến (mô phỏng)"
SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Dương",
    "Lý",
    "Giáp",
    "Thân",
)
MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Thanh", "Ngọc", "Quang", "Thu", "Hữu", "Xuân", "Kim", "Hồng")
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hạnh",
    "Hiếu",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
)

POSITIONS = (
    "Công chức Văn phòng - thống kê",
    "Công chức Tư pháp - hộ tịch",
    "Công chức Địa chính",
    "Công chức Văn hóa - xã hội",
)

VIDEOS = (
    ("Đăng ký, kích hoạt tài khoản định danh điện tử trên VNeID", "Định danh điện tử"),
    ("Nộp hồ sơ đăng ký khai sinh trực tuyến", "Đăng ký khai sinh"),
    ("Đăng ký thường trú trên Cổng Dịch vụ công", "Đăng ký thường trú"),
    ("Thanh toán phí, lệ phí trực tuyến", "Thanh toán trực tuyến"),
    ("Cấp bản sao trích lục hộ tịch trực tuyến", "Trích lục hộ tịch"),
)
POSTERS = (
    "Tiện ích của Đề án 06 đối với người dân",
    "Năm bước nộp hồ sơ trực tuyến",
    "Dùng VNeID thay giấy tờ khi đi làm thủ tục",
)
