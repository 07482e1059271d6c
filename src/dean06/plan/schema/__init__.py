"""The typed schema of a plan folder and the loader that keeps line numbers. Pure: no database, no clock."""

from dean06.plan.schema.located import Located
from dean06.plan.schema.problem import Problem
from dean06.plan.schema.source import PlanSource, read_source

__all__ = ["Located", "PlanSource", "Problem", "read_source"]
