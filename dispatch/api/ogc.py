"""OGC API - Features (17-069r4): sites and coverage for GIS software, as far as the caller may see them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response

from dispatch import storage
from dispatch.api import ogc_document as document
from dispatch.api.access import open_to_anyone
from dispatch.api.ogc_layers import COLLECTIONS, get_collection
from dispatch.api.ogc_pages import check_filters, read_feature, read_page, runs_of
from dispatch.api.plumbing import GEOJSON, Blueprint, conditional
from dispatch.api.schemas.ogc import (
    ConformanceSchema,
    FormatQuery,
    ItemsQuery,
    LandingSchema,
    LayerRunSchema,
    OgcCollectionCardSchema,
    OgcCollectionsSchema,
    OgcFeatureCardSchema,
    OgcItemsSchema,
)

if TYPE_CHECKING:
    from dispatch.api.ogc_layers import Collection
    from dispatch.api.ogc_pages import FeaturePage

CRS_HEADER = {"Content-Crs": f"<{document.CRS84}>"}
WHATEVER: dict[str, Any] = {"datetime": None, "service": None, "run": None}

bp = Blueprint("ogc", __name__, url_prefix="/ogc", description="OGC API - Features, for GIS software")


@bp.get("", strict_slashes=False)
@open_to_anyone
@conditional
@bp.arguments(FormatQuery, location="query")
@bp.response(200, LandingSchema)
def show_landing(query: dict[str, str]) -> dict[str, Any]:  # noqa: ARG001 - the format, of which there is one
    """Say what layers there are and where: the landing page of OGC API - Features."""
    return document.landing()


@bp.get("/conformance")
@open_to_anyone
@conditional
@bp.arguments(FormatQuery, location="query")
@bp.response(200, ConformanceSchema)
def show_conformance(query: dict[str, str]) -> dict[str, Any]:  # noqa: ARG001 - as above
    """List the conformance classes of the standard that hold here."""
    return {"conformsTo": document.CONFORMS_TO}


@bp.get("/api")
@open_to_anyone
@conditional
@bp.arguments(FormatQuery, location="query")
@bp.response(200, {"type": "object"}, content_type=document.OPENAPI_3_0)
def show_api(query: dict[str, str]) -> Response:  # noqa: ARG001 - as above
    """Give the OpenAPI 3.0 document of the layers; that of everything, in 3.1, is /openapi.json."""
    return Response(json.dumps(document.openapi(), ensure_ascii=False), content_type=document.OPENAPI_3_0)


@bp.get("/collections")
@open_to_anyone
@conditional
@bp.arguments(FormatQuery, location="query")
@bp.response(200, OgcCollectionsSchema)
def list_collections(query: dict[str, str]) -> dict[str, Any]:  # noqa: ARG001 - as above
    """List the layers: sites, circles, gaps, hexagons, areas."""
    with storage.reading():
        cards = [document.describe(one, runs=runs_of(one, WHATEVER)) for one in COLLECTIONS.values()]
    return {"collections": cards, "links": [document.link(document.address("collections"), rel="self")]}


@bp.get("/collections/<string:collection_id>")
@open_to_anyone
@conditional
@bp.arguments(FormatQuery, location="query")
@bp.response(200, OgcCollectionCardSchema)
def show_collection(query: dict[str, str], collection_id: str) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Describe one layer, with the runs that it shows and everything they rest on."""
    collection = get_collection(collection_id)
    with storage.reading():
        return document.describe(collection, runs=runs_of(collection, WHATEVER))


@bp.get("/collections/<string:collection_id>/schema")
@open_to_anyone
@conditional
@bp.arguments(FormatQuery, location="query")
@bp.response(200, {"type": "object"}, content_type=document.JSON_SCHEMA)
def show_schema(query: dict[str, str], collection_id: str) -> Response:  # noqa: ARG001 - as above
    """Say in JSON Schema which properties the features of a layer have."""
    body = document.schema_of(get_collection(collection_id))
    return Response(json.dumps(body, ensure_ascii=False), content_type=document.JSON_SCHEMA)


@bp.get("/collections/<string:collection_id>/items")
@open_to_anyone
@conditional
@bp.arguments(ItemsQuery, location="query")
@bp.response(200, OgcItemsSchema, content_type=GEOJSON)
def list_items(query: dict[str, Any], collection_id: str) -> Response:
    """List features of a layer, page by page: by bbox, date, area, service, run and properties."""
    collection = get_collection(collection_id)
    check_filters(collection, query)
    with storage.reading():
        page = read_page(collection, query)
    return Response(_text(collection, page), content_type=GEOJSON, headers=CRS_HEADER)


@bp.get("/collections/<string:collection_id>/items/<string:feature_id>")
@open_to_anyone
@conditional
@bp.arguments(FormatQuery, location="query")
@bp.response(200, OgcFeatureCardSchema, content_type=GEOJSON, headers={"Content-Crs": {"schema": {"type": "string"}}})
def show_item(query: dict[str, str], collection_id: str, feature_id: str) -> Any:  # noqa: ANN401, ARG001 - a feature, and headers
    """Give one feature of a layer."""
    collection = get_collection(collection_id)
    with storage.reading():
        feature, run = read_feature(collection, feature_id)
    links = document.feature_links(collection, feature_id=feature["id"])
    return feature | {"links": links, "runs": [] if run is None else [run]}, 200, CRS_HEADER


def _text(collection: Collection, page: FeaturePage) -> str:
    """Write a page; its features are text already, so that they are in memory once."""
    head: dict[str, Any] = {"type": "FeatureCollection", "numberReturned": len(page.features)}
    if page.matched is not None:
        head["numberMatched"] = page.matched
    head["links"] = document.page_links(collection, cursor=page.cursor)
    head["runs"] = LayerRunSchema(many=True).dump(page.runs)
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [' + ",".join(page.features) + "]}"
