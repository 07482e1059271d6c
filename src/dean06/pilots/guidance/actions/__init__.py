"""Every write of this pilot: a record is added, corrected, ended or withdrawn; nothing is deleted."""

from dean06.pilots.guidance.actions.importing import import_records
from dean06.pilots.guidance.actions.library import (
    add_video,
    approve_video,
    expire_video,
    may_keep_library,
    publish_list,
    require_keeper,
)
from dean06.pilots.guidance.actions.records import (
    add_record,
    end_record,
    restore_record,
    revise_record,
    revoke_record,
)

__all__ = [
    "add_record",
    "add_video",
    "approve_video",
    "end_record",
    "expire_video",
    "import_records",
    "may_keep_library",
    "publish_list",
    "require_keeper",
    "restore_record",
    "revise_record",
    "revoke_record",
]
