"""Changing a plan by hand over HTTP: asked, made, blocked, taken back; who was first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch import clock, storage, streets
from dispatch.api import plan_changes
from dispatch.assignment.operations.changing import standing
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of, sign_in
from tests.factories.doing import as_coordinator
from tests.factories.elders import elder_record, put_elders
from tests.factories.plan_calls import change, look, post, stands
from tests.factories.plans import accept, propose
from tests.worlds.tiny_day import point_ll
from tests.worlds.two_baths import MORNING, make_two_baths


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    put_network(app)
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING)
    with storage.transaction():
        return make_two_baths()


@pytest.fixture
def coordinator(app, town):
    with storage.transaction():
        return headers_of(app, account_id=as_coordinator(app, town, "家").account_id)


@pytest.fixture
def plan_id(town):
    with storage.transaction():
        return propose(organization_id=town.organizations["家"], now=MORNING)


def both(town) -> dict[str, str]:
    """Name the two who can bathe."""
    return {"carer_id": str(town.carers["赵敏"]), "other_carer_id": str(town.carers["周丽"])}


def undo(client, headers, plan_id):
    version = look(client, headers, plan_id)["version"]
    return post(client, headers, f"/v1/plans/{plan_id}/undo", version=version, reason="弄错了")


def pins(client, headers, plan_id) -> dict[str, str]:
    """Give for each visit that is pinned its start."""
    tours = look(client, headers, plan_id)["tours"]
    return {stop["visit_id"]: stop["start_at"] for tour in tours for stop in tour["stops"] if stop["is_pinned"]}


def test_who_can_take_a_visit_and_why_not_the_others(client, coordinator, town, plan_id):
    visit_id = town.bath.visit_ids[0]

    found = client.get(f"/v1/plans/{plan_id}/visits/{visit_id}/carers", headers=coordinator).json

    assert {name for option in found["options"] for name in option["names"]} == {"赵敏", "周丽"}
    [refused] = found["others"]
    assert (refused["name"], refused["code"], refused["text"]) == ("马兰", "no_skill", "马兰没有搬抬资格")
    assert found["nobody"] is None


def test_streets_are_searched_once_however_often_a_plan_is_laid_out(client, coordinator, town, plan_id, monkeypatch):
    visit_id, searched, search = str(town.bath.visit_ids[0]), [], streets.travel_lengths

    def counted(*args, **options):
        found = search(*args, **options)
        searched.append(found.searched)
        return found

    monkeypatch.setattr(streets, "travel_lengths", counted)
    for _ in range(2):
        standing._KEPT.clear()
        client.get(f"/v1/plans/{plan_id}/visits/{visit_id}/carers", headers=coordinator)
        change(client, coordinator, plan_id, kind="pin", visit_id=visit_id)
        client.get(f"/v1/plans/{plan_id}/visits/{visit_id}/carers", headers=coordinator)

    assert len(searched) == 2
    assert searched[1] == 0


@pytest.fixture
def gathered(monkeypatch):
    """How often a day's rows were read to lay a plan out."""
    found, gather = [], standing.gather_day

    def counted(*args, **options):
        found.append(args)
        return gather(*args, **options)

    monkeypatch.setattr(standing, "gather_day", counted)
    return found


