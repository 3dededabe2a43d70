"""
Every state against every door that moves a request, for every role, as the state machine itself says.

The table is not written here: it is read from `intake.MOVES`, so that a move that is added is tried, too.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import clock, intake, storage
from dispatch.actor import SYSTEM
from tests.api.test_matching import put_network
from tests.factories import offers
from tests.factories.accounts import headers_of, sign_in
from tests.factories.doing import as_carer, finish, start
from tests.factories.intake import NOW, ZONE, local, move, wish
from tests.worlds.tiny_day import AREA, BATH_WINDOW, make_tiny_day

S = intake.RequestStatus
AT_START, AT_END = local("2026-03-31 14:20"), local("2026-03-31 15:20")


class Doors:
    """One request with its town, who comes to it, and the doors through which it is moved."""

    def __init__(self, app, client, town, state: S) -> None:
        self.client, self.town, self.state = client, town, state
        with storage.transaction():
            self.id, self.visit_ids = put_into(town, state)
            carer = as_carer(app, town, "Y")
        home = {"elder_ids": [town.elder_id]}
        self.headers = {
            "elder": sign_in(client, role="elder", **home),
            "family": sign_in(client, role="family", **home),
            "operator": sign_in(client, role="operator", area=AREA),
            "community_worker": sign_in(client, role="community_worker", area=AREA),
            "carer": headers_of(app, account_id=carer.account_id),
            "coordinator": sign_in(client, role="coordinator", organization_id=town.organizations["浴"]),
            "district_officer": sign_in(client, role="district_officer", area=AREA),
            "planner": sign_in(client, role="planner", area=AREA),
            "administrator": sign_in(client, role="administrator"),
        }

    def knock(self, door: str, role: str):
        """Come to a door in a role, with all that it asks for."""
        offer = {"service_at_site_id": str(self.town.offers["浴"])}
        paths = {
            "submission": {"quote_id": str(uuid4())},
            "cancellation": {"reason": "not_needed"},
            "hold": {"reason": "away"},
            "resumption": None,
            "voiding": None,
            "offers": offer,
            "assignment": offer,
            "reopening": None,
            "failure": {"reason": "nobody_came"},
        }
        headers = self.headers[role] | {"Idempotency-Key": uuid4().hex}
        return self.client.post(f"/v1/care-requests/{self.id}/{door}", headers=headers, json=paths[door])


def put_into(town, state: S):
    """Bring a request for a bath into a state, as it would come there; its id and its visits."""
    if state is S.DRAFT:
        asked = wish(town.elder_id, "bathing_home", window=BATH_WINDOW, is_draft=True)
        return intake.draft_request(asked, actor=SYSTEM, now=NOW, zone=ZONE).id, ()
    request_id = town.ask("bathing_home")
    if state is S.OFFERED:
        offers.offer_next(request_id)
    visit_ids = ()
    if state in {S.ACCEPTED, S.SCHEDULED, S.IN_PROGRESS, S.COMPLETED, S.FAILED, S.ON_HOLD}:
        visit_ids = town.assign(request_id, "浴").visit_ids
    if state is S.ACCEPTED:
        intake.lose_carer(visit_ids[0], codes=["no_shift"], now=NOW)
    if state in {S.IN_PROGRESS, S.COMPLETED}:
        for visit_id in visit_ids:
            start(visit_id, at=AT_START)
    if state is S.COMPLETED:
        for visit_id in visit_ids:
            finish(visit_id, at=AT_END)
    if state in {S.FAILED, S.ON_HOLD, S.UNMATCHED, S.CANCELED, S.VOIDED}:
        move(request_id, state, reason="away")
    return request_id, visit_ids


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with its team for baths."""
    put_network(app)
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    return made


