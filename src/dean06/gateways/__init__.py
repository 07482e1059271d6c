"""Doors to systems of others: each a protocol, a live client, and a simulator that really listens.

Only `live.py` of a gateway holds an HTTP client.
"""
