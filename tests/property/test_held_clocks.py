"""However often a request is held, its clocks take exactly as long as they may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import intake, storage
from dispatch.actor import SYSTEM
from dispatch.intake import ClockState, HoldReason, Urgency
from dispatch.intake.values.clocks import ClockHours
from tests.factories.intake import NOW, ZONE, clocks_of, submit, wish
from tests.worlds.tiny_day import make_tiny_day

SHORT = st.timedeltas(timedelta(), timedelta(minutes=12))
LONG = st.timedeltas(timedelta(), timedelta(days=3))


@pytest.mark.feature("R7")
@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.SOON])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.tuples(SHORT, LONG), max_size=4))
def test_time_on_hold_is_neither_taken_nor_given(db, urgency, pauses):  # noqa: ARG001 - what is put is undone
    with storage.nothing_kept(), storage.transaction():
        card = submit(wish(make_tiny_day().elder_id, "meal_dine_in", urgency=urgency, on="2026-04-20"))
        at, counted = NOW, timedelta()
        hours = intake.HOURS_BY_URGENCY[urgency]
        limit = timedelta(seconds=clocks_of(card.id)[0].limit_s)
        for runs, waits in pauses:
            counted += intake.clock_counted(at, to_at=at + runs, hours=hours, zone=ZONE)
            intake.hold_request(card.id, reason=HoldReason.AWAY, actor=SYSTEM, now=at + runs)
            at += runs + waits
            intake.resume_request(card.id, actor=SYSTEM, now=at)

        accept, start = clocks_of(card.id)
        rest = intake.clock_counted(at, to_at=accept.due_at, hours=hours, zone=ZONE)
        is_over = counted >= limit
        assert accept.state == ClockState.RUNNING.value
        assert (accept.due_at <= at) if is_over else (counted + rest == limit)
        # the window opens later: nothing of its clock was counted or given
        assert start.counted_us == 0
        opens = clocks_of(card.id)[1].started_at
        assert start.due_at == intake.clock_end(
            opens, counted=timedelta(seconds=start.limit_s), hours=ClockHours(start.hours), zone=ZONE
        )
