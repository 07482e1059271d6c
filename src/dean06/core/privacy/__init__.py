"""Duties of whoever processes personal data: classes, retention, requests of people, breaches."""
