"""The pages of the plan."""

from dean06.web.plan.views.dashboard import plan
from dean06.web.plan.views.target import target

__all__ = ["plan", "target"]
