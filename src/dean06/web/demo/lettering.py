"""Vietnamese words on drawn pictures, with the fonts that the pages use."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from PIL import ImageDraw, ImageFont

from vnid.text import fold

_FOLDER = "web/static/dist/a"
_SUBSETS = ("latin", "vietnamese")
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Lettering:
    """Writes text. The web font comes in two halves, so a word is written in runs of one half each.

    Where the pages were not built there is no such font: text is then written without diacritics.
    """

    def __init__(self, size: int) -> None:
        found = [self._file(subset) for subset in _SUBSETS]
        self._halves = [ImageFont.truetype(path, size) for path in found if path]
        self._plain = ImageFont.load_default(size=size)

    @staticmethod
    def _file(subset: str) -> str:
        pattern = f"{_FOLDER}/be-vietnam-pro-{subset}-600-normal-*.woff2"
        return next((str(path) for path in sorted(settings.PACKAGE.glob(pattern))), "")

    def write(self, draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, fill: str) -> None:
        """One line of text, its top left corner at `place`."""
        if len(self._halves) < len(_SUBSETS):
            draw.text(place, fold(text), font=self._plain, fill=fill)
            return
        left, top = place
        for vietnamese, run in groupby(text, key=_is_vietnamese):
            piece, font = "".join(run), self._halves[vietnamese]
            draw.text((left, top + font.getmetrics()[0]), piece, font=font, fill=fill, anchor="ls")
            left += font.getlength(piece)


def _is_vietnamese(letter: str) -> bool:
    """Whether a letter lies in the Vietnamese half: beyond Latin-1, but no punctuation."""
    return ord(letter) > 0xFF and not 0x2000 <= ord(letter) <= 0x206F
