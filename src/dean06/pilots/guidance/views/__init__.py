from dean06.pilots.guidance.views.lists import points, record_list
from dean06.pilots.guidance.views.sheet import import_sheet
from dean06.pilots.guidance.views.show import officer, point, record
from dean06.pilots.guidance.views.write import add, restore, revise, revoke

__all__ = [
    "add",
    "import_sheet",
    "officer",
    "point",
    "points",
    "record",
    "record_list",
    "restore",
    "revise",
    "revoke",
]
