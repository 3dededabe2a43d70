"""Carers over HTTP: who sees and changes whom, each problem, and rosters with their reasons."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from dispatch import carers, directory, journal, storage
from dispatch.actor import SYSTEM
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import AT, ORGANIZATION_ID, SINCE, carer_record, put_carers, put_organization
from tests.factories.elders import put_places

AREA, ELSEWHERE = "120198", "120199"
NEW = {
    "organization_id": str(ORGANIZATION_ID),
    "name": "王护理",
    "kind": "care_worker",
    "sex": "female",
    "travel_mode": "ebike",
    "phone": "138 0000 2345",
    "base": {"lon": 117.2034567, "lat": 39.1034567, "crs": "wgs84"},
}
SHIFT = {"weekday": 0, "from_time": "22:00", "to_time": "06:00", "break_min": 30, "valid_from": "2026-01-01"}
PARTS = {
    "qualifications": {"skill": "bathing", "level": 3, "certificate_no": "TJ-0001", "valid_from": "2026-01-01"},
    "shifts": SHIFT,
    "exceptions": {"on_date": "2026-03-30", "kind": "extra", "from_time": "07:00", "to_time": "09:00"},
}


@pytest.fixture
def place(db):  # noqa: ARG001 - what is put is undone
    """An organization with a site in the district."""
    with storage.transaction():
        put_places("120198001001", "120199001001")
        put_organization()
        directory.put_sites(
            [
                directory.SiteRecord(
                    source="test",
                    source_ref="base",
                    name="测试站",
                    facility_type="day_care_center",
                    area_code="120198001001",
                    address="测试路1号",
                    organization=("test", str(ORGANIZATION_ID)),
                    collected_at=AT,
                )
            ],
            actor=SYSTEM,
            at=AT,
        )
    return AREA


@pytest.fixture
def coordinator(client, place):  # noqa: ARG001 - the organization is there
    return sign_in(client, role="coordinator", organization_id=ORGANIZATION_ID)


@pytest.fixture
def officer(client, place):
    return sign_in(client, role="district_officer", area=place)


@pytest.fixture
def stranger(client):
    return sign_in(client, role="coordinator", organization_id=uuid4())


@pytest.fixture
def made(client, coordinator):
    reply = client.post("/v1/carers", json=NEW, headers=coordinator)
    assert reply.status_code == 201, reply.get_json()
    return reply.get_json()


def put(client, headers, address, body, *, version):
    return client.put(address, json=body, headers=headers | {"If-Match": f'"v{version}"'})


def test_carer_is_shown_whole_to_the_house_and_masked_to_the_officer(client, coordinator, officer, made):
    address = f"/v1/carers/{made['carer_id']}"

    own, overseen = (client.get(address, headers=headers).get_json() for headers in (coordinator, officer))
    listed = client.get("/v1/carers", headers=coordinator).get_json()["items"]

    assert (own["phone"], own["view"], own["base"]["lon"]) == ("+8613800002345", "full", 117.2034567)
    assert (overseen["phone"], overseen["view"], overseen["is_rounded"]) == ("138****2345", "oversight", True)
    assert abs(overseen["base"]["lon"] - 117.2034567) < 0.001  # 0.001 degrees are some 86 m here; half of 100 is less
    assert overseen["base"]["lon"] != own["base"]["lon"]
    assert [card["phone"] for card in listed] == ["138****2345"]


def test_phone_is_sealed_at_rest(made):
    row = storage.session().execute(
        sa.text("SELECT phone_sealed, phone_index FROM carer WHERE phone_sealed IS NOT NULL")
    )
    [(sealed, index)] = row.all()

    assert made["phone"] == "+8613800002345"
    assert b"0000" not in bytes(sealed)
    assert len(bytes(index)) == 16  # storage.sealing: blind indexes have 16 bytes


def test_carer_sees_only_themselves(app, client, place):  # noqa: ARG001 - the organization is there
    account_id = make_account(app, role="carer")
    with storage.transaction():
        own, other = put_carers(carer_record(account_id=account_id), carer_record())
    headers = headers_of(app, account_id=account_id)

    listed = client.get("/v1/carers", headers=headers).get_json()["items"]
    statuses = [client.get(f"/v1/carers/{each}", headers=headers).status_code for each in (own, other)]
    change = client.patch(f"/v1/carers/{own}", json={"name": "新名"}, headers=headers | {"If-Match": '"v1"'})

    assert [card["carer_id"] for card in listed] == [str(own)]
    assert statuses == [200, 404]
    assert (change.status_code, change.get_json()["code"]) == (403, "role-needed")


def test_outside_ones_scope_nothing_exists(client, made, stranger):
    elsewhere = sign_in(client, role="district_officer", area=ELSEWHERE)
    address, match = f"/v1/carers/{made['carer_id']}", {"If-Match": '"v1"'}

    for headers in (stranger, elsewhere):
        replies = [
            client.get(address, headers=headers),
            client.get(f"{address}/roster?from=2026-03-30&to=2026-04-01", headers=headers),
            client.patch(address, json={"name": "某"}, headers=headers | match),
            client.delete(address, headers=headers | match),
            client.get(f"{address}/shifts", headers=headers),
            client.post(f"{address}/shifts", json=SHIFT, headers=headers),
        ]
        assert {(reply.status_code, reply.get_json()["code"]) for reply in replies} == {(404, "carer-not-found")}
        assert client.get("/v1/carers", headers=headers).get_json()["items"] == []
        assert client.post("/v1/carers", json=NEW, headers=headers).get_json()["code"] == "organization-not-found"


def test_change_needs_the_present_version_and_leaves_an_entry(client, coordinator, made):
    address = f"/v1/carers/{made['carer_id']}"

    without = client.patch(address, json={"name": "李"}, headers=coordinator)
    good = client.patch(address, json={"name": "李", "phone": None}, headers=coordinator | {"If-Match": '"v1"'})
    late = client.patch(address, json={"name": "赵"}, headers=coordinator | {"If-Match": '"v1"'})
    kinds = [entry.kind for entry in journal.find_entries(UUID(made["carer_id"]))]

    assert (without.status_code, good.status_code) == (428, 200)
    assert (good.get_json()["name"], good.get_json()["phone"], good.headers["ETag"]) == ("李", None, '"v2-full"')
    assert (late.status_code, late.get_json()["code"]) == (412, "stale-version")
    assert kinds == ["carer.registered", "carer.changed"]


@pytest.mark.parametrize("field", [{"kind": "wizard"}, {"phone": "12"}, {"base_site_id": str(uuid4())}])
def test_facts_that_cannot_be_are_refused(client, coordinator, made, field):
    new = client.post("/v1/carers", json=NEW | field, headers=coordinator)
    change = client.patch(f"/v1/carers/{made['carer_id']}", json=field, headers=coordinator | {"If-Match": '"v1"'})

    assert new.status_code == change.status_code
    assert new.get_json()["code"] in {"unknown-code", "invalid-carer", "site-not-found"}
    assert new.get_json()["code"] == change.get_json()["code"]


@pytest.mark.parametrize("part", PARTS)
def test_entry_is_added_corrected_and_withdrawn_and_stays_readable(client, coordinator, made, part):
    address = f"/v1/carers/{made['carer_id']}/{part}"

    added = client.post(address, json=PARTS[part], headers=coordinator)
    again = client.post(address, json=PARTS[part], headers=coordinator)
    first = added.get_json()["entry_id"]
    late = put(client, coordinator, f"{address}/{first}", PARTS[part], version=1)
    corrected = put(client, coordinator, f"{address}/{first}", PARTS[part], version=2)
    gone = put(client, coordinator, f"{address}/{first}", PARTS[part], version=3)
    second = corrected.get_json()["entry_id"]
    withdrawn = client.delete(f"{address}/{second}", headers=coordinator | {"If-Match": '"v3"'})
    kinds = [entry.kind for entry in journal.find_entries(UUID(made["carer_id"]))]

    assert (added.status_code, again.status_code, again.get_json()["code"]) == (201, 409, "carer-part-overlap")
    assert (late.status_code, late.get_json()["code"]) == (412, "stale-version")
    assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"v3"')
    assert (gone.status_code, gone.get_json()["code"]) == (404, "carer-part-not-found")
    assert (withdrawn.status_code, withdrawn.headers["ETag"]) == (204, '"v4"')
    assert client.get(address, headers=coordinator).get_json()["items"] == []
    then = added.get_json()["recorded_at"]
    known = client.get(address, query_string={"known_at": then}, headers=coordinator).get_json()["items"]
    assert [each["entry_id"] for each in known] == [first]
    assert kinds == ["carer.registered", *["carer.changed"] * 3]


def test_certificate_is_checked_by_whoever_enters_it(app, client, place, made):  # noqa: ARG001 - the organization is there
    account_id = make_account(app, role="coordinator", organization_id=ORGANIZATION_ID)
    address = f"/v1/carers/{made['carer_id']}/qualifications"

    reply = client.post(address, json=PARTS["qualifications"], headers=headers_of(app, account_id=account_id))

    assert reply.get_json()["checked_by"] == str(account_id)
    assert reply.get_json()["certificate_no"] == "TJ-0001"


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("shifts", SHIFT | {"valid_to": "2026-01-01"}),
        ("qualifications", PARTS["qualifications"] | {"skill": "flying"}),
        ("exceptions", {"on_date": "2026-03-30", "kind": "extra"}),
        ("exceptions", {"on_date": "2026-03-30", "kind": "off", "from_time": "08:00", "to_time": "09:00"}),
    ],
)
def test_entry_that_contradicts_itself_is_refused(client, coordinator, made, part, body):
    reply = client.post(f"/v1/carers/{made['carer_id']}/{part}", json=body, headers=coordinator)

    assert (reply.status_code, reply.get_json()["code"]) in {(422, "invalid-carer"), (422, "unknown-code")}


def test_shift_that_meets_a_night_of_the_day_before_is_refused(client, coordinator, made):
    address = f"/v1/carers/{made['carer_id']}/shifts"
    client.post(address, json=SHIFT, headers=coordinator)

    # the night of Monday ends on Tuesday at 06:00
    early = client.post(
        address, json=SHIFT | {"weekday": 1, "from_time": "05:00", "to_time": "09:00"}, headers=coordinator
    )
    after = client.post(
        address, json=SHIFT | {"weekday": 1, "from_time": "06:00", "to_time": "09:00"}, headers=coordinator
    )

    assert (early.status_code, early.get_json()["code"]) == (409, "carer-part-overlap")
    assert after.status_code == 201


def test_roster_says_when_a_carer_is_on_duty_and_why(client, coordinator, place):  # noqa: ARG001 - the organization is there
    monday, tuesday = date(2026, 3, 30), date(2026, 3, 31)
    wednesday, thursday = date(2026, 4, 1), date(2026, 4, 2)
    shifts = tuple(carers.ShiftRecord(day, time(22), time(6), 30, SINCE) for day in (0, 1, 2))
    exceptions = (
        carers.ExceptionRecord(tuesday, "off"),
        carers.ExceptionRecord(tuesday, "extra", time(8), time(10)),
        carers.ExceptionRecord(thursday, "sick"),
    )
    with storage.transaction():
        [carer_id] = put_carers(carer_record(shifts=shifts, exceptions=exceptions))

    reply = client.get(f"/v1/carers/{carer_id}/roster?from={monday}&to=2026-04-04", headers=coordinator).get_json()

    days = {day["on"]: day for day in reply["items"]}
    reasons = {on: [reason["code"] for reason in day["reasons"]] for on, day in days.items()}
    assert reasons == {
        "2026-03-30": ["shift"],
        "2026-03-31": ["shift", "extra", "off"],
        "2026-04-01": ["shift", "sick_next_day"],
        "2026-04-02": ["sick"],
        "2026-04-03": ["no_shift"],
    }
    # 22:00-06:00 less 30 minutes; 08:00-10:00; 22:00-24:00 less 30 minutes
    assert [day["duty_min"] for day in reply["items"]] == [450, 120, 90, 0, 0]
    assert days["2026-03-30"]["spans"][0]["from_at"] == "2026-03-30T14:00:00+00:00"  # 22:00 in Tianjin is 14:00 UTC
    assert days[str(wednesday)]["spans"][0]["to_at"] == "2026-04-01T16:00:00+00:00"
    assert days["2026-04-03"]["reasons"][0]["label"] == "当天没有排班"


@pytest.mark.parametrize("to", ["2026-03-30", "2026-03-29", "2026-07-01"])
def test_roster_of_no_days_or_too_many_is_refused(client, coordinator, made, to):
    reply = client.get(f"/v1/carers/{made['carer_id']}/roster?from=2026-03-30&to={to}", headers=coordinator)

    assert (reply.status_code, reply.get_json()["code"]) == (422, "roster-span")


def test_carer_who_leaves_has_no_more_shifts_and_is_not_changed_again(client, coordinator, made):
    address = f"/v1/carers/{made['carer_id']}"
    client.post(f"{address}/shifts", json=SHIFT, headers=coordinator)

    left = client.delete(address, headers=coordinator | {"If-Match": '"v2"'})
    again = client.delete(address, headers=coordinator | {"If-Match": '"v3"'})
    [shift] = client.get(f"{address}/shifts", headers=coordinator).get_json()["items"]
    kinds = [entry.kind for entry in journal.find_entries(UUID(made["carer_id"]))]

    assert (left.status_code, left.get_json()["status"], left.headers["ETag"]) == (200, "left", '"v3-full"')
    assert (again.status_code, again.get_json()["code"]) == (409, "carer-left")
    assert shift["valid_to"] is not None
    assert kinds[-1] == "carer.left"


def test_list_comes_in_pages(client, coordinator, place):  # noqa: ARG001 - the organization is there
    with storage.transaction():
        ids = put_carers(*(carer_record() for _ in range(3)))

    first = client.get("/v1/carers?limit=2", headers=coordinator).get_json()
    second = client.get(f"/v1/carers?limit=2&cursor={first['next_cursor']}", headers=coordinator).get_json()

    assert [card["carer_id"] for card in first["items"] + second["items"]] == sorted(str(each) for each in ids)
    assert second["next_cursor"] is None
