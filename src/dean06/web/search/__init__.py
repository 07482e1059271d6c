"""One search over units, the plan, indicators and records."""
