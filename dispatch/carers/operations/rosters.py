"""Many carers' hours, read, compared and written in bulk."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from dispatch.carers.models import Shift, ShiftException
from dispatch.carers.operations.tables import Changes
from dispatch.carers.queries import chunks
from dispatch.carers.rules import Hours, ShiftIndex
from dispatch.carers.values import ExceptionKind
from dispatch.storage import as_known, session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, time
    from uuid import UUID

    from dispatch.carers.values import RosterRow

SHIFT = "shift"
ONE_DAY = timedelta(days=1)
HOURS = ("weekday", "from_time", "to_time", "break_min", "valid_from", "valid_to")
ShiftKey = tuple[int, "time", "date"]


class Verdict(Enum):
    """What became of a row."""

    CREATED = auto()
    CHANGED = auto()
    UNCHANGED = auto()
    OVERLAP = auto()
    DATE_NEEDED = auto()


class Rosters:
    """
    The hours of some carers that matter on some dates, as plain values.

    Parameters
    ----------
    carer_ids : iterable of UUID
        Whose hours.
    from_on, to_on : date
        Hours that hold on none of these dates, the last included, are left out.
    at : datetime
        When changes are recorded.
    on : date
        Today: weekly hours without a date are about what holds then.

    """

    def __init__(self, carer_ids: Iterable[UUID], *, from_on: date, to_on: date, at: datetime, on: date) -> None:
        """Read them, in two statements for each some thousand carers."""
        self._on = on
        self._new_shifts, self._new_exceptions = Changes(Shift, at=at), Changes(ShiftException, at=at)
        self._shifts: dict[UUID, dict[ShiftKey, dict[str, Any]]] = {}
        self._index: dict[UUID, ShiftIndex] = {}
        self._exceptions: dict[tuple[UUID, date, str], dict[time | None, dict[str, Any]]] = {}
        for ids in chunks(carer_ids):
            self._read(ids, from_on=from_on, to_on=to_on)

    def put(self, carer_id: UUID, row: RosterRow) -> Verdict:
        """Bring what is on record in line with a row."""
        return self._put_shift(carer_id, row) if row.kind == SHIFT else self._put_exception(carer_id, row)

    def write(self) -> None:
        """Supersede what differs and insert what is new."""
        self._new_shifts.write()
        self._new_exceptions.write()

    def _read(self, ids: Iterable[UUID], *, from_on: date, to_on: date) -> None:
        shift, other = cast("sa.Table", Shift.__table__).c, cast("sa.Table", ShiftException.__table__).c
        names: tuple[str, ...] = ("id", "carer_id", *HOURS)
        query = sa.select(*(shift[name] for name in names)).where(
            shift.carer_id.in_(ids),
            as_known(Shift, None),
            shift.valid_from <= to_on,
            sa.or_(shift.valid_to.is_(None), shift.valid_to > from_on),
        )
        for found in session().execute(query):
            self._keep(found[1], dict(zip(names, found, strict=True)))
        names = ("id", "carer_id", "on_date", "kind", "from_time", "to_time", "break_min")
        query = sa.select(*(other[name] for name in names)).where(
            other.carer_id.in_(ids), as_known(ShiftException, None), other.on_date.between(from_on, to_on)
        )
        for found in session().execute(query):
            row = dict(zip(names, found, strict=True))
            self._exceptions.setdefault((row["carer_id"], row["on_date"], row["kind"]), {})[row["from_time"]] = row

    def _put_shift(self, carer_id: UUID, row: RosterRow) -> Verdict:
        begin, end = cast("time", row.from_time), cast("time", row.to_time)
        given: dict[str, Any] = {"to_time": end}
        if row.break_min is not None:
            given["break_min"] = row.break_min
        valid_from, valid_to = row.valid_from, row.valid_to
        if row.on_date is not None:
            weekday, valid_from, valid_to = row.on_date.weekday(), row.on_date, row.on_date + ONE_DAY
        else:
            weekday = cast("int", row.weekday)
        if valid_to is not None:
            given["valid_to"] = valid_to
        kept = self._holding(carer_id, weekday=weekday, begin=begin, valid_from=valid_from, is_day=bool(row.on_date))
        is_this = kept is not None and (valid_from is None or kept["valid_from"] == valid_from)
        if kept is not None and is_this and all(kept[name] == value for name, value in given.items()):
            return Verdict.UNCHANGED
        since = valid_from or self._on
        facts = {
            "carer_id": carer_id,
            "weekday": weekday,
            "from_time": begin,
            "break_min": kept["break_min"] if kept else 0,
            "valid_to": kept["valid_to"] if kept else None,
            **given,
            "valid_from": since,
        }
        is_only_end = kept is not None and all(kept[name] == facts[name] for name in ("to_time", "break_min"))
        if kept is not None and valid_from is None and is_only_end:
            facts["valid_from"] = since = kept["valid_from"]  # the hours are the same: their end is corrected
        if facts["valid_to"] is not None and facts["valid_to"] <= since:
            return Verdict.DATE_NEEDED
        return self._replace(carer_id, kept=kept, facts=facts, since=since)

    def _replace(self, carer_id: UUID, *, kept: dict[str, Any] | None, facts: dict[str, Any], since: date) -> Verdict:
        """Put hours in the place of others, which end on that date; both stay as they are where a third excludes it."""
        index = self._index.setdefault(carer_id, ShiftIndex())
        if kept is not None:
            index.remove(_hours(kept))
        if index.find_clash(_hours(facts)) is not None:
            if kept is not None:
                index.add(_hours(kept))
            return Verdict.OVERLAP
        if kept is not None:
            self._new_shifts.supersede(kept["id"])
            del self._shifts[carer_id][_key(kept)]
            if kept["valid_from"] < since:
                ended = {name: value for name, value in kept.items() if name in facts} | {"valid_to": since}
                self._keep(carer_id, self._new_shifts.add(ended))
        self._keep(carer_id, self._new_shifts.add(facts))
        return Verdict.CREATED if kept is None else Verdict.CHANGED

    def _holding(
        self, carer_id: UUID, *, weekday: int, begin: time, valid_from: date | None, is_day: bool
    ) -> dict[str, Any] | None:
        """Find the hours on record that a row is about: of the same date or, weekly, those that hold then."""
        rows = self._shifts.get(carer_id, {})
        if valid_from is not None and (exact := rows.get((weekday, begin, valid_from))) is not None:
            return exact
        if is_day:
            return None
        then = valid_from or self._on
        return next(
            (
                row
                for (day, from_time, _), row in rows.items()
                if (day, from_time) == (weekday, begin)
                and row["valid_from"] <= then
                and (row["valid_to"] is None or then < row["valid_to"])
                and row["valid_to"] != row["valid_from"] + ONE_DAY
            ),
            None,
        )

    def _put_exception(self, carer_id: UUID, row: RosterRow) -> Verdict:
        on = cast("date", row.on_date)
        kept = self._exceptions.setdefault((carer_id, on, row.kind), {})
        before = kept.get(row.from_time)
        given = {"to_time": row.to_time} | ({} if row.break_min is None else {"break_min": row.break_min})
        if before is not None and all(before[name] == value for name, value in given.items()):
            return Verdict.UNCHANGED
        if row.kind == ExceptionKind.EXTRA:
            others = ShiftIndex()
            for begin, other in kept.items():
                if begin != row.from_time:
                    others.add(_extra(on, begin, other["to_time"]))
            if others.find_clash(_extra(on, row.from_time, row.to_time)) is not None:
                return Verdict.OVERLAP
        if before is not None:
            self._new_exceptions.supersede(before["id"])
        kept[row.from_time] = self._new_exceptions.add(
            {
                "carer_id": carer_id,
                "on_date": on,
                "kind": row.kind,
                "from_time": row.from_time,
                "break_min": before["break_min"] if before else 0,
                **given,
            }
        )
        return Verdict.CREATED if before is None else Verdict.CHANGED

    def _keep(self, carer_id: UUID, row: dict[str, Any]) -> None:
        self._shifts.setdefault(carer_id, {})[_key(row)] = row
        self._index.setdefault(carer_id, ShiftIndex()).add(_hours(row))


def _key(row: dict[str, Any]) -> ShiftKey:
    return row["weekday"], row["from_time"], row["valid_from"]


def _hours(row: dict[str, Any]) -> Hours:
    return Hours(row["weekday"], row["from_time"], row["to_time"], row["valid_from"], row["valid_to"])


def _extra(on: date, begin: time | None, end: time | None) -> Hours:
    return Hours(on.weekday(), cast("time", begin), cast("time", end), on, on + ONE_DAY)
