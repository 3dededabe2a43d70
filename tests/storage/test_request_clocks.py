"""The clocks of a request in the database: begun, held, resumed, met, dropped, and told of once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dispatch import areas, clock, intake, journal, storage
from dispatch.actor import SYSTEM
from dispatch.intake import Clock, ClockState, HoldReason, RequestStatus, Urgency
from dispatch.intake.models import CareRequestClock, SupervisorTask
from dispatch.jobs.deadlines import fire_due
from tests.factories.areas import put_rule
from tests.factories.intake import NOW, ZONE, clocks_of, local, move, submit, wish
from tests.worlds.tiny_day import AREA, make_tiny_day

S = RequestStatus
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder and one provider of meals."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("食堂", capacity=(10, 10))
        yield made


def asked(town, urgency: Urgency = Urgency.URGENT, **fields) -> intake.RequestCard:
    """Ask on Monday at nine for a meal on Tuesday from 14 to 16."""
    return submit(wish(town.elder_id, "meal_dine_in", urgency=urgency, **fields))


def breaches_told(request_id) -> list[journal.Entry]:
    return [entry for entry in journal.find_entries(request_id) if entry.kind == "care_request.breached"]


def tasks_of(request_id) -> list[tuple[str, str, str | None]]:
    rows = storage.session().scalars(
        sa.select(SupervisorTask).where(SupervisorTask.care_request_id == request_id).order_by(SupervisorTask.kind)
    )
    return [(row.kind, row.status, row.close_reason) for row in rows]


def deadline_at(request_id, clock_: Clock, turn_no: int = 1):
    """Give when the clock's deadline is due, None where it was withdrawn or never set."""
    due = storage.find_due_deadlines(at=NOW + timedelta(days=400), limit=1_000)
    kind = {Clock.ACCEPT: intake.ACCEPT_BREACH, Clock.START: intake.START_BREACH}[clock_]
    return next((one.due_at for one in due if (one.kind, one.key) == (kind, f"{request_id}:{turn_no}")), None)


@pytest.mark.feature("R7")
@pytest.mark.parametrize(
    ("urgency", "accept_due", "start_due"),
    [
        # domain.md 3.6; asked on Monday at 09:00, the window opens on Tuesday at 14:00
        (Urgency.EMERGENCY, "2026-03-30 09:05", "2026-03-31 14:30"),
        (Urgency.URGENT, "2026-03-30 09:30", "2026-03-31 18:00"),
        # by day: four hours, and 48 hours of twelve a day from Tuesday 14:00 on
        (Urgency.SOON, "2026-03-30 13:00", "2026-04-04 14:00"),
        # 11 hours on Monday, 12 on Tuesday, one on Wednesday; to begin in the window
        (Urgency.ROUTINE, "2026-04-01 09:00", "2026-03-31 16:00"),
    ],
)
def test_each_urgency_has_its_clocks(town, urgency, accept_due, start_due):
    card = asked(town, urgency)

    accept, start = clocks_of(card.id)
    assert (accept.due_at, start.due_at) == (local(accept_due), local(start_due))
    assert (accept.state, start.state) == (ClockState.RUNNING, ClockState.RUNNING)
    assert (accept.started_at, start.started_at) == (NOW, local("2026-03-31 14:00"))
    assert accept.rule_version == start.rule_version == "urgency-1"


@pytest.mark.feature("R7")
def test_an_areas_rule_overrides_single_limits_and_is_named(town):
    put_rule({"urgent": {"accept_min": 20}}, area_code="120198", rule_key="request.urgency")

    accept, start = clocks_of(asked(town).id)

    assert (accept.due_at, start.limit_s) == (NOW + 20 * MINUTE, 4 * 3_600)
    assert accept.rule_version == "urgency-1/120198@2026-01-01"
    limits = intake.find_urgency_limits(Urgency.URGENT, area_code=AREA, on=date(2026, 3, 30))
    assert (limits.accept_min, limits.offer_min) == (20, 10)


@pytest.mark.parametrize(
    "value",
    [{}, {"urgent": {}}, {"urgent": {"accept_min": 0}}, {"urgent": {"accept": 5}}, {"fast": {"accept_min": 5}}, 5],
)
def test_a_rule_for_urgencies_that_is_none_is_refused(town, value):  # noqa: ARG001 - there must be an area
    with pytest.raises(areas.InvalidRuleError):
        put_rule(value, area_code=AREA, rule_key="request.urgency")


