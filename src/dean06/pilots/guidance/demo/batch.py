"""The records of the demo on their way into the database."""

from __future__ import annotations

from dataclasses import dataclass, field

from dean06.pilots.guidance.models import (
    Assignment,
    EquipmentCheck,
    Material,
    MaterialCheck,
    Officer,
    Posting,
    Training,
    VideoShowing,
)


@dataclass(slots=True)
class Batch:
    """The records made so far, kept in the order in which they must be stored."""

    officers: list[Officer] = field(default_factory=list)
    showings: list[VideoShowing] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    checks: list[MaterialCheck] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    equipment: list[EquipmentCheck] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)

    def store(self) -> int:
        """Write everything in bulk; returns the number of records."""
        tables: tuple[list[object], ...] = (
            self.officers,
            self.showings,
            self.materials,
            self.checks,
            self.assignments,
            self.trainings,
            self.equipment,
            self.postings,
        )  # type: ignore[assignment]
        for rows in tables:
            if rows:
                type(rows[0])._default_manager.bulk_create(rows, batch_size=2000)  # type: ignore[attr-defined]
        return sum(len(rows) for rows in tables)
