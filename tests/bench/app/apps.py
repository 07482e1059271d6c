"""Indicators that count nothing: the benches write their figures themselves."""

from __future__ import annotations

from django.apps import AppConfig

TARGETS = 80
CODES = tuple(f"bench.target_{number:02d}" for number in range(1, TARGETS + 1))


class BenchConfig(AppConfig):
    name = "tests.bench.app"
    label = "bench"

    def ready(self) -> None:
        register()


def register() -> None:
    """Make the indicators known."""
    from dean06.plan import engine

    nothing = "select null::int, '', '', false, null::timestamptz where false"
    for code in CODES:
        engine.register(
            engine.Indicator(
                code=code,
                title_vi=code,
                title_en=code,
                subject_vi=code,
                nature="stock",
                version=1,
                rows=lambda _: engine.RawRows(nothing),
                evidence_url=lambda _: "",
            )
        )


def unregister() -> None:
    """Forget them."""
    from dean06.plan import engine

    for code in CODES:
        engine.unregister(code)
