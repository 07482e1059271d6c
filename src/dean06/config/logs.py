"""What the log of a program may say: never the values that a database error quotes, or a visitor's lines.

One record is one line (a traceback follows indented): what a visitor sent cannot begin a line, move the
cursor of a terminal or turn the direction of writing (OWASP ASVS 5.0.0, 16.4.1). Times are UTC (16.2.2).
"""

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


# Controls of ASCII and Latin-1, ends of lines and paragraphs, marks of direction.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def one_line(text: str) -> str:
    """`text` with every control character written out, `\\u000a` for a line feed."""
    return _CONTROLS.sub(_escaped, text)


def indented(text: str) -> str:
    """A traceback as lines that begin with two blanks: none of them can be taken for a record."""
    return "\n".join(f"  {one_line(line)}" for line in text.split("\n"))


def at(record: logging.LogRecord) -> str:
    """When, in UTC with the offset and milliseconds."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


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
        if own.exc_info and not own.exc_text:
            own.exc_text = self.formatException(own.exc_info)
        if own.exc_text:
            own.exc_text = indented(own.exc_text)
        return super().format(own)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        """UTC with its offset, whatever the machine's zone."""
        return at(record)

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the name logging calls
        """The stack, indented and without values."""
        return indented(without_values(stack_info))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name logging calls
        """The message without values."""
        return one_line(without_values(super().formatMessage(record)))

    def formatException(self, ei: logging._SysExcInfoType) -> str:  # noqa: N802 - the name logging calls
        """The traceback without values."""
        return without_values(super().formatException(ei))


class JsonFormatter(ValueFreeFormatter):
    """One JSON object a line: at, level, logger, message, correlation, job, then the record's own `fields`.

    As value-free as the plain lines: what a job was given (procrastinate's `extra`) is never written.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The object of a record; a traceback stands under `exception`."""
        own = copy.copy(record)
        own.args = _without_path(record)
        told: dict[str, object] = {
            "at": at(record),
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
        return one_line(json.dumps(told, ensure_ascii=False, default=str))
