from __future__ import annotations

from pathlib import Path

import pytest

from dean06.runtime import environment
from dean06.runtime.failures import StartError


def test_defaults_serve_the_local_machine_only() -> None:
    chosen = environment.read({"DATA_DIR": "/srv/d"})
    assert (chosen.host, chosen.port, chosen.demo) == ("127.0.0.1", 8006, "small")
    assert chosen.database_url is None
    assert chosen.address == "http://127.0.0.1:8006"
    assert chosen.data_dir == Path("/srv/d")
    assert 1 <= chosen.workers <= 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "8006x"),
        ("PORT", "-1"),
        ("WORKERS", "many"),
        ("DEMO", "big"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(StartError) as caught:
        environment.read({"DATA_DIR": "/srv/d", name: value})
    assert name in caught.value.vi
    assert value in caught.value.en


def test_a_wrong_url_is_refused_without_showing_its_password() -> None:
    with pytest.raises(StartError) as caught:
        environment.read({"DATA_DIR": "/srv/d", "DATABASE_URL": "mysql://me:secret@db/x"})
    assert "DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_address_open_to_all_is_shown_as_one_that_can_be_opened() -> None:
    chosen = environment.read({"DATA_DIR": "/srv/d", "HOST": "0.0.0.0", "PORT": "9000"})
    assert chosen.address == "http://127.0.0.1:9000"


def test_the_default_data_directory_lies_in_the_checkout_or_in_var_lib() -> None:
    found = environment.default_data_dir()
    home = environment.checkout()
    assert home is not None
    assert found == home / ".data" or found.parent == Path("/var/lib/dean06")