def answers(client, headers, town, plan_id) -> list:
    """Ask about everything: who can, and what moves, a swap, a pin and a removal would do."""
    found = []
    for first, second in ((town.bath, town.other), (town.other, town.bath)):
        for visit_id, other_id in zip(map(str, first.visit_ids), map(str, second.visit_ids), strict=True):
            found.append(client.get(f"/v1/plans/{plan_id}/visits/{visit_id}/carers", headers=headers).json)
            wishes = [{"kind": kind} for kind in ("pin", "unpin", "leave_out", "add")]
            wishes.append({"kind": "move", "start_at": "2026-03-31T14:45:00+08:00"})
            wishes.append({"kind": "swap", "other_visit_id": other_id})
            wishes.append({"kind": "move", "carer_id": str(town.carers["周丽"])})
            path = f"/v1/plans/{plan_id}/check"
            found += [post(client, headers, path, visit_id=visit_id, **each).json for each in wishes]
    return found


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "pin"},
        {"kind": "move", "start_at": "2026-03-31T15:00:00+08:00"},
        {"kind": "split", "start_at": "2026-03-31T14:30:00+08:00", "other_start_at": "2026-03-31T15:00:00+08:00"},
        {"kind": "leave_out"},
        {"kind": "undo"},
    ],
    ids=lambda body: body["kind"],
)
def test_a_changed_plan_is_known_at_once_and_as_if_it_were_laid_out_anew(
    client, coordinator, town, plan_id, gathered, body
):
    kept, visit_id = standing._KEPT, str(town.bath.visit_ids[0])
    if body["kind"] == "undo":
        change(client, coordinator, plan_id, kind="move", visit_id=visit_id, start_at="2026-03-31T15:00:00+08:00")
    first = answers(client, coordinator, town, plan_id)
    before = dict(kept)
    if body["kind"] == "undo":
        version = look(client, coordinator, plan_id)["version"]
        made = post(client, coordinator, f"/v1/plans/{plan_id}/undo", version=version, reason="弄错了")
    else:
        made = change(client, coordinator, plan_id, visit_id=visit_id, **body)

    here = answers(client, coordinator, town, plan_id)
    kept.update(before)
    elsewhere = answers(client, coordinator, town, plan_id)
    reads = len(gathered)
    kept.clear()
    anew = answers(client, coordinator, town, plan_id)

    assert made.status_code == 201
    assert (reads, len(gathered)) == (1, 2)
    assert here == elsewhere == anew
    assert here != first


def test_what_lies_behind_a_plan_is_read_again_after_a_minute_and_its_ways_are_not(
    client, coordinator, town, plan_id, gathered, monkeypatch
):
    standing._KEPT.clear()  # plans of other tests have the same ways
    measured, measure = [], streets.travel_lengths
    monkeypatch.setattr(
        streets, "travel_lengths", lambda *args, **options: measured.append(1) or measure(*args, **options)
    )
    body = {"kind": "pin", "visit_id": str(town.bath.visit_ids[0])}
    post(client, coordinator, f"/v1/plans/{plan_id}/check", **body)
    change(client, coordinator, plan_id, **body)
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING + timedelta(seconds=61))

    again = post(client, coordinator, f"/v1/plans/{plan_id}/check", **body)

    assert again.status_code == 200
    assert (len(gathered), len(measured)) == (2, 1)


def test_a_visit_that_arrives_is_known_to_the_next_question(client, coordinator, town, plan_id, gathered):
    post(client, coordinator, f"/v1/plans/{plan_id}/check", kind="pin", visit_id=str(town.bath.visit_ids[0]))
    with storage.transaction():
        late = town.assign(town.ask("bathing_home", window=("17:00", "18:00")), "家")

    found = post(client, coordinator, f"/v1/plans/{plan_id}/check", kind="add", visit_id=str(late.visit_ids[0]))

    assert found.status_code == 200
    assert len(gathered) == 2


def test_a_change_that_is_not_kept_is_not_known(client, coordinator, town, plan_id, monkeypatch):
    body = {"kind": "leave_out", "visit_id": str(town.bath.visit_ids[0])}
    before = answers(client, coordinator, town, plan_id)
    version = look(client, coordinator, plan_id)["version"]
    with monkeypatch.context() as patched:
        patched.setattr(plan_changes, "is_test", lambda: True)
        with storage.nothing_kept():
            tried = change(client, coordinator, plan_id, **body)

    assert (tried.status_code, tried.json["plan"]["version"]) == (201, version + 1)
    assert change(client, coordinator, plan_id, kind="pin", visit_id=str(town.other.visit_ids[0])).status_code == 201
    after = answers(client, coordinator, town, plan_id)
    assert [each["version"] for each in after] == [version + 1] * len(before)
    assert look(client, coordinator, plan_id)["unplanned"] == []
    assert after[0]["options"] == before[0]["options"]


