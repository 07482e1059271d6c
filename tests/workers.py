"""How pytest-xdist shares the tests out: those that use the filled province all go to one worker.

Filling it takes long; every worker that runs one of these tests would do it again. (The group marks of
pytest-xdist 3.8 are not seen under pytest 9: it writes them into a name that pytest no longer reads.)
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

FILLED = (
    "tests/browser/",
    "tests/guards/test_routes.py",
    "tests/guards/test_usage_routes.py",
    "tests/guards/test_walk.py",
)


class OneProvince(LoadScopeScheduling):  # type: ignore[misc]
    """Each test by itself, but one unit of work out of those under `FILLED`."""

    def _split_scope(self, nodeid: str) -> str:
        return "filled" if nodeid.startswith(FILLED) else nodeid
