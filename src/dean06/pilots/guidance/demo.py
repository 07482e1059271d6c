"""Synthetic records of P0 for a demo province: uneven progress, some desks that never began.

Everything follows from the seed. No person here exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from dean06.core import clock
from dean06.core.photos.models import Photo
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.models import (
    Assignment,
    EquipmentCheck,
    Material,
    MaterialCheck,
    Officer,
    Posting,
    ProcedureList,
    Training,
    Video,
    VideoShowing,
)

START = date(2023, 6, 1)
COURSE = "Hướng dẫn người dân sử dụng dịch vụ công trực tuyến (mô phỏng)"
_SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Dương",
    "Lý",
    "Giáp",
    "Thân",
)
_MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Thanh", "Ngọc", "Quang", "Thu", "Hữu", "Xuân", "Kim", "Hồng")
_GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hạnh",
    "Hiếu",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
)
_POSITIONS = (
    "Công chức Văn phòng - thống kê",
    "Công chức Tư pháp - hộ tịch",
    "Công chức Địa chính",
    "Công chức Văn hóa - xã hội",
)
_VIDEOS = (
    ("Đăng ký, kích hoạt tài khoản định danh điện tử trên VNeID", "Định danh điện tử"),
    ("Nộp hồ sơ đăng ký khai sinh trực tuyến", "Đăng ký khai sinh"),
    ("Đăng ký thường trú trên Cổng Dịch vụ công", "Đăng ký thường trú"),
    ("Thanh toán phí, lệ phí trực tuyến", "Thanh toán trực tuyến"),
    ("Cấp bản sao trích lục hộ tịch trực tuyến", "Trích lục hộ tịch"),
)
_POSTERS = (
    "Tiện ích của Đề án 06 đối với người dân",
    "Năm bước nộp hồ sơ trực tuyến",
    "Dùng VNeID thay giấy tờ khi đi làm thủ tục",
)

PhotoMaker = Callable[[Unit, date, str], Photo]


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


class DemoWriter:
    """Makes the records of one province, point by point, for days up to `today`."""

    def __init__(self, random: Random, today: date, photo: PhotoMaker) -> None:
        self.random = random
        self.today = today
        self.photo = photo
        self.batch = Batch()
        self.videos: list[Video] = []
        self.lists: dict[str, list[ProcedureList]] = {}
        self._staff = 0

    def library(self, owner: Unit) -> None:
        """The provincial video library (one not yet approved) and the procedure lists of each level."""
        for number, (title, procedure) in enumerate(_VIDEOS):
            approved = None if number == len(_VIDEOS) - 1 else START + timedelta(days=10 * number)
            self.videos.append(
                Video(
                    unit=owner,
                    title=title,
                    procedure=procedure,
                    approved_on=approved,
                    approval="" if approved is None else f"Phiếu duyệt số {number + 1:02d} (mô phỏng)",
                )
            )
        Video.objects.bulk_create(self.videos)
        changed = date(2023, 9, 1)
        for level in ProcedureList.Level.values:
            first, second = (
                ProcedureList(
                    level=level,
                    code=f"{level}-2023-{number}",
                    document=f"Quyết định công bố danh mục lần {number} (mô phỏng)",
                    valid_from=START if number == 1 else changed,
                    valid_to=changed if number == 1 else None,
                )
                for number in (1, 2)
            )
            self.lists[level] = ProcedureList.objects.bulk_create([first, second])

    def point(self, unit: Unit, pace: float) -> None:
        """Records of one desk or post. `pace` in 0…1: how far this part of the province has come."""
        if self.random.random() > 0.55 + 0.5 * pace:
            return  # a unit that never began: it stays in every gap list
        self._people(unit, pace)
        if unit.kind != Kind.ONE_STOP_DESK:
            return
        self._video(unit, pace)
        self._materials(unit, pace)
        self._equipment(unit, pace)
        self._postings(unit, pace)

    def staff(self, unit: Unit, count: int, trained: float) -> None:
        """Officers of a unit who do not guide at a point."""
        for _ in range(count):
            officer = self._officer(unit)
            if self.random.random() < trained:
                self._train(officer)

    def _day(self, pace: float, latest: date | None = None) -> date | None:
        """A day in the months so far, earlier where the pace is high; None: it has not happened."""
        end = latest or self.today
        span = (end - START).days
        day = START + timedelta(days=int(self.random.triangular(0, span * 1.6, span * (1 - pace))))
        return day if day <= end else None

    def _stamp(self, day: date) -> datetime:
        moment = clock.local_midnight(day) + timedelta(hours=8, minutes=self.random.randrange(480))
        return min(moment, clock.now())

    def _officer(self, unit: Unit) -> Officer:
        self._staff += 1
        pick = self.random.choice
        officer = Officer(
            unit=unit,
            recorded_at=self._stamp(START),
            staff_code=f"CB-{self._staff:05d}",
            full_name=f"{pick(_SURNAMES)} {pick(_MIDDLES)} {pick(_GIVEN)}",
            position="Cán bộ Công an xã" if unit.kind == Kind.POLICE_POST else pick(_POSITIONS),
            valid_from=date(2021, 1, 1),
        )
        self.batch.officers.append(officer)
        return officer

    def _train(self, officer: Officer, pace: float = 0.6) -> None:
        day = self._day(pace)
        if day is not None:
            self.batch.trainings.append(
                Training(
                    unit=officer.unit,
                    officer=officer,
                    recorded_at=self._stamp(day),
                    course=COURSE,
                    passed_on=day,
                    certificate=f"CN-{officer.staff_code}",
                )
            )

    def _people(self, unit: Unit, pace: float) -> None:
        for number in range(self.random.randint(2, 4) if unit.kind == Kind.ONE_STOP_DESK else 2):
            officer = self._officer(unit)
            day = self._day(pace)
            if day is not None:
                self.batch.assignments.append(
                    Assignment(
                        unit=unit,
                        officer=officer,
                        recorded_at=self._stamp(day),
                        document=f"Lịch trực số {number + 1:02d} (mô phỏng)",
                        valid_from=day,
                    )
                )
            if self.random.random() < 0.35 + 0.6 * pace:
                self._train(officer, pace)

    def _video(self, unit: Unit, pace: float) -> None:
        for video in self.random.sample(self.videos, self.random.randint(0, 2)):
            day = self._day(pace)
            if day is not None:
                channel = self.random.choice(VideoShowing.Channel.values)
                photo = self.photo(unit, day, video.title)
                self.batch.showings.append(
                    VideoShowing(
                        unit=unit,
                        video=video,
                        channel=channel,
                        shown_from=day,
                        photo=photo,
                        recorded_at=self._stamp(day),
                    )
                )

    def _materials(self, unit: Unit, pace: float) -> None:
        for kind in self.random.sample(("panel", "poster", "banner"), self.random.randint(0, 3)):
            day = self._day(pace)
            if day is None:
                continue
            title = self.random.choice(_POSTERS)
            photo = self.photo(unit, day, title)
            material = Material(
                unit=unit, kind=kind, title=title, hung_on=day, photo=photo, recorded_at=self._stamp(day)
            )
            self.batch.materials.append(material)
            self.batch.checks += self._checks(unit, material, pace)

    def _checks(self, unit: Unit, material: Material, pace: float) -> Iterator[MaterialCheck]:
        day = material.hung_on + timedelta(days=self.random.randint(40, 80))
        while day <= self.today and self.random.random() < 0.5 + 0.5 * pace:
            present = self.random.random() > 0.06
            yield MaterialCheck(
                unit=unit, material=material, checked_on=day, present=present, recorded_at=self._stamp(day)
            )
            day += timedelta(days=self.random.randint(40, 80))

    def _equipment(self, unit: Unit, pace: float) -> None:
        for item in EquipmentCheck.Item.values:
            if (day := self._day(pace)) is not None:
                self.batch.equipment.append(
                    EquipmentCheck(
                        unit=unit,
                        item=item,
                        quantity=self.random.randint(1, 3),
                        working=self.random.random() < 0.75 + 0.24 * pace,
                        checked_on=day,
                        recorded_at=self._stamp(day),
                    )
                )

    def _postings(self, unit: Unit, pace: float) -> None:
        for version in self.lists[unit.subkind or "commune"]:
            day = self._day(pace)
            if day is None:
                continue
            day = max(day, version.valid_from)
            photo = self.photo(unit, day, version.document)
            self.batch.postings.append(
                Posting(
                    unit=unit,
                    procedure_list=version,
                    posted_on=day,
                    photo=photo,
                    recorded_at=self._stamp(day),
                )
            )


def write(
    *,
    random: Random,
    points: Sequence[Unit],
    owner: Unit,
    photo: PhotoMaker,
    paces: dict[int, float],
    advance: Callable[[], None],
) -> DemoWriter:
    """Make (not yet store) the records of all points; `paces` by unit id, `advance` after each point."""
    writer = DemoWriter(random, clock.today(), photo)
    writer.library(owner)
    for unit in points:
        writer.point(unit, paces[unit.pk])
        advance()
    return writer
