"""The state machine of care requests as data: legal moves, the way back from the journal, and wishes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import intake
from dispatch.actor import Role
from dispatch.intake import Channel, RequestState, RequestStatus, RequestWish
from dispatch.journal import START, Entry
from dispatch.words import Words

S = RequestStatus
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)  # noon in Tianjin
WISH = RequestWish(
    id=None,
    elder_id=UUID(int=1),
    service_code="bathing_home",
    window_from_at=NOW + timedelta(hours=2),
    window_to_at=NOW + timedelta(hours=4),
)
FAMILY = frozenset({Role.FAMILY})
# domain.md section 2, table of care_request, written out by hand: from → to
TABLE = {
    S.DRAFT: {S.SUBMITTED, S.CANCELED, S.VOIDED},
    S.SUBMITTED: {S.OFFERED, S.ACCEPTED, S.UNMATCHED, S.ON_HOLD, S.CANCELED, S.VOIDED},
    S.OFFERED: {S.OFFERED, S.ACCEPTED, S.UNMATCHED, S.ON_HOLD, S.CANCELED, S.VOIDED},
    S.ACCEPTED: {S.SCHEDULED, S.SUBMITTED, S.ON_HOLD, S.CANCELED, S.VOIDED},
    S.SCHEDULED: {S.ACCEPTED, S.IN_PROGRESS, S.FAILED, S.SUBMITTED, S.ON_HOLD, S.CANCELED, S.VOIDED},
    S.IN_PROGRESS: {S.COMPLETED, S.FAILED, S.VOIDED},
    S.COMPLETED: {S.VOIDED},
    S.FAILED: {S.VOIDED},
    S.UNMATCHED: {S.SUBMITTED, S.VOIDED},
    S.CANCELED: {S.VOIDED},
    S.VOIDED: set(),
}
HOLDABLE = (S.SUBMITTED, S.OFFERED, S.ACCEPTED, S.SCHEDULED)


def _judge(state: RequestState, to: S, roles=None):
    return intake.judge_move(state, to=to, roles=roles)


@pytest.mark.feature("R2")
@pytest.mark.parametrize("before", TABLE)
def test_moves_are_those_of_the_table_and_no_others(before):
    legal = {to for to in S if _judge(RequestState(before), to).move}

    assert legal == TABLE[before]


@pytest.mark.feature("R2")
@pytest.mark.parametrize("before", [*TABLE, S.ON_HOLD])
def test_an_illegal_move_names_the_allowed_ones(before):
    state = RequestState(before, S.SUBMITTED if before is S.ON_HOLD else None)

    decision = _judge(state, S.DRAFT)

    assert decision.move is None
    assert set(decision.allowed) == (TABLE | {S.ON_HOLD: {S.SUBMITTED, S.CANCELED, S.VOIDED}})[before]


@pytest.mark.parametrize("before", HOLDABLE)
def test_a_hold_goes_back_to_the_state_before_and_nowhere_else(before):
    held = intake.state_after(RequestState(before), to=S.ON_HOLD)

    back = {to for to in HOLDABLE if _judge(held, to).move}

    assert held == RequestState(S.ON_HOLD, before)
    assert back == {before}


@pytest.mark.parametrize(
    ("before", "to", "roles"),
    [
        (S.DRAFT, S.SUBMITTED, {Role.ELDER, Role.FAMILY, Role.OPERATOR, Role.COMMUNITY_WORKER}),
        (S.SUBMITTED, S.OFFERED, {Role.DISTRICT_OFFICER}),
        (S.SUBMITTED, S.ACCEPTED, {Role.COORDINATOR, Role.DISTRICT_OFFICER}),
        (S.SUBMITTED, S.UNMATCHED, set()),
        (S.ACCEPTED, S.SCHEDULED, {Role.COORDINATOR}),
        (S.SCHEDULED, S.IN_PROGRESS, {Role.CARER, Role.COORDINATOR}),
        (S.IN_PROGRESS, S.FAILED, {Role.CARER, Role.COORDINATOR}),
        (S.ACCEPTED, S.SUBMITTED, {Role.COORDINATOR}),
        (S.UNMATCHED, S.SUBMITTED, {Role.DISTRICT_OFFICER}),
        (
            S.SCHEDULED,
            S.CANCELED,
            {Role.ELDER, Role.FAMILY, Role.OPERATOR, Role.COMMUNITY_WORKER, Role.DISTRICT_OFFICER},
        ),
        (S.COMPLETED, S.VOIDED, {Role.DISTRICT_OFFICER}),
    ],
)
def test_each_move_is_open_to_the_roles_of_the_table_and_to_the_system(before, to, roles):
    allowed = {role for role in Role if _judge(RequestState(before), to, frozenset({role})).is_open_to_roles}

    assert allowed == roles
    assert _judge(RequestState(before), to, None).is_open_to_roles


def _entry(kind: str, before: S | None, to: S) -> Entry:
    facts = {"from_status": before and before.value, "to_status": to.value}
    return Entry(cursor=START, kind=kind, at=NOW, actor_id=None, subject_id="r", reason=None, facts=facts)


@pytest.mark.feature("R2")
@given(wishes=st.lists(st.sampled_from(S), max_size=40))
def test_whatever_is_tried_the_journal_rebuilds_the_state(wishes):
    state = RequestState(S.SUBMITTED)
    entries = [_entry("care_request.submitted", None, S.SUBMITTED)]

    for to in wishes:
        move = _judge(state, to).move
        if move is None:
            continue  # refused: nothing happened, nothing is written
        entries.append(_entry(move.kind, state.status, to))
        state = intake.state_after(state, to=to)

    assert intake.rebuild_state(entries) == state


def test_a_journal_with_a_hole_is_noticed():
    whole = [
        _entry("care_request.submitted", None, S.SUBMITTED),
        _entry("care_request.accepted", S.SUBMITTED, S.ACCEPTED),
        _entry("care_request.scheduled", S.ACCEPTED, S.SCHEDULED),
    ]

    with pytest.raises(ValueError, match="starts from accepted"):
        intake.rebuild_state([whole[0], whole[2]])


def test_an_entry_of_the_wrong_kind_is_noticed():
    with pytest.raises(ValueError, match="no move of the state machine"):
        intake.rebuild_state(
            [_entry("care_request.submitted", None, S.SUBMITTED), _entry("offer.made", S.SUBMITTED, S.ACCEPTED)]
        )


@pytest.mark.parametrize(
    ("local", "period"),
    [("10:59", "morning"), ("11:00", "noon"), ("15:59", "noon"), ("16:00", "evening"), ("00:10", "morning")],
)
def test_the_period_follows_from_the_local_hour_at_which_the_window_begins(local, period):
    at = datetime.fromisoformat(f"2026-04-01T{local}:00+08:00").astimezone(UTC)

    assert intake.derive_period(at, zone=ZONE) == period


def _faults(roles=FAMILY, **changes):
    return intake.find_faults(replace(WISH, **changes), roles=roles, now=NOW)


def test_a_sound_wish_has_no_faults():
    assert _faults() == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"window_to_at": WISH.window_from_at}, "window_to_at"),
        ({"window_to_at": WISH.window_from_at + timedelta(days=7, seconds=1)}, "window_to_at"),
        ({"window_from_at": NOW - timedelta(hours=3), "window_to_at": NOW}, "window_to_at"),
        (
            {"window_from_at": NOW + timedelta(days=60, hours=1), "window_to_at": NOW + timedelta(days=60, hours=2)},
            "window_from_at",
        ),
        ({"channel": Channel.PHONE}, "channel"),
    ],
)
def test_a_window_or_channel_that_cannot_be_is_named_in_both_languages(changes, field):
    faults = _faults(**changes)

    assert list(faults) == [field]
    assert all(isinstance(word, Words) and word.zh and word.en for word in faults[field])


def test_the_system_may_enter_the_past():
    assert (
        _faults(roles=None, window_from_at=NOW - timedelta(days=3), window_to_at=NOW - timedelta(days=3, hours=-1))
        == {}
    )


@pytest.mark.feature("R1")
@pytest.mark.parametrize(
    ("channel", "on_behalf_of", "faulty"),
    [
        (Channel.PHONE, "女儿", []),
        (Channel.PHONE, None, ["on_behalf_of"]),
        (Channel.PHONE, "  ", ["on_behalf_of"]),
        (None, "女儿", ["channel"]),
        (Channel.APP, "女儿", ["channel"]),
    ],
)
def test_an_operator_says_phone_and_on_whose_behalf(channel, on_behalf_of, faulty):
    faults = _faults(roles=frozenset({Role.OPERATOR}), channel=channel, on_behalf_of=on_behalf_of)

    assert list(faults) == faulty
