"""Why a database does not answer, by cause: the driver's own text is English and may change."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from dean06.runtime.failures import Exit, StartError

# The first pattern found wins. The texts are those of libpq, psycopg and the C library in English.
_CAUSES: tuple[tuple[str, str, str], ...] = (
    (
        r"password authentication failed|no password supplied|authentication failed",
        "sai tên đăng nhập hoặc mật khẩu",
        "the user name or the password is wrong",
    ),
    (
        r"database \".*\" does not exist",
        "máy chủ không có cơ sở dữ liệu này",
        "the server has no such database",
    ),
    (
        r"role \".*\" does not exist",
        "máy chủ không có tài khoản này",
        "the server has no such account",
    ),
    (
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "máy chủ không cho phép máy này kết nối (pg_hba.conf)",
        "the server does not let this machine in (pg_hba.conf)",
    ),
    (
        r"SSL|TLS|certificate",
        "không thiết lập được kết nối TLS (chứng chỉ hoặc sslmode)",
        "the TLS connection failed (certificate or sslmode)",
    ),
    (
        r"could not translate host name|Name or service not known|failed to resolve host|"
        r"Temporary failure in name resolution|No address associated",
        "không tìm thấy máy chủ mang tên này",
        "there is no host of this name",
    ),
    (
        r"timeout expired|timed out",
        "máy chủ không trả lời trong thời gian chờ",
        "the server did not answer in time",
    ),
    (
        r"Connection refused|No such file or directory",
        "không có PostgreSQL nào nhận kết nối ở địa chỉ này",
        "no PostgreSQL accepts connections at this address",
    ),
    (
        r"No route to host|Network is unreachable",
        "không có đường mạng tới máy chủ",
        "there is no network route to the host",
    ),
    (
        r"too many clients|remaining connection slots|too many connections",
        "máy chủ đã hết lượt kết nối",
        "the server has no connection left",
    ),
    (
        r"starting up|shutting down|recovery mode",
        "máy chủ đang khởi động hoặc đang dừng; hãy thử lại sau",
        "the server is starting or stopping; try again later",
    ),
)
_OTHER = ("máy chủ từ chối hoặc ngắt kết nối", "the server refused or closed the connection")


def cause(report: str) -> tuple[str, str]:
    """Why, in Vietnamese and in English, for what the driver reported."""
    for pattern, vi, en in _CAUSES:
        if re.search(pattern, report, re.IGNORECASE):
            return vi, en
    return _OTHER


def place(url: str) -> str:
    """Host, port and database of a connection URL; never its user or password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # not a URL libpq can read: what follows the password must do
        return urlsplit(url).netloc.rpartition("@")[2] or "DATABASE_URL"
    return f"{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}/{parts.get('dbname') or ''}"


def unreachable(url: str, error: psycopg.Error) -> StartError:
    """The database of DATABASE_URL does not answer; the driver's text is the detail."""
    vi, en = cause(str(error))
    return StartError(
        Exit.DATABASE,
        f"Không kết nối được cơ sở dữ liệu {place(url)} (DATABASE_URL): {vi}.",
        f"The database {place(url)} (DATABASE_URL) cannot be reached: {en}.",
        detail=" ".join(str(error).split()),
    )
