"""What the log of a program may say: never the values that a database error quotes."""

from __future__ import annotations

import copy
import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from dean06.core import correlation

REMOVED = "[values removed]"

# PostgreSQL quotes rows after the first line of an error ("DETAIL:  Failing row contains (…)"). A value may
# itself hold line breaks, so everything goes up to the next exception of a traceback or the end. The label
# may be translated (vi) and, where somebody wrote repr(error), the line break is a backslash and an n.
_QUOTED = re.compile(
    r"(?:\r?\n|\\n)[ \t|]*(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT|LINE \d+|CHI TIẾT|NGỮ CẢNH|GỢI Ý):"
    r".*?(?=\s*\n[ \t|]*\n[ \t|]*(?:The above exception was|During handling of the above)|\Z)",
    re.DOTALL,
)


def without_values(text: str) -> str:
    """`text` with the lines after the first of each PostgreSQL error replaced by `REMOVED`."""
    return _QUOTED.sub(f" {REMOVED}", text)


def _without_path(record: logging.LogRecord) -> Any:
    """The record's arguments with the path of its request (Django: "Not Found: /…") told as a route."""
    request = getattr(record, "request", None)
    if not isinstance(record.args, tuple) or not hasattr(request, "path"):
        return record.args
    match = getattr(request, "resolver_match", None)
    route = (match.view_name if match else "") or "-"
    return tuple(route if each == request.path else each for each in record.args)  # type: ignore[union-attr]


class ValueFreeFormatter(logging.Formatter):
    """A formatter whose messages and tracebacks keep only the first line of a PostgreSQL error.

    Those lines name the constraint; the ones that follow quote the row, with people's names in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record with its traceback, without values."""
        own = copy.copy(record)  # a handler before this one may have kept its traceback, values and all
        own.args = _without_path(record)
        if own.exc_info:
            own.exc_text = None
        elif own.exc_text:
            own.exc_text = without_values(own.exc_text)
        return super().format(own)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name logging calls
        """The message without values."""
        return without_values(super().formatMessage(record))

    def formatException(self, ei: logging._SysExcInfoType) -> str:  # noqa: N802 - the name logging calls
        """The traceback without values."""
        return without_values(super().formatException(ei))


class JsonFormatter(ValueFreeFormatter):
    """One JSON object a line: at, level, logger, message, correlation, job, then the record's own `fields`.

    As value-free as the plain lines: what a job was given (procrastinate's `extra`) is never written.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The object of a record; a traceback stands under `exception`."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        own = copy.copy(record)
        own.args = _without_path(record)
        told: dict[str, object] = {
            "at": at,
            "level": record.levelname,
            "logger": record.name,
            "message": without_values(own.getMessage()),
        }
        if correlation.current():
            told["correlation"] = correlation.current()
        if correlation.job() is not None:
            told["job"] = correlation.job()
        told |= getattr(record, "fields", {})
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        elif record.exc_text:
            told["exception"] = without_values(record.exc_text)
        return json.dumps(told, ensure_ascii=False, default=str)
