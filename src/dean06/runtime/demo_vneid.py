"""Whether a demo brings a simulated VNeID along, and where it listens."""

from __future__ import annotations

import importlib.util
import os
import socket
from collections.abc import Callable, Mapping

from dean06.runtime.environment import Environment
from dean06.runtime.failures import Exit, StartError

PACKAGE = "oidc_provider_mock"
"""What the extra `demo` of pyproject.toml brings."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def variables(
    chosen: Environment, tell: Callable[[str], None], given: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """What to add for the processes: a demo on this machine has the simulator unless DEMO_VNEID=0.

    `tell` gets a sentence where the extra `demo` is missing. Raises StartError when DEMO_VNEID=1 asks for it.
    """
    asked = given.get("DEMO_VNEID", "")
    if given.get("VNEID_ISSUER") or asked == "0":
        return {}
    if not asked and (chosen.demo == "none" or chosen.host not in _LOOPBACK):
        return {}
    if importlib.util.find_spec(PACKAGE) is None:
        vi = "VNeID mô phỏng cần gói bổ sung; hãy cài: pip install 'dean06[demo]'."
        en = "The simulated VNeID needs an extra; install: pip install 'dean06[demo]'."
        if asked:
            raise StartError(Exit.PROGRAM, vi, en)
        tell(f"{vi} ({en})")
        return {}
    port = given.get("VNEID_SIMULATOR_PORT") or str(_free(chosen.port + 1))
    return {"DEMO_VNEID": "1", "VNEID_SIMULATOR_PORT": port}


def words(added: Mapping[str, str], address: str) -> str:
    """How to try the citizen's view; "" where there is no simulator."""
    if added.get("DEMO_VNEID") != "1":
        return ""
    return (
        f"Công dân: {address}/dang-nhap → “Đăng nhập bằng VNeID (mô phỏng)”, chọn một người không có thật"
        " (citizens: sign in there by the simulated VNeID)."
    )


def _free(wanted: int) -> int:
    """The wanted port of this machine, or any when somebody else holds it."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted if wanted <= 65535 else 0))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
