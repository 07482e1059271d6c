"""Pages of the tree of units: list, one unit, import, export, edits."""
