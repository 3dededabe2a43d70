"""Sites as GeoJSON for maps, and lists by name."""

import shutil
import subprocess

import pytest

from dispatch import directory, storage
from dispatch.actor import SYSTEM
from tests.factories.directory import (
    AT,
    make_offer,
    make_organization,
    make_service,
    make_site,
    put_base,
    site_record,
)

MAP = "/v1/map/facilities.geojson"
HERE = "117.0,39.0,117.5,39.5"


@pytest.fixture
def town(client):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        make_organization()
        make_site("s1", name="河西养老院", point=(117.2, 39.1))
        make_site("s2", name="助餐点", point=(117.3, 39.2), facility_type="elder_canteen")
        make_site("s3", name="远处", point=(116.7, 39.2))
        make_site("s4", name="没有坐标")
        make_service()
        make_offer("s1", hours="24/7")


@pytest.mark.feature("D12")
@pytest.mark.usefixtures("town")
def test_a_box_gives_valid_geojson_with_type_tier_and_open_now_and_counts_what_it_cannot_show(client):
    reply = client.get(MAP, query_string={"bbox": HERE})

    found = reply.get_json()
    assert reply.content_type == "application/geo+json"
    assert (found["type"], len(found["features"]), found["next_cursor"]) == ("FeatureCollection", 2, None)
    assert found["counts"] == {"located": 2, "stale": 0, "unlocated": 1}
    first = found["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [117.2, 39.1]}  # longitude first
    shown = {name: first["properties"][name] for name in ("name", "facility_type", "tier", "open_now", "stage")}
    assert shown == {
        "name": "河西养老院",
        "facility_type": "day_care_center",
        "tier": "community",
        "open_now": True,
        "stage": "open",
    }
    assert found["features"][1]["properties"]["open_now"] is None  # nobody told its hours


@pytest.mark.feature("D12")
@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"facility_type": "elder_canteen"}, ["助餐点"]),
        ({"service": "日间照料"}, ["河西养老院"]),
        ({"q": "hxyl"}, ["河西养老院"]),
        ({"stale": "true"}, []),
        ({}, ["河西养老院", "助餐点", "远处"]),
    ],
)
def test_maps_are_narrowed_as_lists_are(client, query, names):
    found = client.get(MAP, query_string=query).get_json()["features"]

    assert [each["properties"]["name"] for each in found] == names


@pytest.mark.usefixtures("town")
def test_pages_follow_each_other_and_what_cannot_be_is_refused(client):
    names, cursor = [], None
    for _ in range(3):
        page = client.get(MAP, query_string={"limit": 1} | ({"cursor": cursor} if cursor else {})).get_json()
        names += [each["properties"]["name"] for each in page["features"]]
        cursor = page["next_cursor"]

    assert (names, cursor) == (["河西养老院", "助餐点", "远处"], None)
    assert client.get(MAP, query_string={"color": "red"}).status_code == 400
    assert client.get(MAP, query_string={"limit": 10_001}).status_code == 400
    assert client.get(MAP, query_string={"facility_type": "castle"}).status_code == 422
    assert client.get(MAP, query_string={"area": "120197"}).status_code == 404


@pytest.mark.usefixtures("town")
def test_a_large_map_is_sent_in_pieces_of_bounded_size(client):
    with storage.transaction():
        records = [
            site_record(f"m{n}", name=f"第{n}站", lon=117.2 + n / 1e5, lat=39.1, crs="wgs84") for n in range(1200)
        ]
        directory.put_sites(records, actor=SYSTEM, at=AT)

    reply = client.application.test_client().get(MAP, query_string={"limit": 10_000}, buffered=False)
    pieces = list(reply.response)

    assert len(pieces) == 5  # head, 500, 500, the rest, foot
    assert max(map(len, pieces)) < 500 * 700  # bytes: 500 features of at most 700


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL is not installed: ogrinfo did not read the map")
@pytest.mark.usefixtures("town")
def test_gdal_reads_the_map(client, tmp_path):
    file = tmp_path / "map.geojson"
    file.write_bytes(client.get(MAP).data)

    said = subprocess.run(["ogrinfo", "-al", "-so", file], capture_output=True, text=True, check=True).stdout

    assert "Feature Count: 3" in said


@pytest.mark.usefixtures("town")
def test_sites_are_listed_by_characters_pinyin_and_initials(client):
    def names(question):
        found = client.get("/v1/sites", query_string={"q": question}).get_json()["items"]
        return [each["name"] for each in found]

    assert names("养老") == names("yanglao") == names("hxyl") == ["河西养老院"]
    assert names("%") == names("_") == []
