"""Sites that may be one: found, merged, and one hop away ever after."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import directory, journal, storage
from dispatch.actor import SYSTEM
from tests.factories.accounts import sign_in
from tests.factories.directory import (
    AT,
    SINCE,
    make_offer,
    make_organization,
    make_service,
    make_site,
    put_base,
    site_record,
)

DISTRICT = "120198"
HERE = (117.2, 39.1)
NEAR = (117.2008, 39.1)  # 69 m east
FAR = (117.2021, 39.1)  # 181 m east, 112 m from the second
NAME = "幸福里社区日间照料中心（虚构）"


@pytest.fixture
def ground(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_base()
        make_organization()


@pytest.fixture
def officer(client, ground):  # noqa: ARG001 - its database
    return sign_in(client, role="district_officer", area=DISTRICT)


def put(ref, **columns) -> UUID:
    with storage.transaction():
        return make_site(ref, **columns)


def version_of(client, site_id):
    return client.get(f"/v1/sites/{site_id}").headers["ETag"]


def merge(client, headers, site_id, into_id, version=None):
    version = version or version_of(client, site_id)
    return client.post(
        f"/v1/sites/{site_id}/merge", json={"into_id": str(into_id)}, headers=headers | {"If-Match": version}
    )


def pairs(client, headers, query=""):
    found = client.get(f"/v1/duplicates{query}", headers=headers).get_json()["items"]
    return [({pair["one"]["site_id"], pair["other"]["site_id"]}, pair["away_m"]) for pair in found]


@pytest.mark.feature("D8")
def test_like_names_within_100_m_are_returned(client, officer):
    one = put("a", name=NAME, point=HERE)
    other = put("b", name="幸福里日间照料站", point=NEAR)
    put("c", name=NAME, point=FAR)
    put("d", name="康宁养老院", point=HERE)

    [(both, away_m)] = pairs(client, officer)

    assert both == {str(one), str(other)}
    assert away_m == pytest.approx(69.1, abs=0.5)


def test_without_a_point_one_community_is_near_enough(client, officer):
    one, other = put("a", name=NAME, point=HERE), put("b", name=NAME)
    put("c", name="康宁养老院")

    assert pairs(client, officer) == [({str(one), str(other)}, None)]


def test_duplicates_are_of_ones_own_area(client, officer):
    put("a", name=NAME, point=HERE)
    put("b", name=NAME, point=NEAR)
    elsewhere = sign_in(client, role="district_officer", area="120197")

    assert len(pairs(client, officer, f"?area={DISTRICT}")) == 1
    assert pairs(client, elsewhere) == []
    assert client.get(f"/v1/duplicates?area={DISTRICT}", headers=elsewhere).status_code == 404
    assert client.get("/v1/duplicates", headers=sign_in(client, role="planner", area=DISTRICT)).status_code == 403


@pytest.mark.feature("D8")
def test_the_losing_id_answers_301_and_both_histories_are_readable(client, officer):
    loser, winner = put("a", name=NAME, point=HERE), put("b", name="幸福里日间照料站", point=NEAR)
    before = client.get(f"/v1/sites/{loser}/stages").get_json()["items"]

    reply = merge(client, officer, loser, winner)
    moved = client.get(f"/v1/sites/{loser}?crs=gcj02")

    assert (reply.status_code, reply.get_json()["merged_into_id"]) == (200, str(winner))
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/v1/sites/{winner}?crs=gcj02")
    assert client.get(moved.headers["Location"]).get_json()["id"] == str(winner)
    old, new = (client.get(f"/v1/sites/{each}/stages").get_json()["items"] for each in (loser, winner))
    assert [each["stage"] for each in before] == ["open"]
    assert (old[0]["stage"], old[0]["valid_from"]) == ("open", before[0]["valid_from"])
    assert old[-1]["stage"] == "closed"
    assert [each["stage"] for each in new] == ["open"]
    listed = [each["id"] for each in client.get("/v1/sites").get_json()["items"]]
    assert listed == [str(winner)]
    assert pairs(client, officer) == []
    with storage.reading():
        [entry] = [each for each in journal.find_entries(loser) if each.kind == "site.merged"]
    assert entry.facts["into_id"] == str(winner)


def test_what_the_other_does_not_offer_moves_and_is_found_there(client, officer):
    loser, winner = put("a", point=HERE), put("b", point=NEAR)
    with storage.transaction():
        make_service("v1")
        make_service("v2", service_code="meals", delivery="site")
        make_offer("a", service="v1")
        make_offer("b", service="v1")
        meals = make_offer("a", service="v2")

    merge(client, officer, loser, winner)

    card = client.get(f"/v1/sites/{winner}").get_json()
    assert {each["service_code"] for each in card["services"]} == {"day_care", "meals"}
    assert str(meals) in {each["id"] for each in card["services"]}
    found = client.get(f"/v1/services?near={HERE[0]},{HERE[1]}&crs=wgs84&service=meals")
    if found.status_code == 200:  # streets are not there in every test database
        assert {each["site_id"] for each in found.get_json()["items"]} <= {str(winner)}


def test_chains_are_one_hop_and_there_are_no_rings(client, officer):
    a, b, c = (put(ref, point=HERE) for ref in "abc")

    assert merge(client, officer, a, b).status_code == 200
    assert merge(client, officer, b, c).status_code == 200

    for each in (a, b):
        assert client.get(f"/v1/sites/{each}").headers["Location"] == f"/v1/sites/{c}"
    ring = merge(client, officer, c, a)
    again = merge(client, officer, a, c, version='"v2"')
    oneself = merge(client, officer, c, c)
    assert [reply.status_code for reply in (ring, oneself)] == [409, 409]
    assert again.status_code in {409, 412}
    assert ring.get_json()["code"] == "merge-impossible"


def test_who_may_merge_and_on_which_version(client, officer):
    loser, winner = put("a", point=HERE), put("b", point=NEAR)
    elsewhere = sign_in(client, role="district_officer", area="120197")
    coordinator = sign_in(client, role="coordinator", organization_id=uuid4())

    assert merge(client, elsewhere, loser, winner).status_code == 404
    assert merge(client, coordinator, loser, winner).status_code == 403
    assert merge(client, officer, loser, uuid4()).status_code == 404
    assert merge(client, officer, loser, winner, version='"v9"').status_code == 412
    body = {"into_id": str(winner)}
    assert client.post(f"/v1/sites/{loser}/merge", json=body, headers=officer).status_code == 428


def test_a_list_that_comes_again_does_not_bring_the_old_site_back(client, officer):
    loser, winner = put("a", name=NAME, point=HERE), put("b", point=NEAR)
    merge(client, officer, loser, winner)

    with storage.transaction():
        counted = directory.put_sites([site_record("a", name="又来了")], actor=SYSTEM, at=AT)

    assert (counted.created, counted.changed) == (0, 0)
    assert client.get(f"/v1/sites/{loser}").status_code == 301
    assert client.get(f"/v1/sites/{winner}").get_json()["name"] == "站点b"
    assert client.get(f"/v1/sites/{loser}/stages").get_json()["items"][-1]["stage"] == "closed"


def test_offers_that_come_again_are_where_they_moved_to_and_hours_change_nothing(client, officer):
    loser, winner = put("a", point=HERE), put("b", point=NEAR)
    with storage.transaction():
        for ref, code in (("v1", "day_care"), ("v2", "meals"), ("v3", "meals")):
            make_service(ref, service_code=code, delivery="site")
        make_offer("a", service="v1")
        make_offer("b", service="v1")
        make_offer("a", service="v2")
    merge(client, officer, loser, winner)
    before = client.get(f"/v1/sites/{winner}").get_json()["hours"]

    records = [
        directory.OfferRecord(site=("test", "a"), service=("test", "o1", ref), hours_from=SINCE)
        for ref in ("v1", "v2", "v3")
    ]
    hours = directory.SiteHoursRecord(site=("test", "a"), hours="Mo-Su 00:00-24:00", valid_from=SINCE)
    with storage.transaction():
        counted = directory.put_offers(records, actor=SYSTEM, at=AT)
        directory.put_site_hours([hours], actor=SYSTEM, at=AT)

    assert (counted.created, counted.changed) == (1, 0)
    card = client.get(f"/v1/sites/{winner}").get_json()
    assert sorted(each["name"] for each in card["services"]) == ["服务v1", "服务v2", "服务v3"]
    assert card["hours"] == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
@pytest.mark.usefixtures("ground")
def test_any_sequence_of_merges_leaves_one_hop_and_no_ring(wishes):
    with storage.transaction():
        ids = [make_site(f"law{uuid4().hex}") for _ in range(5)]
    for loser, winner in wishes:
        try:
            with storage.transaction():
                version = directory.get_site(ids[loser]).version
                directory.merge_site(ids[loser], into_id=ids[winner], version=version, actor=SYSTEM, at=AT, zone=UTC)
        except directory.MergeImpossibleError:
            continue
    with storage.reading():
        into = {each: directory.get_site(each).merged_into_id for each in ids}
    for target in into.values():
        assert target is None or into[target] is None
    assert None in into.values()