def test_a_blocked_move_names_its_rule_and_changes_nothing(client, coordinator, town, plan_id):
    visit_id = str(town.bath.visit_ids[0])
    before = look(client, coordinator, plan_id)
    body = {"kind": "move", "visit_id": visit_id, "carer_id": str(town.carers["马兰"])}

    checked = post(client, coordinator, f"/v1/plans/{plan_id}/check", **body)
    made = change(client, coordinator, plan_id, **body)

    assert (checked.status_code, checked.json["is_allowed"]) == (200, False)
    assert checked.json["blocked"]["text"] == "马兰没有搬抬资格"
    assert (made.status_code, made.json["code"]) == (409, "plan-change-blocked")
    assert made.json["detail"].startswith("马兰没有搬抬资格")
    assert look(client, coordinator, plan_id) == before


@pytest.mark.parametrize("is_pinned", [True, False])
@pytest.mark.parametrize(("begins", "ends"), [("14:15", "15:15"), ("14:50", "15:50")])
def test_a_carer_who_is_busy_then_is_named_with_the_hours(client, coordinator, town, begins, ends, is_pinned):
    with storage.transaction():
        [elder_id] = put_elders(elder_record(name="王五", point_ll=point_ll(1200, 500)))
        third = town.assign(town.ask("bathing_home", elder_id=elder_id, window=("12:00", "16:00")), "家")
    with storage.transaction():
        plan_id = propose(organization_id=town.organizations["家"], now=MORNING)
    bath, at = str(town.bath.visit_ids[0]), f"2026-03-31T{begins}:00+08:00"
    made = [change(client, coordinator, plan_id, kind="move", visit_id=bath, start_at=at)]
    made += [] if is_pinned else [change(client, coordinator, plan_id, kind="unpin", visit_id=bath)]
    third_id = str(third.visit_ids[0])
    body = {"kind": "move", "visit_id": third_id, "start_at": "2026-03-31T14:30:00+08:00"}

    checked = post(client, coordinator, f"/v1/plans/{plan_id}/check", **body).json

    assert {each.status_code for each in made} == {201}
    assert not checked["is_allowed"]
    blocked, names = checked["blocked"], {str(carer_id): name for name, carer_id in town.carers.items()}
    assert blocked["text"] == f"{names[blocked['carer_id']]} {begins}–{ends} 已有上门"
    assert (blocked["visit_id"], blocked["remedy"]) != (third_id, "pin_lifted")  # it is not pinned


@pytest.mark.feature("S7")
def test_a_pair_moves_together_and_the_change_is_kept_with_user_and_reason(client, coordinator, town, plan_id):
    first, second = map(str, town.bath.visit_ids)
    body = {"kind": "move", "visit_id": first, "start_at": "2026-03-31T15:00:00+08:00"}

    checked = post(client, coordinator, f"/v1/plans/{plan_id}/check", **body).json
    made = change(client, coordinator, plan_id, **body)

    after = stands(client, coordinator, plan_id)
    assert checked["is_allowed"]
    assert {each["visit_id"] for each in checked["moved"]} == {first, second}
    assert made.status_code == 201
    assert {after[first][1], after[second][1]} == {"2026-03-31T07:00:00+00:00"}
    [kept] = client.get(f"/v1/plans/{plan_id}/changes", headers=coordinator).json["items"]
    assert (kept["kind"], kept["reason"], kept["is_undone"]) == ("move", "老人来电", False)
    assert kept["by"] is not None
    assert {each["visit_id"] for each in kept["effect"]["moved"]} == {first, second}


