"""Why the keys cannot be used, in one sentence that names the file or the key, never a secret."""

from __future__ import annotations

from dean06.core.errors import Conflict


class VaultError(Conflict):
    """The keys are missing, foreign, readable by others or damaged; nothing was written."""
