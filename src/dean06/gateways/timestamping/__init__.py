"""Time stamps of an authority (RFC 3161) over a text: proof that it existed then."""

from dean06.gateways.timestamping.protocol import Refused, Stamp, Timestamper, TimestampError, Unreachable

__all__ = ["Refused", "Stamp", "TimestampError", "Timestamper", "Unreachable"]
