"""Services at sites with their hours, prices, catchments and places, stored in bulk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas
from dispatch.directory.models import Capacity, Catchment, Closure, OpeningHours, Price, ServiceAtSite, Site
from dispatch.directory.operations.cells import refresh_cells
from dispatch.directory.operations.putting import Tally, apply_columns, put_dated, put_price
from dispatch.directory.queries.codes import check_codes
from dispatch.directory.queries.keys import all_or_unknown, in_pieces, offers_by_ids, services_by_key, sites_by_key
from dispatch.directory.values import (
    BedRecord,
    CapacityUnit,
    ClosureRecord,
    OfferRecord,
    PriceUnit,
    SiteHoursRecord,
    SourceKey,
    read_hours,
)
from dispatch.errors import InvalidError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor

SITE = Words("站点", "site")
SERVICE = Words("服务", "service")
DAY_PLACE = "day_place"


class InvalidCountError(InvalidError):
    """More places are free than there are, or a number below 0."""

    slug = "invalid-count"
    title = Words("空位数应在 0 到总数之间", "Free places must be between 0 and all")


class InvalidClosureError(InvalidError):
    """A closure that ends before it begins."""

    slug = "invalid-closure"
    title = Words("停业的结束应晚于开始", "A closure must end after it begins")


class UnknownUnitError(InvalidError):
    """A price or a capacity counts something unknown."""

    slug = "unknown-unit"
    title = Words("计价或计数单位不对", "Unknown unit")
    detail = Words("单位只能是：{allowed}。", "The unit must be one of: {allowed}.")


def put_offers(records: Iterable[OfferRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """
    Store services at sites by (service, site), with what hangs on them.

    At a site that was merged, what stayed with it is found there; all else is at the site that it went into.

    Raises
    ------
    UnknownRecordError, areas.UnknownAreaError
        A site, service or catchment that does not exist.
    InvalidHoursError, InvalidCountError, UnknownUnitError

    """
    wanted = list(records)
    sites = _sites(record.site for record in wanted)
    services = services_by_key(record.service for record in wanted)
    all_or_unknown(services, wanted=(record.service for record in wanted), what=SERVICE)
    missing = areas.missing_codes({code for record in wanted for code in record.catchments})
    if missing:
        raise areas.UnknownAreaError(area_codes=", ".join(missing))

    wishes = [(services[record.service].id, sites[record.site]) for record in wanted]
    present = offers_by_ids((service_id, place) for service_id, site in wishes for place in _places(site))
    pairs = [
        next(
            (pair for place in _places(site) if (pair := (service_id, place)) in present),
            (service_id, _places(site)[-1]),
        )
        for service_id, site in wishes
    ]
    new = {}
    for pair, record in zip(pairs, wanted, strict=True):
        if pair not in present:
            new[pair] = present[pair] = ServiceAtSite(id=record.id or new_id(), service_id=pair[0], site_id=pair[1])
    session().add_all(new.values())
    session().flush()  # what hangs on an offer points at it

    hanging = _Hanging([present[pair].id for pair in pairs])
    tally = Tally()
    for pair, record in zip(pairs, wanted, strict=True):
        is_changed = hanging.put(present[pair], record=record, at=at)
        tally.add(is_new=new.pop(pair, None) is not None, is_changed=is_changed)
    refresh_cells(site_ids=(site_id for _, site_id in pairs))
    session().flush()  # so that a row that the database refuses is told here
    return tally.close("offers.recorded", actor=actor, at=at)


class _Hanging:
    """The dated rows and places of many offers, read at once."""

    def __init__(self, offer_ids: Collection[UUID]) -> None:
        self.hours = _by_offer(OpeningHours, offer_ids)
        self.prices = _by_offer(Price, offer_ids)
        self.catchments = _by_offer(Catchment, offer_ids)
        self.capacities = _by_offer(Capacity, offer_ids)

    def put(self, offer: ServiceAtSite, *, record: OfferRecord, at: datetime) -> bool:
        """Bring what hangs on one offer in line with its record."""
        changes = [self._put_catchments(offer, record=record, at=at)]
        if record.hours is not None:
            changes.append(
                _put_row(
                    self.hours.setdefault(offer.id, []),
                    columns={"hours": read_hours(record.hours)},
                    valid_from=record.hours_from,
                    make=partial(OpeningHours, site_id=offer.site_id, service_at_site_id=offer.id, recorded_at=at),
                )
            )
        if record.price is not None:
            unit, cents = record.price
            if unit not in set(PriceUnit):
                raise UnknownUnitError(allowed=", ".join(PriceUnit))
            changes.append(self._put_price(offer, unit=unit, cents=cents, valid_from=record.hours_from, at=at))
        if record.capacity is not None:
            unit, maximum, available, updated_at = record.capacity
            changes.append(
                _put_capacity(
                    self.capacities.setdefault(offer.id, []),
                    site_id=offer.site_id,
                    offer_id=offer.id,
                    columns={"unit": unit, "maximum": maximum, "available": available, "updated_at": updated_at},
                )
            )
        return any(changes)

    def _put_price(self, offer: ServiceAtSite, *, unit: str, cents: int, valid_from: date, at: datetime) -> bool:
        """Let a price hold from a date on; what it takes the place of stays readable."""
        standing = [row for row in self.prices.get(offer.id, []) if row.superseded_at is None]
        made = put_price(
            standing,
            columns={"unit": unit, "amount_cents": cents},
            valid_from=valid_from,
            at=at,
            make=partial(Price, service_at_site_id=offer.id, recorded_at=at),
        )
        if any(row.superseded_at for row in standing):
            session().flush()  # the unique index looks at the rows that stand
        session().add_all(made)
        self.prices.setdefault(offer.id, []).extend(made)
        return bool(made)

    def _put_catchments(self, offer: ServiceAtSite, *, record: OfferRecord, at: datetime) -> bool:
        """Let the catchments be these areas from a date on; none says nothing."""
        if not record.catchments:
            return False
        rows = self.catchments.setdefault(offer.id, [])
        start = record.hours_from
        holding = [row for row in rows if row.valid_from <= start and (row.valid_to is None or row.valid_to > start)]
        kept = {row.area_code for row in holding}
        is_changed = False
        for row in holding:
            if row.area_code is not None and row.area_code not in record.catchments:
                is_changed = True
                if row.valid_from == start:
                    session().delete(row)
                    rows.remove(row)
                else:
                    row.valid_to = start
        for code in dict.fromkeys(record.catchments):
            if code not in kept:
                is_changed = True
                row = Catchment(service_at_site_id=offer.id, area_code=code, valid_from=start, recorded_at=at)
                rows.append(row)
                session().add(row)
        return is_changed


def put_site_hours(records: Iterable[SiteHoursRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """Store hours of whole sites; UnknownRecordError, InvalidHoursError."""
    wanted = list(records)
    sites = _sites(record.site for record in wanted)
    rows: dict[UUID, list[Any]] = {}
    for piece in in_pieces(site.id for site in sites.values()):
        for row in session().scalars(
            sa.select(OpeningHours).where(OpeningHours.site_id.in_(piece), OpeningHours.service_at_site_id.is_(None))
        ):
            rows.setdefault(row.site_id, []).append(row)
    tally = Tally()
    for record in wanted:
        site_id = sites[record.site].id
        present = rows.setdefault(site_id, [])
        is_new = not present
        is_changed = _put_row(
            present,
            columns={"hours": read_hours(record.hours)},
            valid_from=record.valid_from,
            make=partial(OpeningHours, site_id=site_id, service_at_site_id=None, recorded_at=at),
        )
        tally.add(is_new=is_new, is_changed=is_changed)
    return tally.close("site_hours.recorded", actor=actor, at=at)


def put_closures(records: Iterable[ClosureRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """Store closures by site and beginning; UnknownRecordError, InvalidClosureError."""
    wanted = list(records)
    sites = _sites(record.site for record in wanted)
    present: dict[tuple[UUID, datetime], Closure] = {}
    for piece in in_pieces(site.id for site in sites.values()):
        for stored in session().scalars(sa.select(Closure).where(Closure.site_id.in_(piece))):
            present[stored.site_id, stored.from_at] = stored
    tally = Tally()
    for record in wanted:
        if record.from_at >= record.to_at:
            raise InvalidClosureError(fields={"to_at": [InvalidClosureError.title]})
        key = (sites[record.site].id, record.from_at)
        columns: dict[str, Any] = {"to_at": record.to_at, "reason": record.reason}
        row = present.get(key)
        if row is None:
            present[key] = Closure(site_id=key[0], from_at=key[1], **columns)
            session().add(present[key])
        tally.add(is_new=row is None, is_changed=row is not None and apply_columns(row, columns=columns))
    return tally.close("closures.recorded", actor=actor, at=at)


def put_beds(records: Iterable[BedRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """Store beds by site and type; older news than what is stored change nothing."""
    wanted = list(records)
    check_codes("bed_type", codes=[record.bed_type for record in wanted])
    sites = _sites(record.site for record in wanted)
    present: dict[tuple[UUID, str | None], list[Any]] = {}
    for piece in in_pieces(site.id for site in sites.values()):
        for row in session().scalars(
            sa.select(Capacity).where(Capacity.site_id.in_(piece), Capacity.bed_type.is_not(None))
        ):
            present.setdefault((row.site_id, row.bed_type), []).append(row)
    tally = Tally()
    for record in wanted:
        site_id = sites[record.site].id
        rows = present.setdefault((site_id, record.bed_type), [])
        is_new = not rows
        columns = {
            "unit": (CapacityUnit.PLACE if record.bed_type == DAY_PLACE else CapacityUnit.BED).value,
            "bed_type": record.bed_type,
            "maximum": record.maximum,
            "available": record.available,
            "updated_at": record.updated_at,
        }
        tally.add(is_new=is_new, is_changed=_put_capacity(rows, site_id=site_id, offer_id=None, columns=columns))
    return tally.close("beds.recorded", actor=actor, at=at)


def _sites(keys: Iterable[SourceKey]) -> dict[SourceKey, Site]:
    wanted = list(keys)
    found = sites_by_key(wanted)
    all_or_unknown(found, wanted=wanted, what=SITE)
    return found


def _places(site: Site) -> tuple[UUID, ...]:
    """Give where an offer of the site may be."""
    return (site.id,) if site.merged_into_id is None else (site.id, site.merged_into_id)


def _by_offer(model: type[Any], offer_ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for piece in in_pieces(offer_ids):
        for row in session().scalars(sa.select(model).where(model.service_at_site_id.in_(piece))):
            found.setdefault(row.service_at_site_id, []).append(row)
    return found


def _put_row(rows: list[Any], *, columns: dict[str, Any], valid_from: date, make: Any) -> bool:  # noqa: ANN401 - rows of any dated table
    row = put_dated(rows, columns=columns, valid_from=valid_from, make=make)
    if row is not None and row not in rows:
        rows.append(row)
        session().add(row)
    return row is not None


def _put_capacity(rows: list[Any], *, site_id: UUID, offer_id: UUID | None, columns: dict[str, Any]) -> bool:
    if columns["unit"] not in set(CapacityUnit):
        raise UnknownUnitError(allowed=", ".join(CapacityUnit))
    if not 0 <= columns["available"] <= columns["maximum"]:
        raise InvalidCountError(fields={"available": [InvalidCountError.title]})
    if not rows:
        rows.append(Capacity(site_id=site_id, service_at_site_id=offer_id, **columns))
        session().add(rows[0])
        return True
    if rows[0].updated_at > columns["updated_at"]:
        return False
    return apply_columns(rows[0], columns=columns)
