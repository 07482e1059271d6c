from dean06.pilots.guidance.models.base import Record
from dean06.pilots.guidance.models.equipment import EquipmentCheck
from dean06.pilots.guidance.models.media import (
    Material,
    MaterialCheck,
    Posting,
    ProcedureList,
    Video,
    VideoShowing,
)
from dean06.pilots.guidance.models.people import Assignment, Officer, Training

__all__ = [
    "Assignment",
    "EquipmentCheck",
    "Material",
    "MaterialCheck",
    "Officer",
    "Posting",
    "ProcedureList",
    "Record",
    "Training",
    "Video",
    "VideoShowing",
]
