"""What the demo's desks show and have: videos, panels and posters with looks, equipment, posted lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

from dean06.core.photos.models import Photo
from dean06.core.units.models import Unit
from dean06.pilots.guidance.demo.batch import Batch
from dean06.pilots.guidance.demo.days import START, Days
from dean06.pilots.guidance.demo.texts import POSTERS, VIDEOS
from dean06.pilots.guidance.models import (
    EquipmentCheck,
    Material,
    MaterialCheck,
    Posting,
    ProcedureList,
    Video,
    VideoShowing,
)

PhotoMaker = Callable[[Unit, date, str], Photo]
SECOND_LIST = date(2023, 9, 1)


class Desks:
    """Makes the records of one desk after another."""

    def __init__(self, random: Random, days: Days, batch: Batch, photo: PhotoMaker) -> None:
        self._random, self._days, self._batch, self._photo = random, days, batch, photo
        self._videos: list[Video] = []
        self._lists: dict[str, list[ProcedureList]] = {}

    def library(self, owner: Unit) -> None:
        """The provincial video library (one not yet approved) and the procedure lists of each level."""
        for number, (title, procedure) in enumerate(VIDEOS):
            waiting = number == len(VIDEOS) - 1
            video = Video(
                unit=owner,
                title=title,
                procedure=procedure,
                approved_on=None if waiting else START + timedelta(days=10 * number),
                approval="" if waiting else f"Phiếu duyệt số {number + 1:02d} (mô phỏng)",
            )
            self._videos.append(video)
        Video.objects.bulk_create(self._videos)
        for level in ProcedureList.Level.values:
            versions = [self._version(level, number) for number in (1, 2)]
            self._lists[level] = ProcedureList.objects.bulk_create(versions)

    def desk(self, unit: Unit, pace: float) -> None:
        """All records of one desk. `pace` in 0…1: how far this part of the province has come."""
        self._showings(unit, pace)
        self._materials(unit, pace)
        self._equipment(unit, pace)
        self._postings(unit, pace)

    @staticmethod
    def _version(level: str, number: int) -> ProcedureList:
        since = START if number == 1 else SECOND_LIST
        return ProcedureList(
            level=level,
            code=f"{level}-2023-{number}",
            document=f"Quyết định số {number:02d}/QĐ-MP ngày {since:%d/%m/%Y} (mô phỏng)",
            valid_from=since,
            valid_to=SECOND_LIST if number == 1 else None,
        )

    def _showings(self, unit: Unit, pace: float) -> None:
        for video in self._random.sample(self._videos, self._random.randint(0, 2)):
            day = self._days.draw(pace)
            if day is None:
                continue
            showing = VideoShowing(
                unit=unit,
                video=video,
                channel=self._random.choice(VideoShowing.Channel.values),
                shown_from=day,
                photo=self._photo(unit, day, video.title),
                recorded_at=self._days.stamp(day),
            )
            self._batch.showings.append(showing)

    def _materials(self, unit: Unit, pace: float) -> None:
        for kind in self._random.sample(("panel", "poster", "banner"), self._random.randint(0, 3)):
            day = self._days.draw(pace)
            if day is None:
                continue
            title = self._random.choice(POSTERS)
            material = Material(
                unit=unit,
                kind=kind,
                title=title,
                hung_on=day,
                photo=self._photo(unit, day, title),
                recorded_at=self._days.stamp(day),
            )
            self._batch.materials.append(material)
            self._batch.checks += self._checks(unit, material, pace)

    def _checks(self, unit: Unit, material: Material, pace: float) -> Iterator[MaterialCheck]:
        day = material.hung_on + timedelta(days=self._random.randint(40, 80))
        while day <= self._days.today and self._random.random() < 0.5 + 0.5 * pace:
            present = self._random.random() > 0.06
            stamp = self._days.stamp(day)
            yield MaterialCheck(
                unit=unit, material=material, checked_on=day, present=present, recorded_at=stamp
            )
            day += timedelta(days=self._random.randint(40, 80))

    def _equipment(self, unit: Unit, pace: float) -> None:
        for item in EquipmentCheck.Item.values:
            day = self._days.draw(pace)
            if day is None:
                continue
            check = EquipmentCheck(
                unit=unit,
                item=item,
                quantity=self._random.randint(1, 3),
                working=self._random.random() < 0.75 + 0.24 * pace,
                checked_on=day,
                recorded_at=self._days.stamp(day),
            )
            self._batch.equipment.append(check)

    def _postings(self, unit: Unit, pace: float) -> None:
        for version in self._lists[unit.subkind or ProcedureList.Level.COMMUNE.value]:
            day = self._days.draw(pace)
            if day is None:
                continue
            day = max(day, version.valid_from)
            posting = Posting(
                unit=unit,
                procedure_list=version,
                posted_on=day,
                photo=self._photo(unit, day, version.document),
                recorded_at=self._days.stamp(day),
            )
            self._batch.postings.append(posting)
