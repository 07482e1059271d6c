"""Hostile bodies and methods: refused with a page in Vietnamese before anything is kept."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dean06.ui.limits import MAX_BODY
from tests.pilots.guidance.world import World


def nobody() -> Client:
    client = Client(headers={"accept-language": "vi"})
    client.raise_request_exception = False
    return client


def test_nobody_fills_the_disk_with_a_body(db: None) -> None:
    """Without the limit the parser writes any file of any visitor to the disk before a view is asked."""
    answer = nobody().generic("POST", "/dang-nhap", b"x" * (MAX_BODY + 1))
    assert answer.status_code == 413
    assert "10 MB" in answer.content.decode()


def test_a_body_of_nonsense_length_is_refused(db: None) -> None:
    for length in (str(5 * MAX_BODY), "9" * 30, "-1", "x"):
        assert nobody().generic("POST", "/dang-nhap", b"x", CONTENT_LENGTH=length).status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:x", "a b"])
def test_a_foreign_host_gets_a_page_in_vietnamese(db: None, host: str) -> None:
    answer = nobody().get("/dang-nhap", HTTP_HOST=host)
    assert answer.status_code == 400
    assert "Yêu cầu không hợp lệ" in answer.content.decode()


def test_thousands_of_files_and_fields_are_refused(world: World) -> None:
    client = world.client("officer")
    client.raise_request_exception = False
    files = {f"f{i}": SimpleUploadedFile(f"../../{i}.csv", b"1") for i in range(150)}
    for body in (files, {f"f{i}": "1" for i in range(1500)}):
        answer = client.post("/p0/nhap/vat-pham", body)
        assert answer.status_code == 400
        assert "Yêu cầu không hợp lệ" in answer.content.decode()


@pytest.mark.parametrize("path", ["/dang-xuat", "/p0/ban-ghi/vat-pham/1/khoi-phuc"])
def test_an_address_of_a_button_opened_directly_says_so(world: World, path: str) -> None:
    answer = world.client("officer").get(path)
    assert answer.status_code == 405
    assert "nút" in answer.content.decode()
