"""A citizen's own pages: who looked at his data; and the same for the portals he uses."""
