"""Sites through time, and how many places are free."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import areas, clock, directory, storage
from dispatch.actor import SYSTEM, Role
from dispatch.directory.models import Capacity
from tests.factories.accounts import sign_in
from tests.factories.areas import DISTRICT
from tests.factories.directory import make_offer, make_organization, make_service, make_site, put_base

NOON = "2026-04-01/noon"


@pytest.fixture
def town(client):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        organization = make_organization()
        site = make_site("s1", facility_type="elder_canteen")
        make_service()
        offer = make_offer("s1", price=("meal", 1500))
        return {"organization": organization, "site": site, "offer": offer}


@pytest.fixture
def officer(client):
    return sign_in(client, role=Role.DISTRICT_OFFICER, area=DISTRICT)


@pytest.fixture
def coordinator(client, town):
    return sign_in(client, role=Role.COORDINATOR, organization_id=town["organization"])


def _offer_url(town):
    return f"/v1/sites/{town['site']}/services/{town['offer']}"


class TestVacancy:
    @pytest.mark.feature("D5")
    def test_own_coordinator_says_what_is_free_and_everybody_sees_since_when(self, client, town, coordinator):
        told = client.put(
            f"{_offer_url(town)}/capacity", json={"unit": "meal", "maximum": 40, "available": 7}, headers=coordinator
        )

        shown = client.get(f"/v1/sites/{town['site']}").get_json()["services"][0]["capacity"]
        assert told.status_code == 200
        assert (shown["unit"], shown["maximum"], shown["available"], shown["stale"]) == ("meal", 40, 7, False)
        assert abs(clock.utc_now() - datetime.fromisoformat(shown["updated_at"])) < timedelta(minutes=5)

    @pytest.mark.feature("D5")
    def test_news_older_than_a_day_is_shown_as_stale(self, client, town, coordinator):
        url, card = f"/v1/sites/{town['site']}/beds/nursing", f"/v1/sites/{town['site']}"
        client.put(url, json={"maximum": 10, "available": 2}, headers=coordinator)
        fresh = client.get(card).get_json()["beds"][0]
        with storage.transaction() as session:
            session.execute(sa.update(Capacity).values(updated_at=clock.utc_now() - timedelta(hours=25)))

        old = client.get(card).get_json()["beds"][0]

        assert (fresh["bed_type"], fresh["unit"], fresh["stale"]) == ("nursing", "bed", False)
        assert (old["available"], old["stale"]) == (2, True)

    @pytest.mark.feature("D5")
    def test_an_area_may_rule_that_news_hold_for_longer(self, client, town, coordinator):
        client.put(f"/v1/sites/{town['site']}/beds/nursing", json={"maximum": 1, "available": 1}, headers=coordinator)
        with storage.transaction() as session:
            session.execute(sa.update(Capacity).values(updated_at=clock.utc_now() - timedelta(hours=25)))
            rule = areas.RuleRecord(
                area_code=DISTRICT,
                rule_key=directory.STALE_RULE,
                value=48,
                clause=None,
                status="adopted",
                valid_from=date(2020, 1, 1),
                valid_to=None,
            )
            areas.put_rules([rule], actor=SYSTEM, at=datetime(2026, 1, 1, tzinfo=UTC))

        assert client.get(f"/v1/sites/{town['site']}").get_json()["beds"][0]["stale"] is False

    @pytest.mark.feature("D5")
    def test_more_free_than_there_are_is_refused(self, client, town, coordinator):
        wish = {"unit": "meal", "maximum": 3, "available": 4}

        refused = client.put(f"{_offer_url(town)}/capacity", json=wish, headers=coordinator)
        beds = client.put(
            f"/v1/sites/{town['site']}/beds/sofa", json={"maximum": 1, "available": 1}, headers=coordinator
        )

        assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid-count")
        assert (beds.status_code, beds.get_json()["code"]) == (422, "unknown-code")
        assert client.get(f"/v1/sites/{town['site']}").get_json()["services"][0]["capacity"] is None

    def test_a_stranger_finds_neither_the_site_nor_its_service(self, client, town):
        stranger = sign_in(client, role=Role.COORDINATOR, organization_id=uuid4())
        wish = {"unit": "meal", "maximum": 4, "available": 4}

        service = client.put(f"{_offer_url(town)}/capacity", json=wish, headers=stranger)
        beds = client.put(
            f"/v1/sites/{town['site']}/beds/nursing", json={"maximum": 1, "available": 1}, headers=stranger
        )

        assert (service.status_code, service.get_json()["code"]) == (404, "service-at-site-not-found")
        assert (beds.status_code, beds.get_json()["code"]) == (404, "site-not-found")


class TestPlaces:
    @pytest.mark.feature("D5")
    def test_planned_places_are_booked_until_they_are_full_and_released_again(self, client, town, coordinator):
        url = f"{_offer_url(town)}/slots/{NOON}"

        def post(what, key):
            return client.post(f"{url}/{what}", json={}, headers=coordinator | {"Idempotency-Key": key})

        early = post("bookings", "0")
        planned = client.put(url, json={"maximum": 1}, headers=coordinator).get_json()
        first, repeated, second = post("bookings", "1"), post("bookings", "1"), post("bookings", "2")
        too_few = client.put(url, json={"maximum": 0}, headers=coordinator)
        released = post("releases", "3")

        assert (early.status_code, early.get_json()["code"]) == (404, "no-places-planned")
        assert (planned["maximum"], planned["taken"], planned["free"]) == (1, 0, 1)
        assert first.get_json() == repeated.get_json()
        assert (first.status_code, first.get_json()["free"]) == (200, 0)
        assert (second.status_code, second.get_json()["code"]) == (409, "full")
        assert (too_few.status_code, too_few.get_json()["code"]) == (409, "places-taken")
        assert (released.status_code, released.get_json()["free"]) == (200, 1)

    def test_places_are_listed_day_by_day_in_the_order_of_the_day(self, client, town, coordinator):
        for when in ("2026-04-02/morning", "2026-04-01/evening", NOON):
            client.put(f"{_offer_url(town)}/slots/{when}", json={"maximum": 5}, headers=coordinator)

        listed = client.get(f"{_offer_url(town)}/slots?from=2026-04-01&to=2026-04-02").get_json()["items"]
        backwards = client.get(f"{_offer_url(town)}/slots?from=2026-04-02&to=2026-04-01")

        assert [(each["service_on"], each["period"]) for each in listed] == [
            ("2026-04-01", "noon"),
            ("2026-04-01", "evening"),
            ("2026-04-02", "morning"),
        ]
        assert backwards.status_code == 400
        nowhere = client.put(f"{_offer_url(town)}/slots/2026-04-01/night", json={"maximum": 5}, headers=coordinator)
        assert nowhere.status_code == 404

    @pytest.mark.feature("D5")
    def test_of_two_who_book_the_last_place_at_once_one_is_told(self, real_app):
        with real_app.app_context(), storage.transaction():
            put_base()
            organization = make_organization()
            place = {"site": make_site("s1")}
            make_service()
            place["offer"] = make_offer("s1")
        own = sign_in(real_app, role=Role.COORDINATOR, organization_id=organization)
        url = f"{_offer_url(place)}/slots/{NOON}"
        assert real_app.test_client().put(url, json={"maximum": 1}, headers=own).status_code == 200
        begin, told = threading.Barrier(2), []

        def book(key):
            caller = real_app.test_client()
            begin.wait()
            reply = caller.post(f"{url}/bookings", json={}, headers=own | {"Idempotency-Key": key})
            told.append(reply.status_code)

        asking = [threading.Thread(target=book, args=(key,)) for key in ("a", "b")]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()

        shown = real_app.test_client().get(f"{_offer_url(place)}/slots?from=2026-04-01&to=2026-04-01").get_json()
        assert sorted(told) == [200, 409]
        assert [(each["taken"], each["maximum"]) for each in shown["items"]] == [(1, 1)]


class TestDatedParts:
    def test_a_price_is_corrected_and_the_old_one_stays_readable(self, client, town, coordinator):
        url = f"{_offer_url(town)}/prices"
        first = client.get(url).get_json()["items"][0]
        before = clock.utc_now()
        overlapping = client.post(
            url, json={"unit": "meal", "amount_cents": 1800, "valid_from": "2026-04-01"}, headers=coordinator
        )

        ended = client.put(
            f"{url}/{first['entry_id']}",
            json={"unit": "meal", "amount_cents": 1500, "valid_from": "2020-01-01", "valid_to": "2026-04-01"},
            headers=coordinator,
        )
        added = client.post(
            url, json={"unit": "meal", "amount_cents": 1800, "valid_from": "2026-04-01"}, headers=coordinator
        )

        assert (overlapping.status_code, overlapping.get_json()["code"]) == (409, "site-part-overlap")
        assert (ended.status_code, added.status_code) == (200, 201)
        listed = client.get(url).get_json()["items"]
        assert [(each["amount_cents"], each["valid_to"]) for each in listed] == [(1500, "2026-04-01"), (1800, None)]
        known = client.get(url, query_string={"known_at": before.isoformat()}).get_json()["items"]
        assert [(each["amount_cents"], each["valid_to"]) for each in known] == [(1500, None)]
        again = client.put(
            f"{url}/{first['entry_id']}",
            json={"unit": "meal", "amount_cents": 1, "valid_from": "2020-01-01"},
            headers=coordinator,
        )
        assert (again.status_code, again.get_json()["code"]) == (404, "site-part-not-found")

    def test_operation_function_and_agreement_stand_on_the_card_while_in_force(self, client, town, officer):
        url, organization = f"/v1/sites/{town['site']}", str(town["organization"])
        operation = {
            "organization_id": organization,
            "operator_kind": "company",
            "founder_kind": "government",
            "run_mode": "public_built_private_run",
            "valid_from": "2024-01-01",
        }
        function = {"function": "community_meals", "valid_from": "2024-01-01"}
        agreement = {"kind": "ltci_designated", "partner_organization_id": organization, "valid_from": "2024-01-01"}
        over = function | {"function": "elder_classroom", "valid_to": "2024-06-01"}

        made = [
            client.post(f"{url}/operations", json=operation, headers=officer),
            client.post(f"{url}/functions", json=function, headers=officer),
            client.post(f"{url}/functions", json=over, headers=officer),
            client.post(f"{url}/agreements", json=agreement, headers=officer),
        ]

        card = client.get(url).get_json()
        assert [each.status_code for each in made] == [201] * 4
        assert card["functions"] == ["community_meals"]
        assert (card["operation"]["run_mode"], card["agreements"][0]["kind"]) == (
            "public_built_private_run",
            "ltci_designated",
        )
        assert len(client.get(f"{url}/functions").get_json()["items"]) == 2

    def test_what_points_at_nothing_or_ends_early_is_refused(self, client, town, officer):
        url = f"/v1/sites/{town['site']}"
        agreement = {"kind": "commerce_link", "partner_organization_id": str(uuid4()), "valid_from": "2024-01-01"}
        backwards = {"function": "community_meals", "valid_from": "2024-01-01", "valid_to": "2024-01-01"}

        answers = [
            client.post(f"{url}/functions", json={"function": "x", "valid_from": "2024-01-01"}, headers=officer),
            client.post(f"{url}/agreements", json=agreement, headers=officer),
            client.post(f"{url}/functions", json=backwards, headers=officer),
            client.get(f"{url}/services/{uuid4()}/prices"),
        ]

        assert [(each.status_code, each.get_json()["code"]) for each in answers] == [
            (422, "unknown-code"),
            (404, "organization-not-found"),
            (422, "invalid-span"),
            (404, "service-at-site-not-found"),
        ]

    def test_stages_are_the_officers_business_and_corrections_show_at_once(self, client, town, officer, coordinator):
        url = f"/v1/sites/{town['site']}"
        first = client.get(f"{url}/stages").get_json()["items"][0]
        wish = {"stage": "suspended", "valid_from": "2020-01-01"}

        refused = client.put(f"{url}/stages/{first['entry_id']}", json=wish, headers=coordinator)
        done = client.put(f"{url}/stages/{first['entry_id']}", json=wish, headers=officer)

        assert (refused.status_code, done.status_code) == (403, 200)
        card = client.get(url).get_json()
        assert (card["stage"], [each["stage"] for each in card["stages"]]) == ("suspended", ["suspended"])
