"""The `dean06` command."""