@pytest.mark.feature("R7")
def test_accepting_meets_the_one_clock_and_beginning_the_other(town):
    card = asked(town)

    move(card.id, S.ACCEPTED, now=NOW + 10 * MINUTE, service_at_site_id=town.offers["食堂"])
    move(card.id, S.SCHEDULED, S.IN_PROGRESS, now=local("2026-03-31 14:05"))

    accept, start = clocks_of(card.id)
    assert (accept.state, accept.counted_us, accept.stopped_at) == (ClockState.MET, 600_000_000, NOW + 10 * MINUTE)
    assert (start.state, start.counted_us) == (ClockState.MET, 300_000_000)
    assert deadline_at(card.id, Clock.ACCEPT) is deadline_at(card.id, Clock.START) is None


@pytest.mark.feature("R7")
def test_a_hold_stops_the_clocks_and_resuming_gives_exactly_the_rest_back(town):
    card = asked(town)
    held_at = NOW + timedelta(minutes=12, seconds=34, microseconds=567_891)

    intake.hold_request(card.id, reason=HoldReason.AWAY, actor=SYSTEM, now=held_at)
    assert deadline_at(card.id, Clock.ACCEPT) is None
    resumed_at = held_at + timedelta(hours=5, microseconds=1)
    intake.resume_request(card.id, actor=SYSTEM, now=resumed_at)

    accept, start = clocks_of(card.id)
    assert accept.due_at - resumed_at == 30 * MINUTE - (held_at - NOW)
    # the window had not opened yet: nothing was counted, and nothing is given
    assert start.due_at == local("2026-03-31 18:00")


@pytest.mark.feature("R7")
def test_a_clock_by_day_that_is_held_over_night_has_its_hours_left(town):
    card = asked(town, Urgency.SOON)

    intake.hold_request(card.id, reason=HoldReason.AWAY, actor=SYSTEM, now=local("2026-03-30 12:00"))
    intake.resume_request(card.id, actor=SYSTEM, now=local("2026-03-30 19:30"))

    # four hours less the three counted: half an hour today and half an hour tomorrow
    assert clocks_of(card.id)[0].due_at == local("2026-03-31 08:30")


@pytest.mark.feature("R7")
def test_a_clock_that_ran_out_is_told_once(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        card = asked(make_tiny_day())
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + 31 * MINUTE)

    fired = [fire_due() for _ in range(3)]

    assert fired[0] >= 1
    assert fired[1:] == [0, 0]
    with storage.reading():
        [told] = breaches_told(card.id)
        tasks = tasks_of(card.id)
    assert (told.facts["clock"], told.facts["limit_s"], told.facts["elapsed_s"]) == ("accept", 1_800, 1_860)
    assert tasks == [("accept_breached", "open", None)]


@pytest.mark.feature("R7")
def test_firing_again_after_a_crash_tells_nothing_twice(town):
    card = asked(town)

    told = [intake.breach_clock(f"{card.id}:1", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE) for _ in range(50)]

    assert told == [True, *[False] * 49]
    assert len(breaches_told(card.id)) == len(tasks_of(card.id)) == 1


@pytest.mark.feature("R7")
def test_a_clock_that_is_not_due_or_not_there_is_left_alone(town):
    card = asked(town)

    assert not intake.breach_clock(f"{card.id}:1", clock=Clock.ACCEPT, at=NOW + 30 * MINUTE - timedelta.resolution)
    assert not intake.breach_clock(f"{card.id}:2", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE)
    assert not intake.breach_clock(f"{town.elder_id}:1", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE)
    assert breaches_told(card.id) == []


@pytest.mark.feature("R7")
def test_whoever_accepts_late_is_told_of_without_any_worker_and_leaves_no_task(town):
    card = asked(town)

    move(card.id, S.ACCEPTED, now=NOW + 40 * MINUTE, service_at_site_id=town.offers["食堂"])

    [told] = breaches_told(card.id)
    assert told.facts["elapsed_s"] == 2_400
    assert tasks_of(card.id) == []
    assert not intake.breach_clock(f"{card.id}:1", clock=Clock.ACCEPT, at=NOW + 41 * MINUTE)


@pytest.mark.feature("R7")
def test_accepting_closes_the_task_of_the_breach(town):
    card = asked(town)
    intake.breach_clock(f"{card.id}:1", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE)

    move(card.id, S.ACCEPTED, now=NOW + 40 * MINUTE, service_at_site_id=town.offers["食堂"])

    assert tasks_of(card.id) == [("accept_breached", "closed", "accepted")]


@pytest.mark.feature("R7")
def test_a_request_that_is_opened_again_waits_anew_and_the_start_waits_on(town):
    card = asked(town)
    move(card.id, S.ACCEPTED, now=NOW + 10 * MINUTE, service_at_site_id=town.offers["食堂"])

    move(card.id, S.SUBMITTED, now=NOW + 60 * MINUTE)

    first, second, start = clocks_of(card.id)
    assert (first.state, second.state, second.turn_no) == (ClockState.MET, ClockState.RUNNING, 2)
    assert second.due_at == NOW + 90 * MINUTE
    assert (start.state, start.turn_no) == (ClockState.RUNNING, 1)
    assert intake.breach_clock(f"{card.id}:2", clock=Clock.ACCEPT, at=NOW + 90 * MINUTE)


