"""The pages of the plan."""

from dean06.web.plan.views.dashboard import plan
from dean06.web.plan.views.settle import adopt, decide, withdraw
from dean06.web.plan.views.state import state
from dean06.web.plan.views.target import target
from dean06.web.plan.views.tasks import tasks

__all__ = ["adopt", "decide", "plan", "state", "target", "tasks", "withdraw"]
