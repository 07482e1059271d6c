"""Proofs about a plan folder: nothing missing, nothing unknown, every claim found in the source text."""

from dean06.plan.check.run import CheckReport, check_plan
from dean06.plan.schema.problem import Problem

__all__ = ["CheckReport", "Problem", "check_plan"]
