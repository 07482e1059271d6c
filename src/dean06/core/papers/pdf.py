"""A paper as PDF, typeset by typst with the words that the DOCX has; its faces are shipped.

The words go in as data: no text of a paper is read as markup.
"""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any, Final

import typst

from dean06.core.papers import words
from dean06.core.papers.metrics import width
from dean06.core.papers.model import Block, Heading, Kind, Paper, Table

_FORM: Final = files("dean06.core.papers").joinpath("form")
_SHARE: Final = 0.4  # of the text above it: a rule is a third to a half as long
_LONGEST: Final = 340.0  # points


def write(paper: Paper) -> bytes:
    """The PDF: the same words as the DOCX, in the same order."""
    with as_file(_FORM) as folder:
        return bytes(
            typst.compile(
                folder / "paper.typ",
                font_paths=[folder],
                ignore_system_fonts=True,
                sys_inputs={"paper": json.dumps(described(paper), ensure_ascii=False)},
            )
        )


def described(paper: Paper) -> dict[str, Any]:
    """Every word of the paper, and the lengths of its rules in points."""
    issuer, letter = paper.issuer.upper(), paper.kind is Kind.LETTER
    count = len(paper.appendices)
    return {
        "notice": paper.notice,
        "superior": paper.superior.upper(),
        "issuer": issuer,
        "issuer_rule": width(issuer) * 12 * _SHARE,
        "nation": words.NATION,
        "motto": words.MOTTO,
        "motto_rule": width(words.MOTTO) * 13,
        "numbered": words.numbered(paper),
        "about": f"V/v {paper.abstract}" if letter else "",
        "dated": words.dated(paper.place, paper.day),
        "title": paper.kind.title,
        "abstract": paper.abstract,
        "abstract_rule": min(width(paper.abstract) * 14, _LONGEST) * _SHARE,
        "to": words.addressed(paper.to),
        "grounds": words.grounded(paper.grounds),
        "body": _blocks(words.closed(paper.body)),
        "recipients": words.recipients(paper),
        "authority": [line.upper() for line in paper.signature.authority],
        "signer": paper.signature.name,
        "appendices": [
            {
                "name": words.appendix_title(position, count),
                "title": appendix.title.upper(),
                "source": words.attached(paper),
                "landscape": appendix.landscape,
                "blocks": _blocks(appendix.blocks),
            }
            for position, appendix in enumerate(paper.appendices)
        ],
    }


def _blocks(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    return [_table(block) if isinstance(block, Table) else _text(block) for block in blocks]


def _text(block: Any) -> dict[str, Any]:
    return {"kind": "heading" if isinstance(block, Heading) else "text", "text": block.text}


def _table(table: Table) -> dict[str, Any]:
    columns = range(len(table.heads))
    longest = [max(len(row[column]) for row in (table.heads, *table.rows)) for column in columns]
    return {
        "kind": "table",
        "caption": table.caption,
        "heads": list(table.heads),
        "rows": [list(row) for row in table.rows],
        "numbers": [column in table.numbers for column in columns],
        "widths": [max(6, min(each, 40)) for each in longest],
    }
