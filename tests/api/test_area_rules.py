"""Officers set the rules of their own areas; what stood before stays readable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dispatch import areas, clock, journal, storage
from dispatch.visits import VisitMode
from tests.factories.accounts import sign_in
from tests.factories.elders import put_places

AREA, ELSEWHERE = "120198", "120199"
MODES = f"/v1/areas/{AREA}/rules/visit.modes"
WISH = {"value": ["door", "phone_call"], "valid_from": "2026-03-01", "clause": "004 二(二)5"}


@pytest.fixture
def officer(client):
    with storage.transaction():
        put_places(f"{AREA}001001", f"{ELSEWHERE}001001")
    return sign_in(client, role="district_officer", area=AREA)


def _rules(client, code=AREA, **query):
    return client.get(f"/v1/areas/{code}/rules", query_string=query).json["items"]


def test_a_rule_decides_for_all_below_and_for_nobody_beside(client, officer):
    reply = client.put(MODES, headers=officer, json=WISH)

    assert reply.status_code == 200
    assert reply.json["value"] == ["door", "phone_call"]
    below = client.get(f"/v1/areas/{AREA}001001").json["rules"]
    assert [(rule["rule_key"], rule["area_code"], rule["value"]) for rule in below] == [
        ("visit.modes", AREA, ["door", "phone_call"])
    ]
    assert client.get(f"/v1/areas/{ELSEWHERE}001001").json["rules"] == []


@pytest.mark.usefixtures("officer")
def test_a_change_supersedes_and_the_past_stays_known(client, monkeypatch):
    first_at = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "utc_now", lambda: first_at)
    headers = sign_in(client, role="district_officer", area=AREA)
    client.put(MODES, headers=headers, json=WISH)
    monkeypatch.setattr(clock, "utc_now", lambda: first_at + timedelta(minutes=5))

    client.put(MODES, headers=headers, json=WISH | {"value": ["door"]})

    assert [rule["value"] for rule in _rules(client)] == [["door"]]
    known = _rules(client, known_at=(first_at + timedelta(minutes=1)).isoformat())
    assert [rule["value"] for rule in known] == [["door", "phone_call"]]
    assert known[0]["superseded_at"] is not None
    with storage.reading():
        told = [each.facts["value"] for each in journal.find_entries(AREA) if each.kind == "area_rule.changed"]
    assert told == [["door", "phone_call"], ["door"]]


def test_the_same_rule_again_changes_nothing(client, officer):
    first = client.put(MODES, headers=officer, json=WISH)

    again = client.put(MODES, headers=officer, json=WISH)

    assert again.json == first.json


def test_a_later_rule_ends_the_one_before(client, officer):
    client.put(MODES, headers=officer, json=WISH)

    client.put(MODES, headers=officer, json=WISH | {"value": ["door"], "valid_from": "2026-05-01"})

    assert [(rule["valid_from"], rule["valid_to"]) for rule in _rules(client)] == [
        ("2026-03-01", "2026-05-01"),
        ("2026-05-01", None),
    ]


@pytest.mark.parametrize(
    ("key", "change", "field"),
    [
        ("visit.modes", {"value": []}, "value"),
        ("visit.modes", {"value": ["telegram"]}, "value"),
        ("visit.modes", {"value": ["door", "door"]}, "value"),
        ("visit.modes", {"value": 5}, "value"),
        ("visit.modes", {"value": None}, "value"),
        ("assessment.validity_months", {"value": 0}, "value"),
        ("assessment.validity_months", {"value": 61}, "value"),
        ("assessment.validity_months", {"value": True}, "value"),
        ("assessment.validity_months", {"value": "12"}, "value"),
        ("visit.color", {}, "rule_key"),
        ("visit.modes", {"valid_to": "2026-03-01"}, "valid_to"),
    ],
)
def test_what_cannot_be_a_rule_is_told_with_what_can(client, officer, key, change, field):
    reply = client.put(f"/v1/areas/{AREA}/rules/{key}", headers=officer, json=WISH | change)

    assert reply.status_code == 422
    assert field in str(reply.json["fields"])
    assert _rules(client) == []


@pytest.mark.parametrize("code", [ELSEWHERE, "12", "999999", "not-a-code"])
def test_an_area_that_is_not_the_officers_is_not_there(client, officer, code):
    reply = client.put(f"/v1/areas/{code}/rules/visit.modes", headers=officer, json=WISH)

    assert (reply.status_code, reply.json["code"]) == (404, "area-not-found")


def test_drafts_are_listed_and_decide_nothing(client, officer):
    client.put(MODES, headers=officer, json=WISH | {"status": "draft"})

    assert [rule["status"] for rule in _rules(client)] == ["draft"]
    assert client.get(f"/v1/areas/{AREA}").json["rules"] == []


def test_the_modes_are_those_of_visits():
    assert set(areas.MODES) == set(VisitMode)
