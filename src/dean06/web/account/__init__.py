"""Sign-in, second factors and sessions: the pages of one's own account."""
