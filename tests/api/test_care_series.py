"""Care series over HTTP: each door, each role, each problem."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from dispatch import clock, journal, storage
from tests.factories.accounts import sign_in
from tests.factories.intake import extend, local
from tests.worlds.tiny_day import AREA, make_tiny_day

NOW = local("2026-03-02 09:00")  # Monday
BATHS = {
    "service_code": "bathing_home",
    "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=10",
    "starts_on": "2026-03-03",
    "from_time": "14:00",
    "to_time": "16:00",
}


@pytest.fixture
def town(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        return made


@pytest.fixture
def daughter(client, town):
    return sign_in(client, role="family", elder_ids=[town.elder_id])


def ask(client, headers, town, key=None, **changes):
    body = BATHS | {"elder_id": str(town.elder_id)} | changes
    return client.post("/v1/care-series", headers=headers | {"Idempotency-Key": key or uuid4().hex}, json=body)


def post(client, headers, made, path, body, version=None):
    tags = {"If-Match": version} if version else {}
    key = {"Idempotency-Key": uuid4().hex}
    return client.post(f"/v1/care-series/{made.json['id']}/{path}", headers=headers | tags | key, json=body)


def states(reply) -> list[str]:
    return [each["state"] for each in reply.json["occurrences"]]


@pytest.mark.feature("R8")
def test_the_family_asks_pauses_skips_and_reads_the_seven_that_remain(client, daughter, town):
    made = ask(client, daughter, town)
    paused = post(client, daughter, made, "pauses", {"from_on": "2026-04-14", "to_on": "2026-04-28", "reason": "away"})
    skipped = post(client, daughter, made, "exceptions", {"on": "2026-04-07", "kind": "skip"}, version='"v2"')
    with storage.transaction():
        extend(UUID(made.json["id"]), now=NOW)
    read = client.get(f"/v1/care-series/{made.json['id']}", headers=daughter)

    assert (made.status_code, paused.status_code, skipped.status_code, read.status_code) == (201, 201, 200, 200)
    assert made.json["last_on"] == "2026-05-05"
    # domain.md section 5, Series: 7 of 10; the first four lie within four weeks
    assert states(read) == [*["requested"] * 4, "planned", "skipped", "paused", "paused", "planned", "planned"]
    assert read.json["occurrences"][6]["state_label"] == "暂停中"
    assert read.json["occurrences"][0]["request_status"] == "submitted"
    assert read.headers["ETag"] == f'"v{read.json["version"]}"'


@pytest.mark.feature("R8")
def test_ending_is_told_date_by_date_and_only_once(client, daughter, town):
    made = ask(client, daughter, town)

    ended = post(client, daughter, made, "ending", {"reason": "not_needed"}, version='"v1"')
    again = post(client, daughter, made, "ending", {"reason": "not_needed"}, version='"v2"')

    assert (ended.status_code, ended.json["status"], set(states(ended))) == (200, "ended", {"ended"})
    assert (again.status_code, again.json["code"]) == (409, "care-series-ended")


def test_a_pause_is_ended_and_its_dates_come_back(client, daughter, town):
    made = ask(client, daughter, town)
    paused = post(client, daughter, made, "pauses", {"from_on": "2026-03-03", "reason": "away"})
    path = f"pauses/{paused.json['pauses'][0]['id']}/ending"

    ended = post(client, daughter, made, path, {"on": "2026-03-10"}, version='"v2"')
    again = post(client, daughter, made, path, {"on": "2026-03-10"}, version='"v3"')

    assert set(states(paused)) == {"paused"}
    assert states(ended) == ["paused", *["planned"] * 9]
    assert (again.status_code, again.json["code"]) == (404, "series-pause-not-found")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rrule": "FREQ=DAILY;COUNT=10000"}, "rrule"),
        ({"rrule": "FREQ=SECONDLY;COUNT=2"}, "rrule"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20290101"}, "rrule"),
        ({"rrule": "FREQ=MONTHLY;UNTIL=20250101"}, "rrule"),
        ({"from_time": "16:00", "to_time": "14:00"}, "to_time"),
        ({"from_time": "25:00"}, "from_time"),
        ({"starts_on": "2026-02-01"}, "starts_on"),
        ({"channel": "phone"}, "channel"),
        ({"carers_needed": 3}, "carers_needed"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_cannot_be_is_422_and_named(client, daughter, town, changes, field):
    refused = ask(client, daughter, town, **changes)

    assert (refused.status_code, list(refused.json["fields"])) == (422, [field])


def test_the_same_key_asks_once_and_another_body_is_refused(client, daughter, town):
    first, again = (ask(client, daughter, town, key="k1") for _ in range(2))
    other = ask(client, daughter, town, key="k1", starts_on="2026-03-10")

    assert first.json == again.json
    assert other.status_code == 422
    assert len(client.get("/v1/care-series", headers=daughter).json["items"]) == 1


def test_a_change_needs_the_version_that_was_read(client, daughter, town):
    made = ask(client, daughter, town)
    skip = {"on": "2026-04-07", "kind": "skip"}

    blind = post(client, daughter, made, "exceptions", skip)
    stale = post(client, daughter, made, "exceptions", skip, version='"v9"')

    assert (blind.status_code, stale.status_code) == (428, 412)


@pytest.mark.feature("R8")
@pytest.mark.parametrize(
    ("role", "scope", "asked", "changed"),
    [
        ("operator", {"area": AREA}, 201, 200),
        ("community_worker", {"area": AREA}, 201, 403),
        ("district_officer", {"area": "120198"}, 403, 200),
        ("operator", {"area": "120199"}, 404, 404),
        ("planner", {"area": "120198"}, 403, 403),
    ],
)
def test_roles_and_areas(client, daughter, town, role, scope, asked, changed):
    made = ask(client, daughter, town)
    somebody = sign_in(client, role=role, **scope)
    spoken = {"channel": "phone", "on_behalf_of": "女儿"} if role == "operator" else {}

    own = ask(client, somebody, town, from_time="08:00", to_time="09:00", **spoken)
    ended = post(client, somebody, made, "ending", {"reason": "not_needed"}, version='"v1"')

    assert (own.status_code, ended.status_code) == (asked, changed)
    if changed == 403 and role == "community_worker":
        assert ended.json["code"] == "care-series-not-yours"


def test_lists_are_paged_newest_first_and_each_look_leaves_a_line(client, daughter, town):
    for hour in (8, 10, 12):
        ask(client, daughter, town, from_time=f"{hour:02}:00", to_time=f"{hour + 1:02}:00")
    before = len(lines_of(town.elder_id))

    page = client.get("/v1/care-series?limit=2", headers=daughter)
    rest = client.get(f"/v1/care-series?limit=2&cursor={page.json['next_cursor']}", headers=daughter)
    none = client.get("/v1/care-series?status=ended", headers=daughter)

    ids = [each["id"] for reply in (page, rest) for each in reply.json["items"]]
    assert (len(set(ids)), none.json["items"]) == (3, [])
    assert lines_of(town.elder_id)[before:] == ["GET /v1/care-series"] * 2


def lines_of(elder_id) -> list[str]:
    with storage.reading():
        return [line.route for line in journal.find_access_lines(elder_id)]
