"""Each cause of an unreachable database in words, and never a password."""

from __future__ import annotations

import psycopg
import pytest

from dean06.runtime.failures import Exit
from dean06.runtime.unreachable import place, unreachable

_URL = "postgresql://someone:se%40cret@db.example:5433/dean06"


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ('connection to server at "10.0.0.1", port 5432 failed: Connection refused', "không có PostgreSQL"),
        ("failed to resolve host 'db': [Errno -2] Name or service not known", "không tìm thấy máy chủ"),
        ('FATAL:  password authentication failed for user "someone"', "sai tên đăng nhập hoặc mật khẩu"),
        ('FATAL:  database "dean06" does not exist', "không có cơ sở dữ liệu này"),
        ('FATAL:  role "someone" does not exist', "không có tài khoản này"),
        ("connection timeout expired", "không trả lời trong thời gian chờ"),
        ("server does not support SSL, but SSL was required", "TLS"),
        ("SSL error: certificate verify failed", "TLS"),
        ("FATAL:  sorry, too many clients already", "hết lượt kết nối"),
        ("the server closed the connection unexpectedly", "từ chối hoặc ngắt kết nối"),
    ],
)
def test_the_cause_is_told_in_vietnamese(report: str, words: str) -> None:
    failure = unreachable(_URL, psycopg.OperationalError(report))
    assert failure.code == Exit.DATABASE
    assert words in failure.vi
    assert "db.example:5433/dean06" in failure.vi
    assert report not in str(failure)
    assert failure.detail == " ".join(report.split())


@pytest.mark.parametrize("url", [_URL, "postgresql://someone:se%40cret@db.example:port/dean06"])
def test_the_password_is_never_told(url: str) -> None:
    assert "db.example" in place(url)
    assert "cret" not in place(url)