def test_undo_puts_back_what_stood_and_both_stay_in_the_list(client, coordinator, town, plan_id):
    before = stands(client, coordinator, plan_id)
    change(client, coordinator, plan_id, kind="leave_out", visit_id=str(town.bath.visit_ids[0]))
    without = stands(client, coordinator, plan_id)
    version = look(client, coordinator, plan_id)["version"]

    undone = post(client, coordinator, f"/v1/plans/{plan_id}/undo", version=version, reason="弄错了")
    again = post(client, coordinator, f"/v1/plans/{plan_id}/undo", version=version + 1, reason="再撤")

    assert undone.status_code == 201
    assert set(before) - set(without) == set(map(str, town.bath.visit_ids))
    assert stands(client, coordinator, plan_id) == before
    kept = client.get(f"/v1/plans/{plan_id}/changes", headers=coordinator).json["items"]
    assert [(each["kind"], each["is_undone"]) for each in kept] == [("leave_out", True), ("undo", False)]
    assert (again.status_code, again.json["code"]) == (409, "nothing-to-undo")


@pytest.mark.parametrize("body", [{"kind": "unpin"}, {"kind": "move", "start_at": "2026-03-31T14:45:00+08:00"}])
def test_undo_puts_pins_back(client, coordinator, town, plan_id, body):
    bath = {"visit_id": str(town.bath.visit_ids[0])}
    change(client, coordinator, plan_id, kind="move", start_at="2026-03-31T14:15:00+08:00", **bath)
    before = pins(client, coordinator, plan_id)
    changed = change(client, coordinator, plan_id, **body, **bath)
    between = pins(client, coordinator, plan_id)

    undone = [undo(client, coordinator, plan_id)]
    once = pins(client, coordinator, plan_id)
    undone.append(undo(client, coordinator, plan_id))

    assert changed.status_code == 201
    assert [each.status_code for each in undone] == [201, 201]
    assert between != before == once == dict.fromkeys(map(str, town.bath.visit_ids), "2026-03-31T06:15:00+00:00")
    assert pins(client, coordinator, plan_id) == {}


def test_what_was_left_out_is_unplanned_and_can_be_added_again(client, coordinator, town, plan_id):
    visit_id = str(town.bath.visit_ids[0])
    change(client, coordinator, plan_id, kind="leave_out", visit_id=visit_id)
    out = look(client, coordinator, plan_id)["unplanned"]

    added = change(client, coordinator, plan_id, kind="add", visit_id=visit_id)

    assert {each["visit_id"] for each in out} == set(map(str, town.bath.visit_ids))
    assert {(each["code"], each["text"], each["change_text"]) for each in out} == {
        ("has_place", "有空位，没有排进去", "有空位，直接加进来")
    }
    assert added.status_code == 201
    assert look(client, coordinator, plan_id)["unplanned"] == []


def test_a_newly_arrived_visit_is_added(client, coordinator, town, plan_id):
    with storage.transaction():
        [elder_id] = put_elders(elder_record(name="王五", point_ll=point_ll(1200, 500)))
        late = town.assign(town.ask("bathing_home", elder_id=elder_id, window=("12:00", "14:00")), "家")
    change(client, coordinator, plan_id, kind="pin", visit_id=str(town.bath.visit_ids[0]))

    added = change(client, coordinator, plan_id, kind="add", visit_id=str(late.visit_ids[0]), **both(town))

    assert added.status_code == 201
    assert set(map(str, late.visit_ids)) <= set(stands(client, coordinator, plan_id))


