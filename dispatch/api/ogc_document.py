"""What OGC API - Features says of itself: links, extents, schemas, and its own OpenAPI 3.0 document."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import request

from dispatch import coverage, dates, directory
from dispatch.api.access import settings
from dispatch.api.language import locale
from dispatch.api.ogc_layers import COLLECTIONS
from dispatch.api.plumbing import GEOJSON
from dispatch.api.problems import CONTENT_TYPE
from dispatch.api.schemas.ogc import LIMIT_DEFAULT, LIMIT_MAX
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatch.api.ogc_layers import Collection, Property
    from dispatch.coverage import LayerRun

    Link = dict[str, str]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
# GDAL 3.6 takes no document of OpenAPI 3.1 and then filters nothing on the server
OPENAPI_3_0 = "application/vnd.oai.openapi+json;version=3.0"
JSON, HTML, JSON_SCHEMA = "application/json", "text/html", "application/schema+json"
PART_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS_TO = [f"{PART_1}/{name}" for name in ("core", "geojson", "oas30")]
EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)
TITLE = Words("dispatch：养老服务覆盖图层", "dispatch: layers of elder care coverage")
ABOUT = Words(
    "站点、服务圈、覆盖空白、六边形网格和区划，供地理信息软件读取。没有登录看到公布的数字，小于五人的隐去；"
    "规划人员和干部带上令牌看到本辖区的计算。坐标为 WGS 84，经度在前。",
    "Sites, service circles, gaps, hexagons and areas for GIS software. Without sign-in one sees what is published, "
    "counts below five hidden; planners and officers with a token see the runs of their area. WGS 84, longitude first.",
)
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
AS_JSON = Words("JSON", "JSON")
OWN_SCHEMA = Words("属性说明", "What the properties mean")
READABLE = Words("给人看的接口说明", "Documentation to read")
FILTER_DOC = {
    "area": Words("这个区划及其下级", "in this area or below"),
    "service": Words("服务代码或中文名称", "code or Chinese label of a service"),
}


def say(words: Words) -> str:
    """Give words in the reader's language."""
    return words.text(locale())


def address(*parts: str, **query: str) -> str:
    """Make the absolute address of a page of ours."""
    path = "/".join((request.host_url.rstrip("/"), "ogc", *parts))
    return f"{path}?{urlencode(query)}" if query else path


def link(href: str, *, rel: str, media: str = JSON, title: Words | None = None) -> Link:
    """Make a link."""
    made = {"href": href, "rel": rel, "type": media}
    return made if title is None else made | {"title": say(title)}


def landing() -> dict[str, Any]:
    """Say what there is and where."""
    return {
        "title": say(TITLE),
        "description": say(ABOUT),
        "attribution": ATTRIBUTION,
        "links": [
            link(address(), rel="self"),
            link(address("api"), rel="service-desc", media=OPENAPI_3_0),
            link(request.host_url.rstrip("/") + "/docs", rel="service-doc", media=HTML, title=READABLE),
            link(address("conformance"), rel="conformance"),
            link(address("collections"), rel="data"),
        ],
    }


def describe(collection: Collection, *, runs: Sequence[LayerRun]) -> dict[str, Any]:
    """Describe a collection with the runs that the caller sees; call it inside a reading."""
    here = address("collections", collection.id)
    return {
        "id": collection.id,
        "title": say(collection.title),
        "description": say(collection.about),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": _extent(collection, runs=runs),
        "links": [
            link(here, rel="self"),
            link(f"{here}/items", rel="items", media=GEOJSON, title=collection.title),
            link(f"{here}/schema", rel="describedby", media=JSON_SCHEMA, title=OWN_SCHEMA),
            link(f"{here}/schema", rel="describedBy", media=JSON_SCHEMA),  # as GDAL up to 3.6 writes it
        ],
        "runs": runs,
    }


def page_links(collection: Collection, *, cursor: str | None) -> list[Link]:
    """Give the links of a page: itself, the next one with the same question, and its collection."""
    asked = {name: value for name, value in request.args.items() if name != "cursor"}
    here = ("collections", collection.id, "items")
    links = [
        link(address(*here, **request.args.to_dict()), rel="self", media=GEOJSON),
        link(address("collections", collection.id), rel="collection"),
    ]
    if cursor is not None:
        links.append(link(address(*here, **asked, cursor=cursor), rel="next", media=GEOJSON))
    return links


