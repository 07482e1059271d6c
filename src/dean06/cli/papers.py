"""`dean06 doc`: measure an official paper. Needs no installation and no database.

Exit codes: 0 it keeps every rule that is measured · 1 wrong usage · 3 not a readable DOCX · 4 it breaks
rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, say
from dean06.core.errors import Invalid
from dean06.core.papers.check import check

REFUSED, BREAKS = 3, 4
app = typer.Typer(no_args_is_help=True, help="Văn bản hành chính: kiểm tra thể thức / official papers.")


@app.callback()
def papers() -> None:
    """Papers in the form of Nghị định 30/2020/NĐ-CP."""


@app.command("check")
def check_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp DOCX / a DOCX file.")],
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra thể thức theo Nghị định 30/2020/NĐ-CP / measure a DOCX against the decree."""
    try:
        findings = check(file.read_bytes())
    except Invalid as error:
        reason = error.reasons[0].message
        if as_json:
            print_json({"error": "unreadable", "field": "file", "reason": reason})
        else:
            say(reason)
        raise typer.Exit(REFUSED) from None
    if as_json:
        told = [
            {"rule": each.rule, "place": each.place, "found": each.found, "wanted": each.wanted}
            for each in findings
        ]
        print_json({"conforms": not findings, "findings": told})
    elif findings:
        rows = [(each.place, each.found, each.wanted) for each in findings]
        print_table(f"{len(findings)} điểm chưa đúng thể thức", ("Chỗ", "Thấy", "Phải là"), rows)
    else:
        say("Đúng thể thức ở mọi điểm đo được / conforms wherever it was measured.")
    if findings:
        raise typer.Exit(BREAKS)
