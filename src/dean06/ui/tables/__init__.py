"""Lists: declare a Table, hand it a queryset; search, filters, order, paging and files follow."""

from dean06.ui.tables.columns import Column, Empty, Filter, Table
from dean06.ui.tables.response import build, list_alone, table_response
from dean06.ui.tables.state import ListState

__all__ = ["Column", "Empty", "Filter", "ListState", "Table", "build", "list_alone", "table_response"]
