"""Loading a plan folder into the database: all of it or nothing, and nothing when nothing changed."""

from dean06.plan.load.run import LoadReport, load_plan

__all__ = ["LoadReport", "load_plan"]
