"""Drawn pictures for the demo: plainly no photographs, each stamped with where and when."""

from __future__ import annotations

import io
from datetime import date
from random import Random

from PIL import Image, ImageDraw

from dean06.core import clock
from dean06.core.photos import disk
from dean06.core.photos.models import Photo
from dean06.core.photos.prepare import prepare
from dean06.core.units.models import Unit
from dean06.web.demo.lettering import Lettering

_SIZE = (640, 480)
_WALLS = ((226, 232, 240), (236, 233, 222), (222, 234, 228), (233, 226, 232))


class PhotoBook:
    """Draws one picture per (unit, day, text) and keeps the rows until they are stored in bulk."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._letters, self._small = Lettering(22), Lettering(17)
        self.rows: list[Photo] = []

    def draw(self, unit: Unit, day: date, text: str) -> Photo:
        """A photo row (not yet stored) whose file is on disk."""
        prepared = prepare(self._picture(unit.name, day, text))
        disk.write(prepared)
        photo = Photo(
            unit=unit,
            sha256=prepared.sha256,
            width=prepared.width,
            height=prepared.height,
            size=len(prepared.jpeg),
            taken_on=day,
            created_at=clock.now(),
        )
        self.rows.append(photo)
        return photo

    def store(self) -> int:
        """Write the rows; returns how many."""
        Photo.objects.bulk_create(self.rows, batch_size=2000)
        return len(self.rows)

    def _picture(self, place: str, day: date, text: str) -> bytes:
        image = Image.new("RGB", _SIZE, self._random.choice(_WALLS))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 380, 640, 480), fill=(148, 138, 124))  # floor
        left = self._random.randint(60, 160)
        draw.rectangle((left, 70, left + 380, 290), fill=(11, 79, 138), outline=(240, 240, 240), width=6)
        for number, line in enumerate(_wrap(text, 28)):
            self._letters.write(draw, (left + 22, 100 + 32 * number), line, "white")
        draw.rectangle((left + 20, 330, left + 360, 400), fill=(120, 88, 60))  # the counter
        draw.rectangle((0, 440, 640, 480), fill=(20, 24, 31))
        stamp = f"MÔ PHỎNG · {place[:34]} · {day:%d/%m/%Y}"
        self._small.write(draw, (12, 449), stamp, "#ffd666")
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=80)
        return buffer.getvalue()


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
