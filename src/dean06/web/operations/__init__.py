"""The page of operations, for system administrators."""
