"""Text, numbers and times that no database can hold are refused at the door, once for all routes."""

from __future__ import annotations

import math
import re
from typing import Any

from flask import current_app, request

from dispatch.api.problems import RequestError
from dispatch.words import Words

WIDEST = 2**63  # the database's largest whole number is one less
DEEPEST = 40  # levels of lists and objects in a body
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # what UTF-8 or PostgreSQL cannot hold
TIME = re.compile(r"(\d{4})-\d{2}-\d{2}(?:[T ].*)?", re.DOTALL)
YEARS = range(1900, 2200)  # outside, adding a time zone may leave the calendar
NO_TEXT = Words("含有不能保存的字符。", "Holds a character that cannot be kept.")
NO_NUMBER = Words("数字太大。", "The number is too large.")
NO_TIME = Words("日期应在 1900 年到 2199 年之间。", "The date must be between 1900 and 2199.")
TOO_DEEP = Words("嵌套层数太多。", "It is nested too deeply.")
UNKNOWN = Words("没有这个参数。", "Unknown parameter.")


def find_faults(content: Any) -> dict[str, list[Words | str]]:  # noqa: ANN401 - any JSON
    """Find what cannot be kept in a JSON value: for each path ("point.lon", "visits.0.note") what is wrong."""
    faults: dict[str, list[Words | str]] = {}
    waiting: list[tuple[str, Any, int]] = [("", content, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if isinstance(value, dict | list):
            if depth == DEEPEST:
                return {path: [TOO_DEEP]}
            below = value.items() if isinstance(value, dict) else enumerate(value)
            for name, inside in below:
                if isinstance(name, str) and UNKEEPABLE.search(name):
                    return {path: [NO_TEXT]}
                waiting.append((f"{path}.{name}" if path else str(name), inside, depth + 1))
        elif (fault := _fault(value)) is not None:
            faults[path] = [fault]
    return faults


def guard_request() -> None:
    """
    Refuse what no view could use; runs before each request.

    Raises
    ------
    RequestError
        400 for the query, 404 for the path.

    """
    if request.endpoint is None:
        return
    if any(_fault(part) is not None for part in (request.view_args or {}).values()):
        raise RequestError(404)
    view = current_app.view_functions[request.endpoint]
    faults: dict[str, list[Words | str]] = {}
    for name, value in request.args.items(multi=True):
        if not getattr(view, "takes_query", False):
            faults[name] = [UNKNOWN]
        elif (fault := _fault(value)) is not None:
            faults[name] = [fault]
        elif value.isdecimal() and int(value[:20]) >= WIDEST:
            faults[name] = [NO_NUMBER]
    if faults:
        raise RequestError(400, fields=faults)


def _fault(value: Any) -> Words | None:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        if UNKEEPABLE.search(value):
            return NO_TEXT
        time = TIME.fullmatch(value)
        return NO_TIME if time and int(time[1]) not in YEARS else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return NO_NUMBER if abs(value) >= WIDEST else None
    return NO_NUMBER if isinstance(value, float) and not math.isfinite(value) else None