# what each door moves a request to, and of which kind the move is; a start and an end are told of the visit
DOORS = {
    "submission": (S.SUBMITTED, "care_request.submitted"),
    "cancellation": (S.CANCELED, "care_request.canceled"),
    "hold": (S.ON_HOLD, "care_request.held"),
    "resumption": (None, "care_request.resumed"),
    "voiding": (S.VOIDED, "care_request.voided"),
    "offers": (S.OFFERED, "offer.made"),
    "assignment": (S.ACCEPTED, "care_request.accepted"),
    "reopening": (S.SUBMITTED, "care_request.reopened"),
    "failure": (S.FAILED, "care_request.failed"),
}
# whom a door is open to at all: the roles of its moves, wherever they begin
OPEN = {
    door: {str(role) for each in intake.MOVES if each.kind == kind for role in each.roles}
    for door, (_, kind) in DOORS.items()
}
OPEN["failure"] |= {"community_worker"}  # who may be the carer of a visit
# who sees a request while nobody serves it, and afterwards
BEFORE = {"elder", "family", "operator", "community_worker", "district_officer"}
SERVING = {*BEFORE, "carer", "coordinator"}


def legal(state: S, door: str) -> set[str]:
    """Give the roles for which the state machine has this move from here; empty where it is illegal."""
    to, kind = DOORS[door]
    return {
        str(role)
        for each in intake.MOVES
        if each.before is state and each.kind == kind and each.after is to
        for role in each.roles
    }


def card_of(request_id) -> intake.RequestCard:
    with storage.reading():
        return intake.get_request(request_id, actor=SYSTEM)


@pytest.mark.feature("R2")
@pytest.mark.parametrize("state", S)
def test_every_illegal_move_is_409_with_the_allowed_states_and_moves_nothing(app, client, town, state):
    doors = Doors(app, client, town, state)
    before = card_of(doors.id)
    seen = SERVING if before.service_at_site_id else BEFORE

    told = {
        (door, role): doors.knock(door, role)
        for door in DOORS
        for role in sorted(OPEN[door] & seen)
        if not legal(state, door)
    }

    wrong = {
        knock: (reply.status_code, reply.json)
        for knock, reply in told.items()
        if reply.status_code != 409 or reply.json["facts"].get("allowed") != [each.value for each in before.next_states]
    }
    assert wrong == {}
    assert told
    assert card_of(doors.id) == before


@pytest.mark.feature("R2")
@pytest.mark.parametrize("state", S)
def test_a_legal_move_is_refused_to_every_other_role_and_moves_nothing(app, client, town, state):
    doors = Doors(app, client, town, state)
    before = card_of(doors.id)

    told = {
        (door, role): doors.knock(door, role).status_code
        for door in DOORS
        for role in doors.headers
        if role not in legal(state, door) and (legal(state, door) or role not in OPEN[door])
    }

    assert {knock: code for knock, code in told.items() if code not in {403, 404}} == {}
    assert card_of(doors.id) == before


@pytest.mark.feature("R2")
@pytest.mark.parametrize(
    ("state", "door"), [(state, door) for state in S for door in DOORS if legal(state, door) and door != "submission"]
)
def test_a_legal_move_is_made_for_the_role_that_may(app, client, town, state, door):
    doors = Doors(app, client, town, state)
    role = min(legal(state, door) - {"community_worker"})  # who changes only what they asked for

    reply = doors.knock(door, role)

    if (state, door) == (S.OFFERED, "offers"):  # there is but one provider in the town, and it is being asked
        assert (reply.status_code, reply.json["code"]) == (409, "offer-open")
        return
    assert reply.status_code in {200, 201}, reply.json
    to = {"resumption": S.SCHEDULED, "assignment": S.SCHEDULED}.get(door, DOORS[door][0])
    assert card_of(doors.id).status is to


@pytest.mark.feature("R2")
def test_neither_assigning_nor_reopening_takes_a_request_off_hold(app, client, town):
    doors = Doors(app, client, town, S.ACCEPTED)
    assert doors.knock("hold", "family").status_code == 200

    refused = [doors.knock(door, "district_officer") for door in ("assignment", "offers", "reopening")]

    assert [reply.status_code for reply in refused] == [409, 409, 409]
    assert {reply.json["code"] for reply in refused} == {"illegal-move"}
    held = card_of(doors.id)
    assert (held.status, held.status_before_hold, held.visit_ids) == (S.ON_HOLD, S.ACCEPTED, tuple(doors.visit_ids))
