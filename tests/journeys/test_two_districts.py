"""Two districts on one server: what one changes in its rules leaves every answer of the other byte for byte."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.orm import Session

from dispatch import clock, storage
from dispatch.storage.engine import database
from tests.factories.accounts import sign_in
from tests.journeys.conftest import LOADED_AT

pytestmark = [pytest.mark.feature("Z6"), pytest.mark.usefixtures("network")]

CHANGED, OTHER = "120198", "120199"
ROLES = ("district_officer", "planner", "operator", "community_worker")
ANSWER_HEADERS = ("ETag", "Content-Type", "Content-Language")


@pytest.fixture
def caller(seeded, monkeypatch):
    """A caller of the application with the made-up districts; whatever it changes is undone."""
    monkeypatch.setattr(clock, "utc_now", lambda: LOADED_AT)
    with seeded.app_context(), storage.engine().connect() as connection:
        outer = connection.begin()
        database.session.registry.set(
            Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        )
        yield seeded.test_client()
        database.session.registry().close()
        outer.rollback()
        database.session.registry.clear()


@pytest.fixture
def answers(caller):
    """Ask a district everything that can be asked of it, in every role, and give the answers' bytes."""
    headers = {(role, area): sign_in(caller, role=role, area=area) for role in ROLES for area in (CHANGED, OTHER)}

    def ask(area: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for role in ROLES:
            for path in [*_questions(area), *_of_records(caller, area, headers[role, area])]:
                reply = caller.get(path, headers=headers[role, area])
                told = {name: reply.headers.get(name) for name in ANSWER_HEADERS}
                found[f"{role} {path}"] = str(reply.status_code).encode() + json.dumps(told).encode() + reply.data
        return found

    return ask


def _questions(area: str) -> list[str]:
    return [
        f"/v1/areas/{area}",
        f"/v1/areas/{area}/rules",
        f"/v1/areas?parent={area}",
        f"/v1/elders?area={area}&limit=50",
        f"/v1/visits/rate?area={area}&month=2026-03",
        f"/v1/visits/rate?area={area}&month=2026-03&names=true",
        f"/v1/visits/rate?area={area}&month=2026-02",
        f"/v1/category-sets?area={area}",
        f"/v1/care-requests?area={area}&limit=50",
        f"/v1/coverage/areas?area={area}&service=day_care",
        f"/v1/coverage/runs?area={area}&service=day_care",
        f"/v1/sites?area={area}&limit=100",
        "/v1/services?near=117.25,39.15&crs=wgs84&within=30min",
    ]


def _of_records(caller, area: str, headers) -> list[str]:
    people = caller.get(f"/v1/elders?area={area}&limit=8", headers=headers).json.get("items", [])
    parts = ("", "/grade", "/assessments", "/residences", "/categories")
    return [f"/v1/elders/{person['id']}{part}" for person in people if "id" in person for part in parts]


def test_rules_of_one_district_change_nothing_in_another(caller, answers):
    before, own_before = answers(OTHER), answers(CHANGED)
    officer = sign_in(caller, role="district_officer", area=CHANGED)

    rules = [
        caller.put(
            f"/v1/areas/{CHANGED}/rules/{key}", headers=officer, json={"value": value, "valid_from": "2020-01-01"}
        )
        for key, value in (
            ("visit.modes", ["door", "phone_call", "video", "third_party", "site_meeting"]),
            ("assessment.validity_months", 1),
        )
    ]
    category_set = caller.put(
        "/v1/category-sets",
        headers=officer,
        json={
            "area_code": CHANGED,
            "purpose": "visit",
            "status": "adopted",
            "set_key": "one",
            "members": ["living_alone"],
            "valid_from": "2026-01-01",
        },
    )

    assert [reply.status_code for reply in [*rules, category_set]] == [200, 200, 200], category_set.json
    after, own_after = answers(OTHER), answers(CHANGED)
    assert {question for question in before if before[question] != after.get(question)} == set()
    assert after.keys() == before.keys()
    # the check can fail: the district's own answers are others now
    changed = {question for question in own_before if own_before[question] != own_after.get(question)}
    assert f"district_officer /v1/visits/rate?area={CHANGED}&month=2026-03" in changed
    assert f"planner /v1/areas/{CHANGED}/rules" in changed


def test_most_questions_are_answered(answers):
    codes = [answer[:3] for answer in answers(OTHER).values()]

    # roles differ in what they may ask; a walk that is refused everywhere would show nothing
    assert codes.count(b"200") >= 30, {code: codes.count(code) for code in set(codes)}
    assert not any(code.startswith(b"5") for code in codes)
