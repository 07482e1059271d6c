"""What the rooms above may listen to: core knows nothing of who does."""

from __future__ import annotations

from django.dispatch import Signal

#: Sent inside the transaction that changed the tree: units appeared, moved, ended, or changed otherwise.
#: A receiver that fails undoes the change. It runs in the wide scope of the tree's administrators.
tree_changed = Signal()
