"""The totals of a month, for who answers for an area or an organization."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, directory
from dispatch.actor import Role
from dispatch.errors import InvalidError
from dispatch.intake.models import CareRequest, Confirmation, Dispute, Quote
from dispatch.intake.rules import Completed, Served, count_row, publish_counts
from dispatch.intake.values import RequestStatus, Totals, TotalsBy
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.actor import Actor

DECEMBER = 12
KEYS = {
    TotalsBy.AREA: CareRequest.area_code,
    TotalsBy.SERVICE: CareRequest.service_code,
    TotalsBy.ORGANIZATION: directory.Service.organization_id,
}


class TotalsTooNarrowError(InvalidError):
    """Who sees counts only asks for a part whose difference from another would tell of few people."""

    slug = "totals-too-narrow"
    title = Words("只能看整个区县的分类数", "Only whole districts are split")
    detail = Words(
        "你的角色按服务或机构只看整个区县，也不能只选一项服务；更细的数由区县负责人查询。",
        "Your role sees services and organizations of a whole district, and no service alone; ask the district office.",
    )


def compute_totals(area_code: str, *, month: str, service_code: str | None, by: TotalsBy, actor: Actor) -> Totals:
    """
    Count the requests of an area whose service day lies in a month and that are completed now.

    An officer counts the area, a coordinator what the own organizations served there; who sees counts only is told how
    many were completed, small counts hidden: of a whole district by service and organization, of its parts by area. The
    service is its code or one above it.

    Raises areas.AreaNotFoundError where the area is outside the actor's scope, directory.UnknownCodeError,
    TotalsTooNarrowError.
    """
    first = date.fromisoformat(f"{month}-01")
    end = date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)
    organizations = actor.organization_ids(Role.COORDINATOR)
    is_whole = actor.covers_area(area_code, Role.DISTRICT_OFFICER)
    is_public = not is_whole and not organizations
    if is_public and not actor.covers_area(area_code, Role.PLANNER):
        raise areas.AreaNotFoundError(area_code=area_code)
    if is_public:
        return _publish(area_code, month=month, span=(first, end), service_code=service_code, by=by)
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
    return Totals(month=month, period_from=first, period_to=end, by=by, is_public=False, whole=whole, rows=counted)


def _publish(area_code: str, *, month: str, span: tuple[date, date], service_code: str | None, by: TotalsBy) -> Totals:
    root = area_code[: areas.DIGITS[areas.Level.DISTRICT]]
    if service_code is not None or (by is not TotalsBy.AREA and area_code != root):
        raise TotalsTooNarrowError
    query = (
        sa.select(CareRequest.area_code, CareRequest.service_code, directory.Service.organization_id)
        .outerjoin(directory.ServiceAtSite, directory.ServiceAtSite.id == CareRequest.service_at_site_id)
        .outerjoin(directory.Service, directory.Service.id == directory.ServiceAtSite.service_id)
        .where(
            CareRequest.status == RequestStatus.COMPLETED,
            CareRequest.area_code.startswith(root, autoescape=True),
            CareRequest.service_on >= span[0],
            CareRequest.service_on < span[1],
        )
    )
    served = [
        Served(code, service, str(organization or "")) for code, service, organization in session().execute(query)
    ]
    whole, rows = publish_counts(served, root=root, area_code=area_code, by=by)
    return Totals(month=month, period_from=span[0], period_to=span[1], by=by, is_public=True, whole=whole, rows=rows)


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
