"""VNeID, the identity of citizens: sign-in by OpenID Connect."""
