"""Names of browsers as their owners know them."""

from __future__ import annotations

import pytest

from dean06.ui.browsers import browser_name

_MOZILLA, _LIKE = "Mozilla/5.0", "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"{_MOZILLA} (X11; Linux x86_64) {_LIKE} Chrome/130.0.0.0 Safari/537.36", "Chrome trên Linux"),
        (f"{_MOZILLA} (Windows NT 10.0) {_LIKE} Chrome/130.0 Safari/537.36 Edg/130.0", "Edge trên Windows"),
        (f"{_MOZILLA} (Linux; Android 14) {_LIKE} Chrome/130.0 Mobile Safari/537.36", "Chrome trên Android"),
        (f"{_MOZILLA} (Macintosh; Intel Mac OS X 14_0) {_LIKE} Version/17 Safari/605.1", "Safari trên macOS"),
        (
            f"{_MOZILLA} (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604",
            "Safari trên iPhone",
        ),
        (f"{_MOZILLA} (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox trên Linux"),
        ("curl/8.0", "Trình duyệt không rõ"),
        ("", "Trình duyệt không rõ"),
    ],
)
def test_a_browser_is_named_with_its_system(agent: str, name: str) -> None:
    assert browser_name(agent) == name
