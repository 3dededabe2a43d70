"""Rows of a file and the tables of the elders they tell of, brought together: settled first, then put, then written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.elders.models import Assessment, Contact, Elder, Membership, Residence, RiskLevel
from dispatch.elders.operations.identifying import CONTACT_PHONE, one_id_no_each, seal_identity
from dispatch.elders.operations.naming import keep_names
from dispatch.elders.operations.tables import Table
from dispatch.elders.queries import chunks
from dispatch.elders.rules import Place, SettleFault, settle_category, settle_single
from dispatch.elders.values import Identity, ResidenceKind
from dispatch.storage import Place as SealedPlace
from dispatch.storage import blind_index, new_id, seal, session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch import areas
    from dispatch.elders.values import ElderRow, HomeRow

MAIN = ResidenceKind.MAIN.value
NOBODY: dict[str, Any] = {}


class Bringing:
    """The elders on record of whom a batch tells, and what becomes of them."""

    def __init__(self, elder_ids: Sequence[UUID], *, at: datetime, on: date, source: str) -> None:
        self._at, self._on, self._source = at, on, source
        self._elders = Table(Elder, elder_ids, keys=("id",), at=at)
        self._homes = Table(Residence, elder_ids, keys=("elder_id", "kind", "valid_from"), at=at)
        self._groups = Table(Membership, elder_ids, keys=("elder_id", "category", "valid_from"), at=at)
        self._risks = Table(RiskLevel, elder_ids, keys=("elder_id", "valid_from"), at=at)
        self._grades = Table(Assessment, elder_ids, keys=("elder_id", "standard", "assessed_on"), at=at)
        self._contacts = Table(Contact, elder_ids, keys=("elder_id", "phone_index"), at=at)
        self._touched: set[UUID] = set()
        self._settled: dict[int, list[tuple[str, Any, Any]]] = {}

    def kept(self, elder_id: UUID | None) -> dict[str, Any] | None:
        """Give the elder on record."""
        return self._elders.rows.get((elder_id,))

    def area_code(self, elder_id: UUID | None) -> str | None:
        """Give the area where an elder on record lives, or lived last."""
        homes = self._main(elder_id)
        return str(homes[-1]["area_code"]) if homes else None

    def contradicts_scores(self, elder: ElderRow, *, elder_id: UUID | None) -> bool:
        """Say whether the row gives another grade than the scores of the assessment of that day."""
        given = elder.assessment
        kept = self._grades.rows.get((elder_id, given.standard, given.assessed_on)) if given else None
        return bool(given and kept and kept["item_scores"] and kept["grade"] != str(given.grade))

    def settle(self, elder: ElderRow, *, elder_id: UUID | None) -> list[tuple[str, SettleFault]]:
        """Find the place of what is dated, and say for each column what speaks against it; nothing is put yet."""
        places: list[tuple[str, Any, Place | SettleFault]] = []
        if elder.home:
            place = settle_single(self._main(elder_id), since=elder.home.since, on=self._on)
            places.append(("lives_since", elder.home, place))
        if elder.risk:
            places.append(("risk_since", elder.risk, self._settle_risk(elder, elder_id=elder_id)))
        for group in elder.categories:
            entries = [row for row in _sorted(self._groups, elder_id) if row["category"] == group.category]
            places.append(("categories", group, settle_category(group, entries=entries, on=self._on)))
        faults = [(column, place) for column, _, place in places if isinstance(place, SettleFault)]
        if not faults:
            self._settled[id(elder)] = places
        return faults

    def bring(self, elder: ElderRow, *, elder_id: UUID, id_index: bytes | None, point: areas.Point | None) -> set[str]:
        """Put a settled row: what is new, what differs; the names of the parts that differed come back."""
        parts: set[str] = set()
        kept = self.kept(elder_id)
        if self._elders.put((elder_id,), self._facts(elder, elder_id=elder_id, kept=kept, id_index=id_index)):
            parts.add("elder")
        for column, given, place in self._settled.pop(id(elder)):
            if column == "lives_since":
                changed = self._put_home(given, elder_id=elder_id, place=place, point=point)
                parts |= {"residences"} if changed else set()
            elif column == "risk_since":
                facts = {"level": given.level, "reason": given.reason, "valid_to": place.valid_to}
                changed = self._put(self._risks, (elder_id,), place=place, facts=facts)
                parts |= {"risk_levels"} if changed else set()
            else:
                facts = {"valid_to": place.valid_to, "basis": elder.category_basis or _basis(place)}
                changed = self._groups.put((elder_id, given.category, place.valid_from), facts)
                parts |= {"memberships"} if changed else set()
        if elder.assessment:
            grade = elder.assessment
            facts = {"grade": str(grade.grade), "valid_to": grade.valid_to}
            if self._grades.put((elder_id, grade.standard, grade.assessed_on), facts):
                parts.add("assessments")
        if self._put_contacts(elder, elder_id=elder_id):
            parts.add("contacts")
        if parts and kept is not None and "elder" not in parts:
            self._touched.add(elder_id)
        return parts

    def write(self) -> None:
        """Write all of it; elders first, since the rest points at them."""
        with one_id_no_each():
            self._elders.write()
        keep_names(self._elders.written("name"))
        for ids in chunks(self._touched):  # a change of any part is a new version of the record
            session().execute(sa.update(Elder).where(Elder.id.in_(ids)).values(version=Elder.version + 1))
        for table in (self._homes, self._groups, self._risks, self._grades, self._contacts):
            table.write()

    def _main(self, elder_id: UUID | None) -> list[dict[str, Any]]:
        return [row for row in _sorted(self._homes, elder_id) if row["kind"] == MAIN]

    def _settle_risk(self, elder: ElderRow, *, elder_id: UUID | None) -> Place | SettleFault:
        entries = _sorted(self._risks, elder_id)
        place = settle_single(entries, since=elder.risk.since if elder.risk else None, on=self._on)
        is_other = isinstance(place, Place) and place.kept and elder.risk and place.kept["level"] != elder.risk.level
        if elder.risk and elder.risk.since is None and (is_other or place is SettleFault.DATE_NEEDED):
            # another level from today on; who was watched more closely until now, was
            return settle_single(entries, since=self._on, on=self._on)
        return place

    def _facts(
        self, elder: ElderRow, *, elder_id: UUID, kept: dict[str, Any] | None, id_index: bytes | None
    ) -> dict[str, Any]:
        """Give an elder's own columns: what the row leaves out stays."""
        facts: dict[str, Any] = {"name": elder.name, "sex": elder.sex, "born_on": elder.born_on}
        for name in ("registered_area_code", "has_lift_access"):
            value = getattr(elder, name)
            if kept is None or value is not None:
                facts[name] = value
        if elder.source_ref and (kept is None or kept["source"] is None):
            facts |= {"source": self._source, "source_ref": elder.source_ref}
        identity = Identity(id_no=elder.id_no, phone=elder.phone, faults={})
        return facts | seal_identity(identity, elder_id=elder_id, kept=kept, id_index=id_index)

    def _put_home(self, home: HomeRow, *, elder_id: UUID, place: Place, point: areas.Point | None) -> bool:
        before = place.kept or place.ended or NOBODY
        is_there = place.kept is not None and all(
            given is None or given == place.kept[name]
            for name, given in (("area_code", home.area_code), ("address", home.address))
        )
        facts: dict[str, Any] = {
            "area_code": home.area_code or before["area_code"],
            "address": home.address if home.address is not None else (before.get("address", "") if is_there else ""),
            "valid_to": place.valid_to,
        }
        if point is not None:
            facts |= {
                "lon": point.lonlat[0],
                "lat": point.lonlat[1],
                "source_crs": str(point.crs),
                "source_raw": list(point.raw),
            }
            if home.located_by or place.kept is None or place.kept["source_raw"] != list(point.raw):
                facts["located_by"] = home.located_by
        elif not is_there:  # the point of another address is not this one's
            facts |= dict.fromkeys(("lon", "lat", "located_by", "source_crs", "source_raw"))
        return self._put(self._homes, (elder_id, MAIN), place=place, facts=facts)

    @staticmethod
    def _put(table: Table, key: tuple[Any, ...], *, place: Place, facts: dict[str, Any]) -> bool:
        """Put an entry in its place, and end the one before it."""
        if place.ended:
            table.put((*key, place.ended["valid_from"]), {"valid_to": place.valid_from})
        return table.put((*key, place.valid_from), facts)

    def _put_contacts(self, elder: ElderRow, *, elder_id: UUID) -> bool:
        is_changed = False
        for contact in elder.contacts:
            key = (elder_id, blind_index(contact.phone, purpose=CONTACT_PHONE))
            facts: dict[str, Any] = {
                "name": contact.name,
                "relation": contact.relation,
                "ladder_order": contact.ladder_order,
            }
            if key not in self._contacts.rows:
                row_id = new_id()
                sealed = seal(contact.phone, place=SealedPlace(Contact.__tablename__, "phone", row_id))
                facts |= {"id": row_id, "phone_sealed": sealed, "recorded_at": self._at}
            if self._contacts.put(key, facts):
                self._contacts.rows[key]["recorded_at"] = self._at
                is_changed = True
        return is_changed


def _basis(place: Place) -> str:
    return str(place.kept["basis"]) if place.kept else ""


def _sorted(table: Table, elder_id: UUID | None) -> list[dict[str, Any]]:
    rows = table.of(elder_id) if elder_id else []
    return sorted(rows, key=lambda row: row["valid_from"])
