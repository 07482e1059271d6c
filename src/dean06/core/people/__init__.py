"""People the province keeps records of. Numbers are encrypted; pages show the last three digits only."""
