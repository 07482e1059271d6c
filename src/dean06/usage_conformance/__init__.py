"""A conformance suite for registers that tell citizens who looked at their data.

Asks any server, over HTTP only, whether it keeps the protocol of docs/usage.md: `heartbeat`, `usagePeriod`,
`findUsage`. Needs nothing but Python's own library and no code of the register:

    python -m dean06.usage_conformance http://host/api/usage/v1 --token-file FILE --codes-file FILE
"""

from dean06.usage_conformance.checks import CHECKS, Failed
from dean06.usage_conformance.client import Target, Unreachable
from dean06.usage_conformance.run import Result, run

__all__ = ["CHECKS", "Failed", "Result", "Target", "Unreachable", "run"]
