"""Sheets in and out: reading what people send, writing what they take away."""

from dean06.core.sheets.columns import Column, Row, SheetRows
from dean06.core.sheets.read import MAX_BYTES, MAX_ROWS, read_sheet
from dean06.core.sheets.template import template_xlsx
from dean06.core.sheets.write import write_csv, write_xlsx

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Column",
    "Row",
    "SheetRows",
    "read_sheet",
    "template_xlsx",
    "write_csv",
    "write_xlsx",
]
