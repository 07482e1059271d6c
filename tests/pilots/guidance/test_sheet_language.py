"""A sheet has one layout, whatever language its reader chose."""

from __future__ import annotations

import pytest
from django.utils import translation

from dean06.pilots.guidance.records import KINDS
from dean06.pilots.guidance.sheet import columns


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_headings_and_choices_do_not_change_with_the_language(slug: str) -> None:
    def layout(language: str) -> list[tuple[str, tuple[str, ...]]]:
        with translation.override(language):
            return [(column.label_vi, tuple(column.choices)) for column in columns(KINDS[slug])]

    assert layout("en") == layout("vi")
    assert layout("vi")[0] == ("Mã đơn vị", ())
