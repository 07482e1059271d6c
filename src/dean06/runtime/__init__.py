"""How a dean06 installation runs: embedded PostgreSQL, environment, child processes."""