def feature_links(collection: Collection, *, feature_id: str) -> list[Link]:
    """Give the links of a single feature."""
    return [
        link(address("collections", collection.id, "items", feature_id), rel="self", media=GEOJSON),
        link(address("collections", collection.id), rel="collection"),
    ]


def schema_of(collection: Collection) -> dict[str, Any]:
    """Say in JSON Schema what the properties of a collection's features are."""
    properties = {one.name: {"title": say(one.about), "type": one.type} for one in collection.properties}
    if "as_of" in properties:
        properties["as_of"]["format"] = "date"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address("collections", collection.id, "schema"),
        "title": say(collection.title),
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"$ref": f"https://geojson.org/schema/{collection.geometry}.json"},
            "properties": {"type": "object", "properties": properties},
        },
    }


def openapi() -> dict[str, Any]:
    """Give the OpenAPI 3.0 document of all that stands below /ogc, each collection with parameters of its own."""
    common = {"responses": _replies(JSON, {"type": "object"})}
    paths: dict[str, Any] = {
        "/": {"get": {"operationId": "landing", "summary": say(TITLE), **common}},
        "/conformance": {"get": {"operationId": "conformance", "summary": "Conformance", **common}},
        "/api": {
            "get": {"operationId": "api", "summary": "API", "responses": _replies(OPENAPI_3_0, {"type": "object"})}
        },
        "/collections": {"get": {"operationId": "collections", "summary": "Collections", **common}},
    }
    for one in COLLECTIONS.values():
        paths |= _paths(one)
    return {
        "openapi": "3.0.3",
        "info": {"title": say(TITLE), "description": say(ABOUT), "version": "1"},
        "servers": [{"url": address()}],
        "security": [{}, {"bearer": []}],
        "paths": paths,
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }


def _paths(collection: Collection) -> dict[str, Any]:
    here, name = f"/collections/{collection.id}", collection.id
    features = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {"features": {"type": "array", "items": {"type": "object"}}},
    }
    by_id = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        here: {
            "get": {
                "operationId": f"{name}.describe",
                "summary": say(collection.title),
                "responses": _replies(JSON, {"type": "object"}),
            }
        },
        f"{here}/items": {
            "get": {
                "operationId": f"{name}.items",
                "summary": say(collection.about),
                "parameters": [*_parameters(), *(_filter(collection, one) for one in collection.queryables)],
                "responses": _replies(GEOJSON, features),
            }
        },
        f"{here}/items/{{featureId}}": {
            "get": {
                "operationId": f"{name}.item",
                "summary": say(collection.title),
                "parameters": [by_id],
                "responses": _replies(GEOJSON, {"type": "object"}),
            }
        },
    }


def _parameters() -> list[dict[str, Any]]:
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    limit = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT}
    plain = {"in": "query", "required": False, "style": "form", "explode": False}
    return [
        {"name": "bbox", **plain, "schema": box},
        {"name": "datetime", **plain, "schema": {"type": "string"}},
        {"name": "limit", **plain, "schema": limit},
        {"name": "cursor", **plain, "schema": {"type": "string"}},
        {"name": "f", **plain, "schema": {"type": "string", "enum": ["json"]}},
    ]


def _filter(collection: Collection, name: str) -> dict[str, Any]:
    own: dict[str, Property] = {one.name: one for one in collection.properties}
    about = own[name].about if name in own else FILTER_DOC[name]
    kind = own[name].type if name in own else "string"
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "description": say(about),
        "schema": {"type": kind},
    }


def _replies(media: str, schema: dict[str, Any]) -> dict[str, Any]:
    problem = {"content": {CONTENT_TYPE: {"schema": {"type": "object"}}}}
    said = {"400": "Bad request", "404": "Not found", "503": "Not available now"}
    return {
        "200": {"description": "OK", "content": {media: {"schema": schema}}},
        **{status: {"description": text, **problem} for status, text in said.items()},
    }


def _extent(collection: Collection, *, runs: Sequence[LayerRun]) -> dict[str, Any]:
    box = directory.find_site_extent() if collection.layer is None else coverage.find_extent()
    extent: dict[str, Any] = {"spatial": {"bbox": [list(box or EVERYWHERE)], "crs": CRS84}}
    if runs:
        days = sorted(one.run.as_of for one in runs)
        ends = (days[0], days[-1] + timedelta(days=1))
        interval = [dates.start_of(day, settings().time_zone).strftime("%Y-%m-%dT%H:%M:%SZ") for day in ends]
        extent["temporal"] = {"interval": [interval], "trs": GREGORIAN}
    return extent