@pytest.mark.feature("R7")
def test_finding_nobody_does_not_stop_the_clock(town):
    card = asked(town)

    move(card.id, S.UNMATCHED, now=NOW + 10 * MINUTE, reason="no_pair")
    assert tasks_of(card.id) == [("unmatched", "open", None)]
    move(card.id, S.SUBMITTED, now=NOW + 20 * MINUTE)

    accept, _ = clocks_of(card.id)
    assert (accept.state, accept.turn_no, accept.due_at) == (ClockState.RUNNING, 1, NOW + 30 * MINUTE)
    assert tasks_of(card.id) == [("unmatched", "closed", "reopened")]


@pytest.mark.feature("R7")
@pytest.mark.parametrize("to", [S.CANCELED, S.VOIDED])
def test_what_ends_drops_its_clocks_and_closes_its_tasks(town, to):
    card = asked(town)
    intake.breach_clock(f"{card.id}:1", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE)

    move(card.id, to, now=NOW + 35 * MINUTE, reason="not_needed")

    assert [each.state for each in clocks_of(card.id)] == [ClockState.DROPPED, ClockState.DROPPED]
    assert tasks_of(card.id) == [("accept_breached", "closed", to.value)]
    assert deadline_at(card.id, Clock.START) is None


@pytest.mark.feature("R7")
def test_what_ends_on_hold_is_dropped_too(town):
    card = asked(town)
    move(card.id, S.ON_HOLD, S.CANCELED, reason="away")

    assert {each.state for each in clocks_of(card.id)} == {ClockState.DROPPED}


@pytest.mark.feature("R7")
def test_what_is_canceled_after_a_long_hold_was_late_for_nothing(town):
    card = asked(town)  # to be accepted within 30 minutes
    intake.hold_request(card.id, reason=HoldReason.AWAY, actor=SYSTEM, now=NOW + 10 * MINUTE)

    move(card.id, S.CANCELED, now=NOW + timedelta(days=3), reason="not_needed")

    assert [each.breached_at for each in clocks_of(card.id)] == [None, None]
    assert breaches_told(card.id) == []


@pytest.mark.feature("R7")
def test_what_is_told_of_the_past_has_no_clocks(town):
    past = submit(wish(town.elder_id, "meal_dine_in", on="2026-03-02", urgency=Urgency.URGENT))
    told = intake.submit_request(wish(town.elder_id, "meal_dine_in"), actor=SYSTEM, now=NOW, zone=ZONE, is_history=True)
    move(told.id, S.ACCEPTED, service_at_site_id=town.offers["食堂"])
    move(told.id, S.SUBMITTED)

    assert clocks_of(past.id) == clocks_of(told.id) == []


@pytest.mark.feature("R7")
def test_the_state_is_rebuilt_from_the_journal_whatever_clocks_ran_out(town):
    card = asked(town)
    intake.breach_clock(f"{card.id}:1", clock=Clock.ACCEPT, at=NOW + 31 * MINUTE)
    ended = move(card.id, S.ON_HOLD, now=NOW + 32 * MINUTE, reason="away")

    state = intake.rebuild_state(journal.find_entries(card.id))

    assert (state.status, state.before_hold) == (ended.status, S.SUBMITTED)


def test_a_held_clock_that_had_run_out_stays_run_out(town):
    card = asked(town)
    intake.hold_request(card.id, reason=HoldReason.AWAY, actor=SYSTEM, now=NOW + 40 * MINUTE)
    assert len(breaches_told(card.id)) == 1

    intake.resume_request(card.id, actor=SYSTEM, now=NOW + 100 * MINUTE)

    accept, _ = clocks_of(card.id)
    assert (accept.state, accept.due_at) == (ClockState.RUNNING, NOW + 30 * MINUTE)
    assert deadline_at(card.id, Clock.ACCEPT) is None


def test_a_request_has_at_most_two_clocks_that_count(town):
    card = asked(town)
    for minutes in range(1, 6):
        move(card.id, S.ACCEPTED, now=NOW + minutes * MINUTE, service_at_site_id=town.offers["食堂"])
        move(card.id, S.SUBMITTED, now=NOW + minutes * MINUTE)

    rows = storage.session().scalars(
        sa.select(CareRequestClock).where(
            CareRequestClock.care_request_id == card.id, CareRequestClock.state == ClockState.RUNNING.value
        )
    )
    assert sorted((row.clock, row.turn_no) for row in rows) == [("accept", 6), ("start", 1)]
