"""A demo has the citizen's view out of the box; production needs no package of the simulator."""

from __future__ import annotations

import importlib.util
import re
import socket
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from dean06.gateways.vneid import settings as vneid
from dean06.runtime import demo_vneid, environment
from dean06.runtime.failures import StartError

ROOT = Path(__file__).parents[2]
CHOSEN = environment.read({"PORT": "8119", "DATA_DIR": "/nowhere"})


def silent(text: str) -> None:
    raise AssertionError(text)


def test_a_demo_on_this_machine_has_the_simulated_vneid() -> None:
    added = demo_vneid.variables(CHOSEN, silent, {})
    assert added["DEMO_VNEID"] == "1"
    assert vneid.is_simulated(added)
    assert vneid.provider(added) != {}
    assert "mô phỏng" in demo_vneid.words(added, CHOSEN.address)


@pytest.mark.parametrize("given", [{"VNEID_ISSUER": "https://sso.example.vn"}, {"DEMO_VNEID": "0"}])
def test_a_real_provider_or_a_refusal_leaves_it_out(given: dict[str, str]) -> None:
    assert demo_vneid.variables(CHOSEN, silent, given) == {}
    assert demo_vneid.words({}, CHOSEN.address) == ""


def test_production_and_a_server_open_to_others_have_none() -> None:
    assert demo_vneid.variables(replace(CHOSEN, demo="none"), silent, {}) == {}
    assert demo_vneid.variables(replace(CHOSEN, host="0.0.0.0"), silent, {}) == {}


def test_a_port_in_use_is_avoided() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        taken = held.getsockname()[1]
        added = demo_vneid.variables(replace(CHOSEN, port=taken - 1), silent, {})
        assert int(added["VNEID_SIMULATOR_PORT"]) != taken


def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> object:
        return None if name == demo_vneid.PACKAGE else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    told: list[str] = []
    assert demo_vneid.variables(CHOSEN, told.append, {}) == {}
    assert len(told) == 1
    assert "pip install" in told[0]
    with pytest.raises(StartError, match="dean06\\[demo\\]"):
        demo_vneid.variables(CHOSEN, silent, {"DEMO_VNEID": "1"})


def test_production_needs_no_package_of_the_simulator() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert not [each for each in project["dependencies"] if "oidc-provider-mock" in each]
    assert [each for each in project["optional-dependencies"]["demo"] if "oidc-provider-mock" in each]
    production = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    demo = (ROOT / "requirements-demo.lock").read_text(encoding="utf-8")
    for package in ("oidc-provider-mock", "flask", "authlib", "werkzeug"):
        assert re.search(rf"^{package}==", demo, re.MULTILINE), package
        assert not re.search(rf"^{package}==", production, re.MULTILINE), package


def test_nothing_imports_the_simulator_but_the_demo() -> None:
    users = [
        path.relative_to(ROOT / "src" / "dean06").as_posix()
        for path in (ROOT / "src").rglob("*.py")
        if re.search(
            r"import.*(oidc_provider_mock|flask)|vneid\.simulator import", path.read_text(encoding="utf-8")
        )
    ]
    assert sorted(users) == ["gateways/vneid/simulator.py"]
