"""Putting elders on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from dispatch import geo, journal
from dispatch.elders.models import Assessment, Elder, Membership, Residence
from dispatch.elders.operations.identifying import (
    InvalidElderError,
    check_identities,
    one_id_no_each,
    seal_identity,
)
from dispatch.elders.operations.naming import keep_names
from dispatch.elders.operations.references import check_areas, check_categories
from dispatch.elders.operations.tables import Table
from dispatch.elders.queries import chunks
from dispatch.elders.rules import is_overlapping
from dispatch.elders.values import PutCount, ResidenceKind
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import ElderRecord, Identity, ResidenceRecord

Point = tuple[float, float]

OVERLAP = Words("时间段互相重叠", "The spans overlap")
HALF_POINT = Words("经度和纬度要么都有，要么都没有", "Give both longitude and latitude, or neither")


def register_elders(records: Iterable[ElderRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Put elders on record with where they live, their categories and grades.

    Repeating a record changes nothing; a changed one changes what differs and adds what is new. One journal
    entry for each elder put or changed, and one more where categories of a known elder changed.

    Raises
    ------
    InvalidElderError
        Where ID number, birth date, sex or phone cannot be one person's, or two main residences, or two memberships
        of one category, hold on the same day.
    IdNumberTakenError
        Where another elder has the ID number.
    UnknownAreaError, UnknownCodeError
        Where an area or a category does not exist.

    """
    given = [(record.id or new_id(), record) for record in records]
    check_areas(code for _, record in given for code in _area_codes(record))
    check_categories(each.category for _, record in given for each in record.memberships)
    identities = check_identities(given, actor=actor, on=at.date())
    points = _points(given)
    tables = _Tables([elder_id for elder_id, _ in given], at=at)
    created = changed = 0
    for elder_id, record in given:
        is_new, parts = tables.put(elder_id, record, identity=identities[elder_id], points=points)
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
        self._elders = Table(Elder, elder_ids, keys=("id",), at=at)
        self._homes = Table(Residence, elder_ids, keys=("elder_id", "kind", "valid_from"), at=at)
        self._groups = Table(Membership, elder_ids, keys=("elder_id", "category", "valid_from"), at=at)
        self._grades = Table(Assessment, elder_ids, keys=("elder_id", "standard", "assessed_on"), at=at)
        self._touched: set[UUID] = set()

    def put(
        self, elder_id: UUID, record: ElderRecord, *, identity: Identity, points: dict[tuple[UUID, int], Point]
    ) -> tuple[bool, list[str]]:
        """Put what is new, change what differs; say whether the elder is new, and which parts differed."""
        is_new = (elder_id,) not in self._elders.rows
        facts = _facts(record) | seal_identity(identity, elder_id=elder_id, kept=self._elders.rows.get((elder_id,)))
        parts = {"elder"} if self._elders.put((elder_id,), facts) else set()
        for number, home in enumerate(record.residences):
            facts = home_facts(home, point=points.get((elder_id, number)))
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
        if parts and not is_new and "elder" not in parts:
            self._touched.add(elder_id)
        return is_new, sorted(parts)

    def write(self) -> None:
        """Write all that is new; elders first, since the rest points at them."""
        with one_id_no_each():
            self._elders.write()
        keep_names(self._elders.written("name"))
        for ids in chunks(self._touched):  # a change of any part is a new version of the record
            session().execute(sa.update(Elder).where(Elder.id.in_(ids)).values(version=Elder.version + 1))
        for table in (self._homes, self._groups, self._grades):
            table.write()


def _area_codes(record: ElderRecord) -> list[str]:
    registered = [record.registered_area_code] if record.registered_area_code else []
    return registered + [home.area_code for home in record.residences]


def home_point(home: ResidenceRecord) -> Point | None:
    """
    Give the point of one home in WGS 84, or None where it is unlocated.

    Raises
    ------
    InvalidElderError
        Where half of it is missing.

    """
    if (home.lon is None) != (home.lat is None):
        raise InvalidElderError(fields={"point": [HALF_POINT]})
    if home.lon is None or home.lat is None:
        return None
    lon, lat = geo.to_wgs84(np.array([(home.lon, home.lat)]), crs=geo.ReferenceSystem(home.crs))[0].tolist()
    return float(lon), float(lat)


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


def home_facts(home: ResidenceRecord, *, point: Point | None) -> dict[str, Any]:
    """Give the columns of a home but for its key."""
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
