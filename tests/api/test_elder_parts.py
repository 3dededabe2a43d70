"""Writing elders' records over HTTP: who may what, each problem, and that each change leaves a line."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from dispatch import clock, elders, journal, storage
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, make_id_no, put_elders, put_places, put_set
from tests.factories.visits import put_caseload

AREA, ELSEWHERE = "120198001001", "120199001001"
HOME = {"kind": "main", "area_code": AREA, "address": "测试路9号", "valid_from": "2020-01-01"}
POINT = {"lon": 117.2, "lat": 39.1, "crs": "wgs84"}
NEW = {"name": "李梅", "sex": "female", "born_on": "1944-05-06", "residences": [HOME | {"point": POINT}]}
WISHES = {
    "residences": HOME | {"kind": "second"},
    "categories": {"category": "empty_nest", "valid_from": "2026-01-01", "basis": "登记"},
    "needs": {"service_code": "meals", "valid_from": "2026-01-01", "per_month": 20},
    "absences": {"kind": "hospital", "valid_from": "2026-01-01"},
    "consents": {"purpose": "visits", "state": "refused", "channel": "worker", "valid_from": "2026-01-01"},
    "risk-levels": {"level": "high", "reason": "独居且行动不便", "valid_from": "2026-01-01"},
}
SET = {
    "set_key": "luzhou_visit",
    "area_code": "120198",
    "purpose": "visit",
    "members": ["empty_nest"],
    "status": "draft",
    "valid_from": "2027-01-01",
}
CONTACT = {"name": "李四", "relation": "child", "phone": "138 0000 2345", "ladder_order": 1}


@pytest.fixture
def elder_id(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_places(AREA, ELSEWHERE)
        put_set("living_alone", "empty_nest")
        [made] = put_elders(elder_record("living_alone"))
    return made


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area="120198")


def worker_of(client, *elder_ids) -> dict[str, str]:
    """The headers of the community worker who answers for these elders."""
    account_id = make_account(client.application, role="community_worker", area="120198")
    with storage.transaction():
        [carer_id] = put_carers(carer_record(account_id=account_id, kind="community_worker"))
        put_caseload(carer_id, *elder_ids)
    return headers_of(client.application, account_id=account_id)


def code_of(reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


def url(elder_id, path: str = "") -> str:
    return f"/v1/elders/{elder_id}{path}"


class TestCreating:
    def test_an_officer_and_a_worker_put_elders_of_their_area_on_record(self, client, elder_id, officer):  # noqa: ARG002 - the places
        for number, headers in enumerate((officer, sign_in(client, role="community_worker", area="120198"))):
            reply = client.post("/v1/elders", headers=headers, json=NEW | {"id_no": make_id_no(number=number)})

            assert (reply.status_code, reply.json["home"]["area_code"]) == (201, AREA)
            with storage.reading():
                lines = journal.find_access_lines(UUID(reply.json["elder_id"]))
            assert [line.route for line in lines] == ["POST /v1/elders"]

    def test_a_number_twice_is_409_and_tells_nothing_of_another_area(self, client, elder_id, officer):  # noqa: ARG002 - the places
        first = client.post("/v1/elders", headers=officer, json=NEW | {"id_no": make_id_no()})
        there = NEW | {"id_no": make_id_no(), "residences": [HOME | {"area_code": ELSEWHERE}]}
        other = sign_in(client, role="district_officer", area="120199")

        again = client.post("/v1/elders", headers=officer, json=NEW | {"id_no": make_id_no()})
        elsewhere = client.post("/v1/elders", headers=other, json=there)

        assert code_of(again) == code_of(elsewhere) == (409, "id-number-taken")
        assert again.json["facts"] == {"elder_id": first.json["elder_id"]}
        assert "facts" not in elsewhere.json
        assert make_id_no() not in again.get_data(as_text=True) + elsewhere.get_data(as_text=True)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"id_no": make_id_no()[:-1] + "?"}, "id_no"),
            ({"id_no": make_id_no(born_on=date(1944, 5, 7))}, "id_no"),
            ({"born_on": "2030-01-01"}, "born_on"),
            ({"phone": "12349"}, "phone"),
        ],
    )
    def test_what_cannot_be_is_422_by_field(self, client, elder_id, officer, wrong, field):  # noqa: ARG002 - the places
        reply = client.post("/v1/elders", headers=officer, json=NEW | wrong)

        assert code_of(reply) == (422, "invalid-elder")
        assert list(reply.json["fields"]) == [field]
        assert wrong[field] not in reply.get_data(as_text=True)

    def test_a_home_outside_ones_area_is_403(self, client, elder_id, officer):  # noqa: ARG002 - the places
        there = NEW | {"residences": [HOME | {"area_code": ELSEWHERE}]}

        assert code_of(client.post("/v1/elders", headers=officer, json=there)) == (403, "elder-not-yours")

    def test_a_point_without_its_system_is_422(self, client, elder_id, officer):  # noqa: ARG002 - the places
        half = NEW | {"residences": [HOME | {"point": {"lon": 117.2, "lat": 39.1}}]}

        reply = client.post("/v1/elders", headers=officer, json=half)

        assert (reply.status_code, list(reply.json["fields"])) == (422, ["residences.0.point.crs"])


class TestChanging:
    def test_needs_the_version_read(self, client, elder_id, officer):
        tag = client.get(url(elder_id), headers=officer).headers["ETag"]
        change = {"name": "李四"}

        without = client.patch(url(elder_id), headers=officer, json=change)
        changed = client.patch(url(elder_id), headers=officer | {"If-Match": tag}, json=change)
        late = client.patch(url(elder_id), headers=officer | {"If-Match": tag}, json=change)

        assert (without.status_code, changed.status_code, changed.json["name"]) == (428, 200, "李四")
        assert code_of(late) == (412, "stale-version")
        assert client.get(url(elder_id), headers=officer).headers["ETag"] == changed.headers["ETag"]

    def test_nothing_to_change_is_422(self, client, elder_id, officer):
        assert client.patch(url(elder_id), headers=officer | {"If-Match": '"v1"'}, json={}).status_code == 422

    def test_a_worker_changes_the_elders_of_the_caseload_only(self, client, elder_id):
        change = {"has_lift_access": True}
        other = sign_in(client, role="community_worker", area="120198")
        outside = sign_in(client, role="district_officer", area="120199")

        for headers, status in ((worker_of(client, elder_id), 200), (other, 403), (outside, 404)):
            reply = client.patch(url(elder_id), headers=headers | {"If-Match": '"v1"'}, json=change)
            assert reply.status_code == status


@pytest.mark.parametrize("path", WISHES)
class TestEachPart:
    def test_is_added_listed_and_corrected_and_the_old_entry_stays_readable(self, client, elder_id, officer, path):
        before = clock.utc_now()
        added = client.post(url(elder_id, f"/{path}"), headers=officer, json=WISHES[path])
        between = clock.utc_now()
        ended = WISHES[path] | {"valid_to": "2026-02-01"}
        one = url(elder_id, f"/{path}/{added.json['entry_id']}")
        corrected = client.put(one, headers=officer | {"If-Match": added.headers["ETag"]}, json=ended)
        stale = client.put(one, headers=officer | {"If-Match": added.headers["ETag"]}, json=ended)
        gone = client.put(one, headers=officer | {"If-Match": corrected.headers["ETag"]}, json=ended)

        assert (added.status_code, corrected.status_code) == (201, 200)
        assert (code_of(stale), code_of(gone)) == ((412, "stale-version"), (404, "part-not-found"))
        ids = {
            name: {
                item["entry_id"]
                for item in client.get(
                    url(elder_id, f"/{path}"), headers=officer, query_string={"known_at": at.isoformat()}
                ).json["items"]
            }
            for name, at in (("before", before), ("between", between), ("after", clock.utc_now()))
        }
        assert (ids["between"] - ids["before"], ids["after"] - ids["between"]) == (
            {added.json["entry_id"]},
            {corrected.json["entry_id"]},
        )
        assert added.json["entry_id"] not in ids["after"]

    def test_a_repetition_overlaps(self, client, elder_id, officer, path):
        client.post(url(elder_id, f"/{path}"), headers=officer, json=WISHES[path])

        again = client.post(url(elder_id, f"/{path}"), headers=officer, json=WISHES[path])

        assert code_of(again) == (409, "part-overlap")

    def test_the_worker_of_another_elder_is_refused_and_a_stranger_sees_nobody(self, client, elder_id, path):
        other = sign_in(client, role="community_worker", area="120198")
        stranger = sign_in(client, role="community_worker", area="120199")

        assert code_of(client.post(url(elder_id, f"/{path}"), headers=other, json=WISHES[path])) == (
            403,
            "elder-not-yours",
        )
        assert client.post(url(elder_id, f"/{path}"), headers=stranger, json=WISHES[path]).status_code == 404
        assert client.get(url(elder_id, f"/{path}"), headers=other).status_code == 404

    def test_the_responsible_worker_adds(self, client, elder_id, path):
        headers = worker_of(client, elder_id)

        assert client.post(url(elder_id, f"/{path}"), headers=headers, json=WISHES[path]).status_code == 201

    def test_each_call_leaves_a_line(self, client, elder_id, officer, path):
        client.post(url(elder_id, f"/{path}"), headers=officer, json=WISHES[path])
        client.get(url(elder_id, f"/{path}"), headers=officer)

        with storage.reading():
            routes = [line.route for line in journal.find_access_lines(elder_id)]
        assert routes == [f"{method} /v1/elders/<uuid:elder_id>/{path}" for method in ("POST", "GET")]


class TestFamily:
    def test_changes_contacts_and_consent_and_nothing_else(self, client, elder_id):
        family = sign_in(client, role="family", elder_ids=[elder_id])

        contact = client.post(url(elder_id, "/contacts"), headers=family, json=CONTACT)
        consent = client.post(url(elder_id, "/consents"), headers=family, json=WISHES["consents"])
        need = client.post(url(elder_id, "/needs"), headers=family, json=WISHES["needs"])

        assert (contact.status_code, consent.status_code, need.status_code) == (201, 201, 403)
        assert (contact.json["phone"], consent.json["reviewed_by"]) == ("+8613800002345", None)
        assert client.get(url(uuid4(), "/contacts"), headers=family).status_code == 404

    def test_contacts_are_changed_and_removed_with_the_version(self, client, elder_id, officer):
        added = client.post(url(elder_id, "/contacts"), headers=officer, json=CONTACT)
        one = url(elder_id, f"/contacts/{added.json['contact_id']}")
        changed = client.put(
            one, headers=officer | {"If-Match": added.headers["ETag"]}, json=CONTACT | {"phone": "022-27123456"}
        )
        wrong = client.post(url(elder_id, "/contacts"), headers=officer, json=CONTACT | {"phone": "27123456"})
        removed = client.delete(one, headers=officer | {"If-Match": changed.headers["ETag"]})

        assert (changed.json["phone"], code_of(wrong)) == ("+862227123456", (422, "invalid-elder"))
        assert removed.status_code == 204
        assert client.get(url(elder_id, "/contacts"), headers=officer).json["items"] == []


class TestEventsAndGrades:
    def test_an_event_is_recorded_once_and_listed(self, client, elder_id, officer):
        day = (clock.utc_now() - timedelta(days=2)).date()
        wish = {"kind": "died", "on": day.isoformat(), "evidence": "死亡证明"}

        first = client.post(url(elder_id, "/events"), headers=officer, json=wish)
        again = client.post(url(elder_id, "/events"), headers=officer, json=wish)
        late = client.post(url(elder_id, "/events"), headers=officer, json=wish | {"on": "2150-01-01"})

        assert (first.status_code, code_of(again), late.status_code) == (201, (409, "event-repeated"), 422)
        assert [item["kind"] for item in client.get(url(elder_id, "/events"), headers=officer).json["items"]] == [
            "died"
        ]

    @pytest.mark.feature("B3")
    def test_a_grade_past_its_validity_is_409(self, client, elder_id, officer):
        none = client.get(url(elder_id, "/grade"), headers=officer)
        wish = {"item_scores": dict(elders.ASSESSMENT_ITEMS), "assessor": "评估员甲", "assessed_on": "2025-01-31"}
        added = client.post(url(elder_id, "/assessments"), headers=officer, json=wish)
        then = client.get(url(elder_id, "/grade"), headers=officer, query_string={"on": "2026-01-30"})
        expired = client.get(url(elder_id, "/grade"), headers=officer, query_string={"on": "2026-01-31"})

        assert (added.status_code, added.json["total"], added.json["valid_to"]) == (201, 90, "2026-01-31")
        assert (then.json["grade"], code_of(none)) == ("intact", (409, "assessment-missing"))
        assert code_of(expired) == (409, "assessment-expired")
        assert len(client.get(url(elder_id, "/assessments"), headers=officer).json["items"]) == 1

    def test_a_score_that_cannot_be_is_named(self, client, elder_id, officer):
        wish = {"item_scores": {"eating": 5}, "assessor": "评估员甲", "assessed_on": "2025-01-31"}

        reply = client.post(url(elder_id, "/assessments"), headers=officer, json=wish)

        assert code_of(reply) == (422, "invalid-elder")
        assert len(reply.json["fields"]) == 26


class TestPointInTime:
    @pytest.mark.feature("I4")
    def test_a_rate_as_known_at_a_time_is_the_same_after_a_correction(self, client, elder_id, officer):
        asked = {"area": "120198", "month": "2026-03"}
        known_at = clock.utc_now().isoformat()
        [entry] = client.get(url(elder_id, "/categories"), headers=officer).json["items"]
        ended = {"category": "living_alone", "valid_from": "2020-01-01", "valid_to": "2025-01-01"}

        put = client.put(
            url(elder_id, f"/categories/{entry['entry_id']}"), headers=officer | {"If-Match": '"v1"'}, json=ended
        )

        now = client.get("/v1/visits/rate", headers=officer, query_string=asked)
        then = client.get("/v1/visits/rate", headers=officer, query_string=asked | {"known_at": known_at})
        assert (put.status_code, now.json["due"], then.json["due"]) == (200, 0, 1)


class TestCategorySets:
    def test_an_officer_drafts_and_adopts_in_the_own_area_only(self, client, elder_id, officer):  # noqa: ARG002 - the places
        drafted = client.put("/v1/category-sets", headers=officer, json=SET)
        clash = client.put("/v1/category-sets", headers=officer, json=SET | {"status": "adopted"})
        foreign = client.put("/v1/category-sets", headers=officer, json=SET | {"area_code": "120199"})
        unknown = client.put("/v1/category-sets", headers=officer, json=SET | {"members": ["lonely"]})
        listed = client.get("/v1/category-sets", query_string={"area": "120198"})

        assert (drafted.status_code, drafted.json["status"]) == (200, "draft")
        assert code_of(clash) == (422, "invalid-category-set")  # the one in force has no end yet
        assert foreign.status_code == 404
        assert unknown.status_code == 422
        assert {item["status"] for item in listed.json["items"]} == {"draft", "adopted"}
