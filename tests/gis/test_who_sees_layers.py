"""Who sees which runs and counts through the map layers, and what wrong questions get."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import storage
from dispatch.coverage.models import RunArea, RunCell, RunSite
from tests.gis.conftest import LAYERS
from tests.worlds import long_street as world

COUNTS = {"elders", "covered", "uncovered", "covered_share", "reached", "nearest_s", "is_borderline"}


@pytest.fixture
def client(ground):
    return ground.client()


def read(client, layer, headers=None, **query):
    reply = client.get(f"/ogc/collections/{layer}/items", query_string={"limit": 500} | query, headers=headers)
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return reply.get_json()


def properties(body):
    return [one["properties"] for one in body["features"]]


@pytest.mark.parametrize(("layer", "table"), [("circles", RunSite), ("hexagons", RunCell), ("gaps", RunArea)])
def test_counts_equal_the_database(ground, client, layer, table):
    with ground.app.app_context(), storage.reading():
        chosen = sa.select(sa.func.count()).select_from(table).where(table.run_id == ground.published)
        if table is RunArea:
            chosen = chosen.where(RunArea.gap_west.is_not(None))
        stored = storage.session().scalar(chosen)

    body = read(client, layer, run=str(ground.published), headers=ground.officer)

    assert body["numberMatched"] == body["numberReturned"] == stored > 0


def test_everybody_sees_published_runs_and_no_count_that_is_not_published(ground, client):
    publication = client.get(f"/v1/coverage/publications?area={world.DISTRICT}").get_json()["items"][0]["id"]
    published = {
        row["area_code"]: row for row in client.get(f"/v1/coverage/publications/{publication}").get_json()["rows"]
    }

    for layer in ("circles", "gaps", "hexagons"):
        assert {one["run"] for one in properties(read(client, layer))} == {str(ground.published)}
    for one in properties(read(client, "circles")) + properties(read(client, "hexagons")):
        assert one["suppressed"]
        assert {one.get(name) for name in COUNTS} == {None}
    for one in properties(read(client, "areas", service="day_care")) + properties(read(client, "gaps")):
        row = published[one["area_code"]]
        assert [one[name] for name in ("elders", "covered", "uncovered")] == [
            row[name] for name in ("elders", "covered", "uncovered")
        ]
        assert {one[name] for name in ("nearest_s", "is_borderline", "is_covered")} == {None}


def test_planner_sees_the_runs_of_the_area_and_counts_from_five_on(ground, client):
    seen = {
        one["area_code"]: one
        for one in properties(read(client, "areas", run=str(ground.private), headers=ground.planner))
    }
    whole = {
        one["area_code"]: one
        for one in properties(read(client, "areas", run=str(ground.private), headers=ground.officer))
    }

    # meals are given at x = 1500: whoever lives within 900 m of it, by the world's table: 1050, 1070 and 1300 m; and
    # the homes at 880 and 881, 640 and 639 m away
    assert whole[world.DISTRICT]["covered"] == 5
    assert seen[world.DISTRICT]["covered"] == 5
    assert whole[world.C3]["covered"] == 3
    assert seen[world.C3]["covered"] is None
    assert seen[world.C3]["suppressed"]


@pytest.mark.parametrize("layer", ["circles", "gaps", "hexagons"])
def test_run_that_is_not_ones_own_is_as_one_that_does_not_exist(ground, client, layer):
    for run in (ground.private, uuid4()):
        body = read(client, layer, run=str(run))
        assert (body["features"], body["numberMatched"], body["runs"]) == ([], 0, [])
    [first, *_] = read(client, layer, headers=ground.officer, run=str(ground.private))["features"]
    assert client.get(f"/ogc/collections/{layer}/items/{first['id']}").status_code == 404
    assert client.get(f"/ogc/collections/{layer}/items/{first['id']}", headers=ground.officer).status_code == 200


def test_features_say_what_they_rest_on(ground, client):
    [run] = read(client, "circles")["runs"]
    card = client.get("/ogc/collections/circles").get_json()

    assert run == {
        "run": str(ground.published),
        "service": "day_care",
        "run_area": world.DISTRICT,
        "as_of": "2026-03-31",
        "network": "long-street@abababababab",
        "rule_version": run["rule_version"],
        "published": True,
        "shown": "published",
    }
    [told] = card["runs"]
    assert told["assumptions"]["speed_mps"] == 1.0
    assert "hashes" not in told["assumptions"]  # fingerprints of the registers are for those who may read them


def test_attribute_filters_keep_what_fits(ground, client):
    def codes(**query):
        return {one["area_code"] for one in properties(read(client, "areas", headers=ground.officer, **query))}

    assert codes(level="subdistrict") == {world.TOWN, world.COUNTRY}
    assert codes(area=world.COUNTRY) == {world.COUNTRY, world.C4, world.C5}
    assert codes(area_code=world.C4, service="meals") == {world.C4}
    assert codes(service="日间照料", level="community") == {world.C1, world.C2, world.C3, world.C4, world.C5}
    assert codes(service="nonsense") == set()
    # the city is in no run of the district: there without a filter by service, gone with it
    assert "12" in codes()
    assert "12" not in codes(service="meals")
    sites = read(client, "sites", service="meals")["features"]
    assert [one["properties"]["name"] for one in sites] == ["站点m（虚构）"]
    assert read(client, "sites", name="站点a（虚构）")["numberMatched"] == 1
    assert read(client, "circles", site_id=str(world.SITE_A))["numberMatched"] == 1


def test_nobody_can_filter_by_a_count(ground, client):
    """An answer would tell what is hidden: is there an area with three people outside?"""
    for name in sorted(COUNTS):
        for layer in LAYERS:
            reply = client.get(f"/ogc/collections/{layer}/items?{name}=3", headers=ground.planner)
            assert reply.status_code == 400


def test_cursor_of_another_collection_and_a_broken_one_are_refused(client):
    page = client.get("/ogc/collections/areas/items?limit=1").get_json()
    [following] = [one["href"] for one in page["links"] if one["rel"] == "next"]
    cursor = following.rpartition("cursor=")[2]

    for layer in LAYERS:
        status = client.get(f"/ogc/collections/{layer}/items?cursor={cursor}").status_code
        assert status == (200 if layer == "areas" else 400)
    assert client.get("/ogc/collections/areas/items?cursor=nonsense").status_code == 400


def test_same_question_has_the_same_etag(client):
    first = client.get("/ogc/collections/gaps/items")
    again = client.get("/ogc/collections/gaps/items", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.get_data()) == (304, b"")


def test_box_across_the_180th_meridian_is_two(client):
    body = read(client, "circles", bbox="170,-10,-170,10")

    # the site without a point has no circle and fits every box
    assert [one["geometry"] for one in body["features"]] == [None]
    assert read(client, "circles", bbox="100,-10,-170,60")["numberReturned"] == 2
