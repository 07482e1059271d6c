"""The row policies of the engine's tables."""

from dean06.core.access.policies import register_reference, register_scoped


def register_tables() -> None:
    """Figures and their rows are seen inside the scope; runs and trees carry nothing of a unit's own."""
    for table in ("plan_observation", "plan_frozen_row", "plan_stated_figure"):
        register_scoped(table)
    register_reference("plan_indicator_run", reason="tells when an indicator was counted, not what")
    register_reference("plan_frozen_tree", reason="the places of public bodies are public")
