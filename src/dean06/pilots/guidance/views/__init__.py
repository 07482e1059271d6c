from dean06.pilots.guidance.views.library import (
    list_publish,
    procedure_lists,
    video,
    video_add,
    video_approve,
    video_expire,
    video_list,
)
from dean06.pilots.guidance.views.lists import points, record_list
from dean06.pilots.guidance.views.quick import end, look
from dean06.pilots.guidance.views.sheet import import_sheet
from dean06.pilots.guidance.views.show import officer, photo, point, record
from dean06.pilots.guidance.views.write import add, restore, revise, revoke

__all__ = [
    "add",
    "end",
    "import_sheet",
    "list_publish",
    "look",
    "officer",
    "photo",
    "point",
    "points",
    "procedure_lists",
    "record",
    "record_list",
    "restore",
    "revise",
    "revoke",
    "video",
    "video_add",
    "video_approve",
    "video_expire",
    "video_list",
]
