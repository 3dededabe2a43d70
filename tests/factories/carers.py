"""Carers and the organization they work for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from dispatch import carers, directory, storage
from dispatch.actor import SYSTEM

if TYPE_CHECKING:
    from uuid import UUID

AT = datetime(2026, 1, 1, tzinfo=UTC)
SINCE = date(2020, 1, 1)
ORGANIZATION_ID = storage.new_id()


def put_organization(organization_id: UUID = ORGANIZATION_ID) -> UUID:
    """Put an organization on record; its id comes back."""
    directory.put_organizations(
        [
            directory.OrganizationRecord(
                source="test",
                source_ref=str(organization_id),
                name="测试机构",
                description="测试",
                operator_kind="social_organization",
                id=organization_id,
            )
        ],
        actor=SYSTEM,
        at=AT,
    )
    return organization_id


def carer_record(*skills: str, carer_id: UUID | None = None, **fields) -> carers.CarerRecord:
    """Give the record of a carer who works 08:00-17:00 on weekdays and has the skills."""
    made = {
        "id": carer_id or storage.new_id(),
        "organization_id": ORGANIZATION_ID,
        "kind": "community_worker",
        "name": "李四",
        "sex": "female",
        "travel_mode": "walk",
        "qualifications": tuple(carers.QualificationRecord(skill, None, SINCE) for skill in skills),
        "shifts": tuple(carers.ShiftRecord(day, time(8), time(17), 60, SINCE) for day in range(5)),
    }
    return carers.CarerRecord(**(made | fields))


def put_carers(*records: carers.CarerRecord) -> list[UUID]:
    """Put carers of the test organization on record; their ids come back in order."""
    put_organization()
    carers.register_carers(records, actor=SYSTEM, at=AT)
    return [record.id for record in records]
