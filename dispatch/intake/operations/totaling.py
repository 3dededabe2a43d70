"""The totals of a month, for who answers for an area or an organization."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, directory
from dispatch.actor import Role
from dispatch.intake.models import CareRequest, Confirmation, Dispute, Quote
from dispatch.intake.rules import Completed, count_row, publish_rows
from dispatch.intake.values import RequestStatus, Totals, TotalsBy
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.actor import Actor

DECEMBER = 12
KEYS = {
    TotalsBy.AREA: CareRequest.area_code,
    TotalsBy.SERVICE: CareRequest.service_code,
    TotalsBy.ORGANIZATION: directory.Service.organization_id,
}


def compute_totals(area_code: str, *, month: str, service_code: str | None, by: TotalsBy, actor: Actor) -> Totals:
    """
    Count the requests of an area whose service day lies in a month and that are completed now.

    An officer counts the area, a coordinator what the own organizations served there; who sees counts only is told how
    many were completed, small counts hidden. The service is its code or one above it.

    Raises areas.AreaNotFoundError where the area is outside the actor's scope, directory.UnknownCodeError.
    """
    first = date.fromisoformat(f"{month}-01")
    end = date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)
    organizations = actor.organization_ids(Role.COORDINATOR)
    is_whole = actor.covers_area(area_code, Role.DISTRICT_OFFICER)
    is_public = not is_whole and not organizations
    if is_public and not actor.covers_area(area_code, Role.PLANNER):
        raise areas.AreaNotFoundError(area_code=area_code)
    query = _select(by).where(
        CareRequest.area_code.startswith(area_code, autoescape=True),
        CareRequest.service_on >= first,
        CareRequest.service_on < end,
    )
    if service_code is not None:
        query = query.where(CareRequest.service_code.in_(sorted(directory.service_with_children(service_code))))
    if not is_whole and organizations:
        query = query.where(directory.Service.organization_id.in_(sorted(organizations)))
    rows = session().execute(query).all()
    by_key: dict[str, list[Completed]] = defaultdict(list)
    for row in rows:
        made = Completed(
            key=str(row.key or ""),
            confirmed_by=row.confirmed_by,
            rating=row.rating,
            is_disputed=row.reason is not None,
            outcome=row.outcome,
            cents=_cents(row.lines or (), on=row.service_on),
        )
        by_key[made.key].append(made)
    whole = count_row(None, requests=[each for found in by_key.values() for each in found])
    counted = tuple(count_row(key, requests=found) for key, found in sorted(by_key.items()))
    if is_public:
        whole, counted = publish_rows(whole, rows=counted)
    return Totals(month=month, period_from=first, period_to=end, by=by, is_public=is_public, whole=whole, rows=counted)


def _cents(lines: Iterable[dict[str, Any]], *, on: date) -> tuple[int, int, int] | None:
    """Give gross, subsidy and own share of the day of a service: a quote may be about several."""
    for line in lines:
        if line["service_on"] == on.isoformat() and line["gross_cents"] is not None:
            return line["gross_cents"], line["subsidy_cents"], line["own_share_cents"]
    return None


def _select(by: TotalsBy) -> Any:  # noqa: ANN401 - the columns are named where the rows are read
    return (
        sa.select(
            CareRequest.id,
            KEYS[by].label("key"),
            Confirmation.confirmed_by,
            Confirmation.rating,
            Dispute.reason,
            Dispute.outcome,
            CareRequest.service_on,
            Quote.lines,
        )
        .outerjoin(directory.ServiceAtSite, directory.ServiceAtSite.id == CareRequest.service_at_site_id)
        .outerjoin(directory.Service, directory.Service.id == directory.ServiceAtSite.service_id)
        .outerjoin(Confirmation, Confirmation.care_request_id == CareRequest.id)
        .outerjoin(Dispute, Dispute.care_request_id == CareRequest.id)
        .outerjoin(Quote, Quote.id == CareRequest.quote_id)
        .where(CareRequest.status == RequestStatus.COMPLETED)
    )
