"""
Logs: one line of JSON for each event, on the standard error, with nothing personal in it.

Texts of our own are constants with codes, ids and numbers as facts. Of a fault the kind and the places are told and
never the message, which may hold a row's values. Of other libraries' lines only the constant part and numbers are kept.
What looks like a phone or an ID number all the same is blotted out at the end.
"""

from __future__ import annotations

import copy
import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from structlog.typing import EventDict

OURS = "dispatch"
BLOT = "…"
# an ID number (18 places, or 15 of old) and a phone, mobile or with an area code, also with blanks and dashes
ID_NO = re.compile(r"(?<!\d)\d{15}(?:\d{2}[\dXx])?(?!\d)")
PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8})(?!\d)")
CONSTANT = re.compile(r"[A-Za-z ,.()_-]*")  # of a sentence whose values stand in it already
LONGEST_CONSTANT = 80
MOST_CAUSES = 5


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Makes a line of JSON of a record of the standard library."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
            ],
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _describe,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _blot,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        if not record.name.startswith(OURS):
            record = copy.copy(record)  # others are given the record, too
            record.msg, record.args = _constant_part(record), ()
        return super().format(record)


def install(*, level: str) -> None:
    """Let every logger of this process write JSON to the standard error; `level` is that of our own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)  # other libraries
    logging.getLogger(OURS).setLevel(level.upper())
    logging.captureWarnings(capture=True)


def about(**facts: str) -> None:
    """Let all further lines of this thread's present work carry these facts, and none of earlier work."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**facts)


def describe_fault(fault: BaseException) -> dict[str, Any]:
    """
    Say what went wrong without what was in it.

    Returns
    -------
    dict
        `fault`: the kinds of the exception and what caused it; `trace`: file, line and function of each frame.

    """
    kinds, frames = [], []
    for each in _causes(fault):
        kinds.append(type(each).__name__)
        frames += [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(each.__traceback__)
        ]
    return {"fault": " < ".join(kinds), "trace": frames}


def _causes(fault: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = fault
    for _ in range(MOST_CAUSES):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _describe(_logger: Any, _method: str, event: EventDict) -> EventDict:  # noqa: ANN401 - structlog's signature
    """Bring a record of the standard library into our form."""
    record: logging.LogRecord | None = event.get("_record")
    fault = event.pop("exc_info", None)
    if record is None:
        return event
    fault = fault or record.exc_info
    if isinstance(fault, tuple) and fault[1] is not None:
        event.update(describe_fault(fault[1]))
    for name in ("stack", "message", "asctime"):  # what other handlers leave on a record
        event.pop(name, None)
    return event


def _constant_part(record: logging.LogRecord) -> str:
    """Give what a line of another library says whatever it is about: its pattern, with numbers put in."""
    pattern = str(record.msg)
    values = record.args if isinstance(record.args, tuple) else ()
    if not values:
        return CONSTANT.match(pattern)[0].strip()[:LONGEST_CONSTANT]  # type: ignore[index] # it matches nothing, too
    try:
        return pattern % tuple(value if isinstance(value, int | float) else BLOT for value in values)
    except (TypeError, ValueError):
        return pattern


def _blot(_logger: Any, _method: str, event: EventDict) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's signature
    return {name: _blotted(value) for name, value in event.items()}


def _blotted(value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    if isinstance(value, str):
        return PHONE.sub(BLOT, ID_NO.sub(BLOT, value))
    if isinstance(value, dict):
        return {name: _blotted(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_blotted(each) for each in value]
    return value
