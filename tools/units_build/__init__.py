"""Parts of tools/build_units.py: packages → small extracts → the unit files of a plan."""
