"""
The abstract tests of OGC API - Features, Part 1: Core 1.0.1 (17-069r4), annex A, by their names.

A.2 core, A.3 GeoJSON, A.5 OpenAPI 3.0. There is no HTML (A.4) and no GML.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator
from shapely import box
from shapely.geometry import shape

from tests.gis.conftest import LAYERS
from tests.worlds import long_street as world

PART_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SW, NE = world.lonlat((-150.0, -200.0)), world.lonlat((500.0, 100.0))
BOX = (*SW, *NE)


@pytest.fixture
def ask(ground):
    client = ground.client()

    def get(address: str, status: int = 200, **query):
        parts = urlsplit(address)
        reply = client.get(
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            query_string=query or None,
            headers=ground.officer,
        )
        assert reply.status_code == status, reply.get_data(as_text=True)
        return reply

    return get


def items(layer: str) -> str:
    return f"/ogc/collections/{layer}/items"


def pages(ask, address: str, **query):
    """Follow the next links to the end."""
    found = [ask(address, **query).get_json()]
    while following := [one["href"] for one in found[-1]["links"] if one["rel"] == "next"]:
        found.append(ask(following[0]).get_json())
    return found


def links(body, rel: str) -> list[dict]:
    return [one for one in body["links"] if one["rel"] == rel]


class TestCore:
    def test_a_2_1_http(self, ask):
        assert ask("/ogc").status_code == 200
        assert ask("/ogc/nothing", 404).mimetype == "application/problem+json"

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_2_crs84(self, ask, layer):
        reply = ask(items(layer))

        assert reply.headers["Content-Crs"] == f"<{CRS84}>"
        outlines = [shape(one["geometry"]) for one in reply.get_json()["features"] if one["geometry"]]
        assert all(117 < one.bounds[0] < 118 and 39 < one.bounds[1] < 40 for one in outlines)  # longitude first

    def test_a_2_3_root_op_and_a_2_4_root_success(self, ask, ground):
        body = ask("/ogc").get_json()

        assert ground.app.test_client().get("/ogc/", headers=ground.officer).get_json() == body
        assert [one["type"] for one in links(body, "service-desc")] == ["application/vnd.oai.openapi+json;version=3.0"]
        for rel in ("conformance", "data", "service-doc"):
            assert len(links(body, rel)) == 1
            assert ask(links(body, rel)[0]["href"]).status_code == 200

    def test_a_2_5_api_definition_op_and_a_2_6_success(self, ask):
        reply = ask(links(ask("/ogc").get_json(), "service-desc")[0]["href"])

        assert reply.content_type == "application/vnd.oai.openapi+json;version=3.0"
        assert list(OpenAPIV30SpecValidator(json.loads(reply.get_data())).iter_errors()) == []

    def test_a_2_7_conformance_op_and_a_2_8_success(self, ask):
        body = ask("/ogc/conformance").get_json()

        assert body == {"conformsTo": [f"{PART_1}/core", f"{PART_1}/geojson", f"{PART_1}/oas30"]}

    def test_a_2_9_fc_md_op_and_a_2_10_fc_md_success(self, ask):
        body = ask("/ogc/collections").get_json()

        assert [one["id"] for one in body["collections"]] == list(LAYERS)
        assert len(links(body, "self")) == 1

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_11_fc_md_items_and_a_2_12_fc_md_items_links(self, ask, layer):
        [one] = [one for one in ask("/ogc/collections").get_json()["collections"] if one["id"] == layer]

        assert one["crs"] == [CRS84]
        assert [link["type"] for link in links(one, "items")] == ["application/geo+json"]
        assert ask(links(one, "items")[0]["href"]).status_code == 200

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_13_fc_md_extent(self, ask, layer):
        extent = ask(f"/ogc/collections/{layer}").get_json()["extent"]
        whole = [one for page in pages(ask, items(layer), limit=100) for one in page["features"] if one["geometry"]]

        assert whole
        around = box(*extent["spatial"]["bbox"][0]).buffer(0.01)  # hexagons reach over the rim of the area
        assert all(around.covers(shape(one["geometry"])) for one in whole)
        if layer != "sites":
            # of 31 March in Shanghai
            assert extent["temporal"]["interval"] == [["2026-03-30T16:00:00Z", "2026-03-31T16:00:00Z"]]

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_14_sfc_md_op_and_a_2_15_sfc_md_success(self, ask, layer):
        [listed] = [one for one in ask("/ogc/collections").get_json()["collections"] if one["id"] == layer]
        card = ask(f"/ogc/collections/{layer}").get_json()

        assert {name: card[name] for name in listed} == listed
        ask("/ogc/collections/nothing", 404)

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_16_fc_op_and_a_2_17_fc_response(self, ask, layer):
        body = ask(items(layer)).get_json()

        assert body["type"] == "FeatureCollection"
        assert [link["type"] for link in links(body, "self")] == ["application/geo+json"]

    @pytest.mark.parametrize("layer", LAYERS)
    @pytest.mark.parametrize("with_heights", [False, True])
    def test_a_2_18_fc_bbox_definition_and_a_2_19_fc_bbox_response(self, ask, layer, with_heights):
        west, south, east, north = BOX
        text = f"{west},{south},-10,{east},{north},10" if with_heights else f"{west},{south},{east},{north}"

        inside = {one["id"] for page in pages(ask, items(layer), bbox=text) for one in page["features"]}

        everything = [one for page in pages(ask, items(layer), limit=100) for one in page["features"]]
        # shapely over all features, those without an outline too, as the standard wants it
        wanted = {
            one["id"] for one in everything if not one["geometry"] or shape(one["geometry"]).intersects(box(*BOX))
        }
        assert inside == wanted
        assert len(inside) < len(everything)

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_20_fc_limit_definition_and_a_2_21_fc_limit_response(self, ask, layer):
        assert len(ask(items(layer), limit=1).get_json()["features"]) == 1
        assert len(ask(items(layer)).get_json()["features"]) <= 10
        assert ask(items(layer), limit=10_001).status_code == 200  # more than the maximum is the maximum
        for wrong in ("0", "-1", "x", "1.5", ""):
            ask(items(layer), 400, limit=wrong)

    @pytest.mark.parametrize("layer", LAYERS)
    @pytest.mark.parametrize(
        ("period", "fits"),
        [
            ("2026-03-31", True),
            ("2026-03-31T10:00:00+08:00", True),
            ("2026-03-30T16:00:00Z", True),  # the first instant of the day in Shanghai
            ("2026-03-30T15:59:59Z", False),
            ("2026-01-01/2026-03-31", True),
            ("2026-04-01/..", False),
            ("/2026-03-30", False),
            ("../2026-04-01T00:00:00Z", True),
            ("2026-01-01T00:00:00Z/", True),
        ],
    )
    def test_a_2_22_fc_time_definition_and_a_2_23_fc_time_response(self, ask, layer, period, fits):
        found = [one for page in pages(ask, items(layer), datetime=period, limit=100) for one in page["features"]]

        counted = [one for one in found if layer == "sites" or one["properties"]["run"]]
        # sites are of no date and fit all; areas without a run stay
        assert bool(counted) is (fits or layer == "sites")

    @pytest.mark.parametrize(
        "period", ["yesterday", "2026-13-01", "2026-03-31T10:00:00", "../..", "2026-04-01/2026-03-01", "a/b/c"]
    )
    def test_time_that_is_none_is_refused(self, ask, period):
        assert "datetime" in ask(items("circles"), 400, datetime=period).get_json()["fields"]

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_24_query_param_unknown_and_a_2_25_query_param_invalid(self, ask, layer):
        for address in ("/ogc", "/ogc/conformance", "/ogc/collections", f"/ogc/collections/{layer}", items(layer)):
            ask(address, 400, unknown="1")
            ask(address, 400, f="xml")
        for wrong in ("1,2,3", "a,b,c,d", "117,40,118,39", "nan,1,2,3", "-181,0,0,1", "0,0,0,91", "1,2,3,4,5", ""):
            assert "bbox" in ask(items(layer), 400, bbox=wrong).get_json()["fields"]

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_26_fc_links_and_next(self, ask, layer):
        whole = pages(ask, items(layer), limit=2)

        ids = [one["id"] for page in whole for one in page["features"]]
        assert len(ids) == len(set(ids)) == whole[0]["numberMatched"]
        assert all(len(page["features"]) == 2 for page in whole[:-1])

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_27_time_stamp_is_left_out_and_a_2_28_number_matched_and_a_2_29_number_returned(self, ask, layer):
        for page in pages(ask, items(layer), limit=3):
            assert "timeStamp" not in page  # so that the same answer has the same ETag
            assert page["numberReturned"] == len(page["features"])
            assert page["numberMatched"] >= page["numberReturned"]

    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_2_30_f_op_and_a_2_31_f_success_and_a_2_32_f_links(self, ask, layer):
        listed = ask(items(layer), limit=1).get_json()["features"][0]

        reply = ask(f"{items(layer)}/{listed['id']}")

        body = reply.get_json()
        assert reply.mimetype == "application/geo+json"
        assert {name: body[name] for name in listed} == listed
        assert [len(links(body, rel)) for rel in ("self", "collection")] == [1, 1]
        for wrong in (
            "nothing",
            "a.b",
            "01980000-0000-7000-8000-000000000001",
            ".",
            "01980000-0000-7000-8000-000000000001.1",
        ):
            ask(f"{items(layer)}/{wrong}", 404)


class TestGeoJson:
    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_3_1_geojson_definition_and_a_3_2_geojson_content(self, ask, layer):
        reply = ask(items(layer))

        assert reply.mimetype == "application/geo+json"
        assert all(shape(one["geometry"]).is_valid for one in reply.get_json()["features"] if one["geometry"])


class TestOpenApi30:
    @pytest.mark.parametrize("layer", LAYERS)
    def test_a_5_completeness_every_filter_of_the_document_is_taken(self, ask, layer):
        document = ask("/ogc/api").get_json(force=True)
        likely = {
            "bbox": ",".join(str(part) for part in BOX),
            "datetime": "2026-03-31",
            "limit": 5,
            "f": "json",
            "area": world.DISTRICT,
            "area_code": world.C1,
            "level": "community",
            "service": "day_care",
            "run": "01980000-0000-7000-8000-000000000001",
            "site_id": str(world.SITE_A),
            "cell": "8931aa42a03ffff",
            "name": "站点a（虚构）",
            "facility_type": "day_care_center",
        }
        given = {one["name"] for one in document["paths"][f"/collections/{layer}/items"]["get"]["parameters"]}

        for name in given - {"cursor"}:
            ask(items(layer), **{name: likely[name]})
        for name in likely.keys() - given:
            assert name in ask(items(layer), 400, **{name: likely[name]}).get_json()["fields"]

    def test_a_5_exception_codes_and_security(self, ask):
        document = ask("/ogc/api").get_json(force=True)

        assert document["security"] == [{}, {"bearer": []}]  # with a token or without
        for path in document["paths"].values():
            assert {"200", "400", "404"} <= path["get"]["responses"].keys()
