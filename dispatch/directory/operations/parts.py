"""The dated parts of a site: added and corrected; what was recorded before stays readable."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from dispatch import journal
from dispatch.directory.models import Agreement, Price, SiteFunction, SiteOperation, SiteStatus
from dispatch.directory.operations.tending import lock_site, offer_to_tend, site_to_tend
from dispatch.directory.queries.codes import check_codes
from dispatch.directory.queries.organizations import get_organization
from dispatch.directory.values import (
    AgreementRecord,
    FunctionRecord,
    OperationRecord,
    SitePart,
)
from dispatch.errors import ConflictError, InvalidError, NotFoundError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.directory.values import PartRecord

SPAN = Words("结束日期要晚于开始日期。", "The end must be later than the beginning.")


class SitePartNotFoundError(NotFoundError):
    """The site has no such entry, or it was corrected meanwhile."""

    slug = "site-part-not-found"
    title = Words("站点没有这一项，或已被更正", "No such entry, or it was corrected")


class SitePartOverlapError(ConflictError):
    """Two entries that exclude each other would hold on the same day."""

    slug = "site-part-overlap"
    title = Words("与已有记录的时间重叠", "It overlaps with an entry on record")
    detail = Words(
        "先更正已有的那一项（给它一个结束日期），再加新的。",
        "Correct the entry on record first (give it an end), then add the new one.",
    )


class InvalidSpanError(InvalidError):
    """The entry would end before it begins."""

    slug = "invalid-span"
    title = Words("起止日期有误", "Beginning and end do not fit")


class _Table(NamedTuple):
    """How a part is kept: no two entries with equal `keys` hold on one day; `by_owner`: coordinators may write."""

    model: type[Any]
    keys: tuple[str, ...]
    by_owner: bool


TABLES = {
    SitePart.STAGES: _Table(SiteStatus, ("site_id",), by_owner=False),
    SitePart.OPERATIONS: _Table(SiteOperation, ("site_id",), by_owner=False),
    SitePart.FUNCTIONS: _Table(SiteFunction, ("site_id", "function"), by_owner=True),
    SitePart.AGREEMENTS: _Table(Agreement, ("site_id", "kind", "partner_organization_id"), by_owner=False),
    SitePart.PRICES: _Table(Price, ("service_at_site_id",), by_owner=True),
}


def add_site_part(
    site_id: UUID,
    *,
    part: SitePart,
    record: PartRecord,
    actor: Actor,
    at: datetime,
    service_at_site_id: UUID | None = None,
) -> Any:  # noqa: ANN401 - a row of the part's table
    """
    Add an entry to a dated part of a site; a price belongs to a service at the site.

    Raises
    ------
    SiteNotFoundError, ServiceAtSiteNotFoundError
        There is none, or it is not the actor's.
    SitePartOverlapError
        An entry that excludes it holds on one of its days.
    InvalidSpanError, UnknownCodeError, OrganizationNotFoundError

    """
    owner = _owner(site_id, part=part, actor=actor, service_at_site_id=service_at_site_id)
    return _put(site_id, part=part, record=record, owner=owner, actor=actor, at=at, change="added")


def correct_site_part(
    site_id: UUID,
    *,
    part: SitePart,
    entry_id: UUID,
    record: PartRecord,
    actor: Actor,
    at: datetime,
    service_at_site_id: UUID | None = None,
) -> Any:  # noqa: ANN401 - a row of the part's table
    """
    Put an entry in the place of another, which stays readable as it was known until now.

    Of two who correct the same entry at once, one finds it gone. Raises as `add_site_part`, and
    SitePartNotFoundError.
    """
    owner = _owner(site_id, part=part, actor=actor, service_at_site_id=service_at_site_id)
    model = TABLES[part].model
    mine = (getattr(model, name) == value for name, value in owner.items())
    superseded = session().execute(
        sa.update(model)
        .where(model.id == entry_id, model.superseded_at.is_(None), *mine)
        .values(superseded_at=at)
        .returning(model.id)
    )
    if superseded.scalar() is None:
        raise SitePartNotFoundError(entry_id=entry_id)
    return _put(
        site_id,
        part=part,
        record=record,
        owner=owner,
        actor=actor,
        at=at,
        change="corrected",
        superseded_id=str(entry_id),
    )


def _owner(site_id: UUID, *, part: SitePart, actor: Actor, service_at_site_id: UUID | None) -> dict[str, UUID]:
    if service_at_site_id is not None:
        offer = offer_to_tend(service_at_site_id, site_id=site_id, actor=actor)
        owner = {"service_at_site_id": offer.id}
    else:
        owner = {"site_id": site_to_tend(site_id, actor=actor, by_owner=TABLES[part].by_owner).id}
    lock_site(site_id)
    return owner


def _put(
    site_id: UUID,
    *,
    part: SitePart,
    record: PartRecord,
    owner: dict[str, UUID],
    actor: Actor,
    at: datetime,
    **facts: Any,  # noqa: ANN401 - facts of the journal
) -> Any:  # noqa: ANN401 - a row of the part's table
    model, keys, _ = TABLES[part]
    _check(record)
    columns = owner | {each.name: _plain(getattr(record, each.name)) for each in fields_of(record)}
    overlapping = session().scalars(
        sa.select(model).where(
            model.superseded_at.is_(None),
            *(getattr(model, name) == columns[name] for name in keys),
            sa.or_(model.valid_to.is_(None), model.valid_to > record.valid_from),
            sa.true() if record.valid_to is None else model.valid_from < record.valid_to,
        )
    )
    for other in overlapping:
        raise SitePartOverlapError(entry_id=other.id, valid_from=other.valid_from, valid_to=other.valid_to)
    row = model(id=new_id(), recorded_at=at, **columns)
    session().add(row)
    session().flush()  # what the database refuses is told here
    journal.append(
        "site.part_changed", actor=actor, at=at, subject_id=site_id, part=part.value, entry_id=str(row.id), **facts
    )
    return row


def _check(record: PartRecord) -> None:
    if record.valid_to is not None and record.valid_to <= record.valid_from:
        raise InvalidSpanError(fields={"valid_to": [SPAN]})
    if isinstance(record, FunctionRecord):
        check_codes("function", codes=[record.function])
    elif isinstance(record, AgreementRecord):
        get_organization(record.partner_organization_id)
    elif isinstance(record, OperationRecord):
        get_organization(record.organization_id)
        for name in ("operator_kind", "founder_kind", "run_mode"):
            check_codes(name, codes=[getattr(record, name)])


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value; enums are kept as text
    return str(value) if isinstance(value, str) else value
