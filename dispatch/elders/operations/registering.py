"""Putting elders on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from dispatch import geo, journal
from dispatch.elders.models import Assessment, Elder, Membership, Residence
from dispatch.elders.operations.references import check_areas, check_categories
from dispatch.elders.queries import chunks
from dispatch.elders.rules import is_overlapping
from dispatch.elders.values import PutCount, ResidenceKind
from dispatch.errors import InvalidError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import ElderRecord, ResidenceRecord

Point = tuple[float, float]

OVERLAP = Words("时间段互相重叠", "The spans overlap")
HALF_POINT = Words("经度和纬度要么都有，要么都没有", "Give both longitude and latitude, or neither")


class InvalidElderError(InvalidError):
    """An elder's dated facts contradict each other."""

    slug = "invalid-elder"
    title = Words("老人档案前后矛盾", "The elder's record contradicts itself")


def register_elders(records: Iterable[ElderRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Put elders on record with where they live, their categories and grades.

    Repeating a record changes nothing; a changed one changes what differs and adds what is new. One journal
    entry for each elder put or changed, and one more where categories of a known elder changed.

    Raises
    ------
    InvalidElderError
        Where two main residences, or two memberships of one category, hold on the same day.
    UnknownAreaError, UnknownCodeError
        Where an area or a category does not exist.

    """
    given = [(record.id or new_id(), record) for record in records]
    check_areas(code for _, record in given for code in _area_codes(record))
    check_categories(each.category for _, record in given for each in record.memberships)
    points = _points(given)
    tables = _Tables([elder_id for elder_id, _ in given], at=at)
    created = changed = 0
    for elder_id, record in given:
        is_new, parts = tables.put(elder_id, record, points=points)
        created += is_new
        changed += bool(parts) and not is_new
        if is_new:
            journal.append("elder.registered", actor=actor, at=at, subject_id=elder_id)
            continue
        if set(parts) - {"memberships"}:
            journal.append("elder.changed", actor=actor, at=at, subject_id=elder_id, parts=parts)
        if "memberships" in parts:
            journal.append("membership.changed", actor=actor, at=at, subject_id=elder_id)
    tables.write()
    return PutCount(created, changed, len(given) - created - changed)


class _Tables:
    """The four tables of an elder, brought in line with records."""

    def __init__(self, elder_ids: Sequence[UUID], *, at: datetime) -> None:
        stamp = {"recorded_at": at}
        self._elders = _Table(Elder, elder_ids, keys=("id",), stamp={})
        self._homes = _Table(Residence, elder_ids, keys=("elder_id", "kind", "valid_from"), stamp=stamp)
        self._groups = _Table(Membership, elder_ids, keys=("elder_id", "category", "valid_from"), stamp=stamp)
        self._grades = _Table(Assessment, elder_ids, keys=("elder_id", "standard", "assessed_on"), stamp={})

    def put(
        self, elder_id: UUID, record: ElderRecord, *, points: dict[tuple[UUID, int], Point]
    ) -> tuple[bool, list[str]]:
        """Put what is new, change what differs; say whether the elder is new, and which parts differed."""
        is_new = (elder_id,) not in self._elders.rows
        parts = {"elder"} if self._elders.put((elder_id,), _facts(record)) else set()
        for number, home in enumerate(record.residences):
            facts = _home_facts(home, points.get((elder_id, number)))
            if self._homes.put((elder_id, str(home.kind), home.valid_from), facts):
                parts.add("residences")
        for group in record.memberships:
            facts = {"valid_to": group.valid_to, "basis": group.basis}
            if self._groups.put((elder_id, group.category, group.valid_from), facts):
                parts.add("memberships")
        for grade in record.assessments:
            facts = {"grade": str(grade.grade), "valid_to": grade.valid_to}
            if self._grades.put((elder_id, grade.standard, grade.assessed_on), facts):
                parts.add("assessments")
        _check_spans(self._homes.of(elder_id), self._groups.of(elder_id), elder_id=elder_id)
        return is_new, sorted(parts)

    def write(self) -> None:
        """Write all that is new; elders first, since the rest points at them."""
        for table in (self._elders, self._homes, self._groups, self._grades):
            table.write()


class _Table:
    """
    The rows of one table for some elders, as plain values by key.

    Objects of the mapper for thousands of rows would take seconds: rows are read and inserted in bulk, and
    only one that changes becomes an object.
    """

    def __init__(
        self,
        model: type[Elder | Residence | Membership | Assessment],
        elder_ids: Sequence[UUID],
        *,
        keys: tuple[str, ...],
        stamp: dict[str, Any],
    ) -> None:
        self._model, self._keys, self._stamp = model, keys, stamp
        self._new: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._by_elder: dict[UUID, list[dict[str, Any]]] = {}
        columns = model.__table__.c
        for ids in chunks(elder_ids):
            query = sa.select(*columns).where(columns[keys[0]].in_(ids))
            for row in session().execute(query).mappings():
                self._keep(tuple(row[name] for name in keys), dict(row))

    def of(self, elder_id: UUID) -> list[dict[str, Any]]:
        """Give all rows of one elder, kept and new."""
        return self._by_elder.get(elder_id, [])

    def put(self, key: tuple[Any, ...], facts: dict[str, Any]) -> bool:
        """Say whether the row is new or differs; a row that differs is changed."""
        row = self.rows.get(key)
        if row is None:
            row = {"id": new_id(), **dict(zip(self._keys, key, strict=True)), **facts, **self._stamp}
            self._new[key] = row
            self._keep(key, row)
            return True
        different = {name: value for name, value in facts.items() if row[name] != value}
        if not different:
            return False
        row |= different | self._stamp
        if key not in self._new:
            kept = session().get_one(self._model, row["id"])
            for name, value in (different | self._stamp).items():
                setattr(kept, name, value)
        return True

    def write(self) -> None:
        """Insert the new rows."""
        if self._new:
            session().execute(sa.insert(self._model), list(self._new.values()))

    def _keep(self, key: tuple[Any, ...], row: dict[str, Any]) -> None:
        self.rows[key] = row
        self._by_elder.setdefault(key[0], []).append(row)


def _area_codes(record: ElderRecord) -> list[str]:
    registered = [record.registered_area_code] if record.registered_area_code else []
    return registered + [home.area_code for home in record.residences]


def _points(given: Sequence[tuple[UUID, ElderRecord]]) -> dict[tuple[UUID, int], Point]:
    """Convert all points that came to WGS 84, one reference system at a time."""
    found: dict[str, list[tuple[tuple[UUID, int], Point]]] = {}
    for elder_id, record in given:
        for number, home in enumerate(record.residences):
            if (home.lon is None) != (home.lat is None):
                raise InvalidElderError(fields={f"residences.{number}.lon": [HALF_POINT]}, elder_id=elder_id)
            if home.lon is not None and home.lat is not None:
                found.setdefault(home.crs, []).append(((elder_id, number), (home.lon, home.lat)))
    points: dict[tuple[UUID, int], Point] = {}
    for crs, sent in found.items():
        moved = geo.to_wgs84(np.array([point for _, point in sent]), crs=geo.ReferenceSystem(crs))
        points.update(
            {key: (float(lon), float(lat)) for (key, _), (lon, lat) in zip(sent, moved.tolist(), strict=True)}
        )
    return points


def _facts(record: ElderRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "sex": str(record.sex),
        "born_on": record.born_on,
        "registered_area_code": record.registered_area_code,
        "has_lift_access": record.has_lift_access,
    }


def _home_facts(home: ResidenceRecord, point: Point | None) -> dict[str, Any]:
    return {
        "area_code": home.area_code,
        "address": home.address,
        "valid_to": home.valid_to,
        "lon": point[0] if point else None,
        "lat": point[1] if point else None,
        "located_by": str(home.located_by) if home.located_by else None,
        "source_crs": str(home.crs) if point else None,
        "source_raw": [home.lon, home.lat] if point else None,
    }


def _check_spans(homes: list[dict[str, Any]], groups: list[dict[str, Any]], *, elder_id: UUID) -> None:
    """Look at what was kept and what is new together: one main residence, one membership of a category at a time."""
    main = [(row["valid_from"], row["valid_to"]) for row in homes if row["kind"] == ResidenceKind.MAIN]
    if is_overlapping(main):
        raise InvalidElderError(fields={"residences": [OVERLAP]}, elder_id=elder_id)
    spans: dict[str, list[tuple[date, date | None]]] = {}
    for row in groups:
        spans.setdefault(row["category"], []).append((row["valid_from"], row["valid_to"]))
    if any(is_overlapping(each) for each in spans.values()):
        raise InvalidElderError(fields={"memberships": [OVERLAP]}, elder_id=elder_id)
