"""Maps: sites as GeoJSON, sent piece by piece so that a large answer takes no more memory than a small one."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, stream_with_context

from dispatch import areas, clock, directory, storage
from dispatch.api.access import open_to_anyone, settings
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import GEOJSON, Blueprint
from dispatch.api.schemas.maps import FacilitiesGeoJson, FacilityFeatureSchema, MapQuery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from dispatch.directory import MapPlace, SiteFilter

AT_ONCE = 500

bp = Blueprint("maps", __name__, url_prefix="/v1", description="Sites for maps, as GeoJSON")


@bp.get("/map/facilities.geojson")
@open_to_anyone
@bp.arguments(MapQuery, location="query")
@bp.response(200, FacilitiesGeoJson, content_type=GEOJSON)
def list_facilities(query: dict[str, Any]) -> Response:
    """List located sites for a map: type, tier, open now; counts say what is stale and what has no point."""
    now = clock.utc_now()
    with storage.reading():
        wanted = _filter(query)
        counts = asdict(directory.count_map_places(wanted, at=now))
    head = json.dumps({"type": "FeatureCollection", "as_of": now.isoformat(), "counts": counts})
    return Response(stream_with_context(_pieces(wanted, head=head, query=query, now=now)), content_type=GEOJSON)


def _filter(query: dict[str, Any]) -> SiteFilter:
    if query["area"] is not None:
        areas.get_area(query["area"])
    directory.check_codes("facility_type", codes=[query["facility_type"]])
    return directory.SiteFilter(
        area=query["area"],
        facility_type=query["facility_type"],
        service_codes=directory.service_with_children(query["service"]) if query["service"] else None,
        bbox_ll=query["bbox"],
        is_stale=query["stale"],
        name=query["q"],
    )


def _pieces(wanted: SiteFilter, *, head: str, query: dict[str, Any], now: datetime) -> Iterator[str]:
    """Give the collection in pieces; each is read in a transaction of its own, after the last id of the one before."""
    schema = FacilityFeatureSchema()
    left, after = query["limit"], UUID(query["cursor"][0]) if query["cursor"] else None
    is_more, comma = False, ""
    yield head[:-1] + ', "features": ['
    while left > 0:
        size = min(left, AT_ONCE)
        with storage.reading():
            found = directory.find_map_places(wanted, at=now, zone=settings().time_zone, after=after, limit=size + 1)
            features = [schema.dump(_feature(place)) for place in found[:size]]
        if not features:
            break
        yield comma + ",".join(json.dumps(each, ensure_ascii=False) for each in features)
        comma, left, after = ",", left - len(features), UUID(features[-1]["id"])
        is_more = len(found) > size
        if not is_more:
            break
    cursor = encode_cursor(str(after)) if is_more else None
    yield f'], "next_cursor": {json.dumps(cursor)}}}'


def _feature(place: MapPlace) -> dict[str, Any]:
    site = place.entry.site
    return {
        "type": "Feature",
        "id": site.id,
        "geometry": {"type": "Point", "coordinates": [site.lon, site.lat]},
        "properties": {
            "name": site.name,
            "facility_type": site.facility_type,
            "tier": place.tier,
            "area_code": site.area_code,
            "organization_name": place.entry.organization_name,
            "stage": place.entry.stage,
            "open_now": place.is_open,
            "freshness": place.entry.freshness,
            "verified_at": site.verified_at,
        },
    }