def test_split_lets_the_two_come_one_after_the_other(client, coordinator, town, plan_id):
    first, second = map(str, town.bath.visit_ids)
    at, later = "2026-03-31T14:30:00+08:00", "2026-03-31T15:00:00+08:00"

    made = change(client, coordinator, plan_id, kind="split", visit_id=first, start_at=at, other_start_at=later)
    pinned = change(client, coordinator, plan_id, kind="pin", visit_id=str(town.other.visit_ids[0]))

    after = stands(client, coordinator, plan_id)
    assert (made.status_code, pinned.status_code) == (201, 201)
    assert [after[each][1] for each in (first, second)] == ["2026-03-31T06:30:00+00:00", "2026-03-31T07:00:00+00:00"]


def test_what_was_held_by_hand_and_signed_stands_in_the_next_plan_too(client, coordinator, town, plan_id):
    held = [*map(str, town.bath.visit_ids), str(town.other.visit_ids[0])]
    at, later = "2026-03-31T14:30:00+08:00", "2026-03-31T15:00:00+08:00"
    split = change(client, coordinator, plan_id, kind="split", visit_id=held[0], start_at=at, other_start_at=later)
    pinned = change(client, coordinator, plan_id, kind="pin", visit_id=held[2])
    before = stands(client, coordinator, plan_id)

    version = look(client, coordinator, plan_id)["version"]
    signed = post(client, coordinator, f"/v1/plans/{plan_id}/acceptance", version=version)
    with storage.transaction():
        anew = propose(organization_id=town.organizations["家"], now=MORNING + timedelta(minutes=5))

    assert [each.status_code for each in (split, pinned, signed)] == [201, 201, 200]
    after = stands(client, coordinator, anew)
    assert [after[each] for each in held] == [before[each] for each in held]
    tours = look(client, coordinator, anew)["tours"]
    pins = {stop["visit_id"] for tour in tours for stop in tour["stops"] if stop["is_pinned"]}
    assert pins >= set(held)


def test_who_comes_second_is_told_who_was_first(client, coordinator, town, plan_id):
    officer = sign_in(client, role="district_officer", area="120198")
    version = look(client, coordinator, plan_id)["version"]
    body = {"kind": "pin", "visit_id": str(town.bath.visit_ids[0])}

    first = change(client, officer, plan_id, version=version, **body)
    second = change(client, coordinator, plan_id, version=version, **body)

    assert (first.status_code, second.status_code, second.json["code"]) == (201, 409, "plan-changed")
    assert second.json["facts"]["version"] == version + 1
    assert second.json["facts"]["by_name"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "move"}, 422, "invalid-plan-change"),
        ({"kind": "swap"}, 422, "invalid-plan-change"),
        ({"kind": "split"}, 422, "invalid-plan-change"),
        ({"kind": "undo"}, 422, "invalid"),
        ({"kind": "move", "start_at": "2026-03-31T10:00:30+08:00"}, 422, "invalid-plan-change"),
        ({"kind": "move", "start_at": "2026-03-30T10:00:00+08:00"}, 422, "invalid-plan-change"),
        ({"kind": "move", "carer_id": "01980000-0000-7000-8000-000000000001"}, 422, "invalid-plan-change"),
        ({"kind": "pin", "visit_id": "01980000-0000-7000-8000-000000000001"}, 404, "visit-not-found"),
    ],
)
def test_a_change_that_lacks_something_is_named(client, coordinator, town, plan_id, body, status, code):
    reply = post(client, coordinator, f"/v1/plans/{plan_id}/check", **{"visit_id": str(town.bath.visit_ids[0])} | body)

    assert (reply.status_code, reply.json["code"]) == (status, code)


def test_a_signed_plan_is_not_changed_by_hand(client, coordinator, town, plan_id):
    with storage.transaction():
        accept(plan_id, now=MORNING)

    reply = change(client, coordinator, plan_id, kind="pin", visit_id=str(town.bath.visit_ids[0]))

    assert (reply.status_code, reply.json["code"]) == (409, "illegal-plan-move")
    assert reply.json["facts"]["allowed"] == ["superseded"]
    assert reply.json["detail"] == "计划已确认，已下发。可以补救，或重新编排这一天。"
