"""Who looked at an elder's record: in which role, for which office, why and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import accounts, areas, directory, elders, journal, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.elders import get_record, log_cards, today
from dispatch.api.language import locale, say
from dispatch.api.paging import PageQuery, encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.roles import PURPOSE_NAMES, ROLE_NAMES
from dispatch.api.schemas.access_log import AccessLogSchema
from dispatch.words import Locale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

bp = Blueprint("access_log", __name__, url_prefix="/v1", description="Who looked at an elder's record")


@bp.get("/elders/<uuid:elder_id>/access-log")
@open_to(Role.ELDER, Role.FAMILY, Role.DISTRICT_OFFICER)
@bp.arguments(PageQuery, location="query")
@bp.response(200, AccessLogSchema)
def show(query: dict[str, Any], elder_id: UUID) -> dict[str, Any]:
    """Show who looked at an elder's record, oldest first; asking is a look too, and stands in the next answer."""
    after, limit = int(query["cursor"][0]) if query["cursor"] else 0, query["limit"]
    with storage.transaction():
        card = get_record(elder_id, on=today())
        found = journal.find_access_lines(elder_id, also=elders.find_absorbed([elder_id]), after=after, limit=limit + 1)
        page = found[:limit]
        items = told(page, with_names=actor().covers_area(card.area_code or "-", Role.DISTRICT_OFFICER))
        log_cards([card])
    last = encode_cursor(page[-1].line_no) if len(found) > limit else None
    return {"items": items, "next_cursor": last}


def told(lines: Iterable[journal.AccessLine], *, with_names: bool) -> list[dict[str, Any]]:
    """
    Tell lines in the reader's language.

    `with_names`: who looked stands with the whole name; otherwise with its first character, but for the reader's own.
    """
    page, own = list(lines), actor().account_id
    lookers = {each: accounts.get_account(each) for each in {line.account_id for line in page} if each is not None}
    offices = {reader: _office(reader) for reader in {line.reader for line in page}}
    return [
        {
            "at": line.at,
            "account_id": line.account_id,
            "display_name": _shown(line, lookers=lookers, is_whole=with_names or line.account_id == own),
            "role": line.reader.role,
            "role_label": say(ROLE_NAMES[line.reader.role]) if line.reader.role else None,
            "area_code": line.reader.area_code,
            "organization_id": line.reader.organization_id,
            "office": offices[line.reader],
            "purpose": line.purpose,
            "purpose_label": say(PURPOSE_NAMES[line.purpose]),
            "route": line.route,
        }
        for line in page
    ]


def _shown(line: journal.AccessLine, *, lookers: Mapping[UUID, accounts.AccountView], is_whole: bool) -> str | None:
    if line.account_id is None:
        return None
    looker = lookers[line.account_id]
    return looker.display_name if is_whole or looker.is_system else elders.mask_name(looker.display_name)


def _office(reader: journal.Reader) -> str | None:
    """Name the area or organization for which somebody looked; one that is no longer on record has no name."""
    try:
        if reader.organization_id:
            return directory.get_organization(reader.organization_id).name
        if reader.area_code:
            area = areas.get_area(reader.area_code)
            return area.name_en or area.name_zh if locale() is Locale.EN else area.name_zh
    except (areas.AreaNotFoundError, directory.OrganizationNotFoundError):
        pass
    return None
