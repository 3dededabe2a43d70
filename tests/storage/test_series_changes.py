"""Changing a series: pauses hold, skips cancel, moves ask anew, an end leaves the past."""

from __future__ import annotations

from datetime import date, time

import pytest
import sqlalchemy as sa

from dispatch import intake, journal, storage
from dispatch.actor import SYSTEM, Role
from dispatch.intake import (
    CancelReason,
    ExceptionKind,
    ExceptionWish,
    HoldReason,
    OccurrenceState,
    PauseReason,
    PauseWish,
    RequestStatus,
)
from tests.factories.intake import ZONE, extend, local, move, series_wish, start
from tests.storage.test_intake import actor_as
from tests.worlds.tiny_day import make_tiny_day

S, R = OccurrenceState, RequestStatus
NOW = local("2026-03-02 09:00")
SPAN = PauseWish(date(2026, 3, 10), date(2026, 3, 24), PauseReason.AWAY)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        yield make_tiny_day()


@pytest.fixture
def series(town):
    """Four of ten baths are requested: 3, 10, 17 and 24 March."""
    made = start(series_wish(town.elder_id), now=NOW)
    extend(made.id, now=NOW)
    return made


def fates(series_id) -> dict[str, tuple[S, R | None]]:
    found = intake.get_series(series_id, actor=SYSTEM)
    return {each.on.strftime("%m-%d"): (each.state, each.request_status) for each in found.occurrences[:4]}


def request_of(series_id, on: str):
    found = intake.get_series(series_id, actor=SYSTEM).occurrences
    return next(each.care_request_id for each in found if each.on.strftime("%m-%d") == on)


def reasons(request_id) -> list[tuple[str, str | None]]:
    return [(entry.kind, entry.reason) for entry in journal.find_entries(request_id) if "move_no" in entry.facts]


@pytest.mark.feature("R8")
def test_a_pause_holds_what_was_requested_in_it_and_its_end_resumes_it(series):
    paused = intake.pause_series(series.id, wish=SPAN, actor=SYSTEM, now=NOW)

    assert fates(series.id) == {
        "03-03": (S.REQUESTED, R.SUBMITTED),
        "03-10": (S.PAUSED, R.ON_HOLD),
        "03-17": (S.PAUSED, R.ON_HOLD),
        "03-24": (S.REQUESTED, R.SUBMITTED),
    }
    assert reasons(request_of(series.id, "03-10"))[-1] == ("care_request.held", "away")

    now = local("2026-03-12 09:00")
    intake.end_held_over(request_of(series.id, "03-10"), at=now)
    intake.end_held_over(request_of(series.id, "03-17"), at=now)
    intake.end_pause(series.id, pause_id=paused.pauses[0].id, on=date(2026, 3, 12), actor=SYSTEM, now=now, zone=ZONE)

    # the first was over while it was held; the second is still ahead
    assert fates(series.id)["03-10"] == (S.PAUSED, R.CANCELED)
    assert fates(series.id)["03-17"] == (S.REQUESTED, R.SUBMITTED)
    assert reasons(request_of(series.id, "03-10"))[-1] == ("care_request.canceled", "away")


def test_a_pause_that_is_ended_before_it_begins_is_none(series):
    paused = intake.pause_series(series.id, wish=SPAN, actor=SYSTEM, now=NOW)

    after = intake.end_pause(series.id, pause_id=paused.pauses[0].id, actor=SYSTEM, now=NOW, zone=ZONE)

    assert after.pauses == ()
    assert {state for _, state in fates(series.id).values()} == {R.SUBMITTED}
    with pytest.raises(intake.PauseNotFoundError):
        intake.end_pause(series.id, pause_id=paused.pauses[0].id, actor=SYSTEM, now=NOW, zone=ZONE)


def test_what_a_person_holds_or_takes_up_again_is_left_alone(app, town, series):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])
    held, taken = request_of(series.id, "03-10"), request_of(series.id, "03-17")
    intake.hold_request(held, reason=HoldReason.WAITING_FAMILY, actor=daughter, now=NOW)
    paused = intake.pause_series(series.id, wish=SPAN, actor=daughter, now=NOW)

    intake.resume_request(taken, actor=daughter, now=NOW)
    intake.settle_requests(town.elder_id, at=NOW)
    intake.end_pause(series.id, pause_id=paused.pauses[0].id, actor=daughter, now=NOW, zone=ZONE)

    assert intake.get_request(taken, actor=daughter).status is R.SUBMITTED
    assert intake.get_request(held, actor=daughter).status is R.ON_HOLD


def test_what_is_under_way_is_not_held(series):
    begun = request_of(series.id, "03-10")
    storage.session().execute(as_if(begun, "in_progress"))  # as after the first start

    intake.pause_series(series.id, wish=SPAN, actor=SYSTEM, now=NOW)

    assert fates(series.id)["03-10"] == (S.REQUESTED, R.IN_PROGRESS)


def as_if(request_id, status):
    table = storage.Base.metadata.tables["care_request"]
    return sa.update(table).where(table.c.id == request_id).values(status=status)


@pytest.mark.feature("R8")
def test_a_skip_cancels_one_request_and_no_other(series):
    skip = ExceptionWish(date(2026, 3, 10), ExceptionKind.SKIP)

    after = intake.except_date(series.id, wish=skip, actor=SYSTEM, now=NOW, zone=ZONE)

    assert after.version == series.version + 1
    assert fates(series.id) == {
        "03-03": (S.REQUESTED, R.SUBMITTED),
        "03-10": (S.SKIPPED, R.CANCELED),
        "03-17": (S.REQUESTED, R.SUBMITTED),
        "03-24": (S.REQUESTED, R.SUBMITTED),
    }
    assert extend(series.id, now=NOW).made == {}


def test_a_moved_date_is_asked_for_anew_at_its_new_time(series):
    first = request_of(series.id, "03-10")
    to_wednesday = ExceptionWish(date(2026, 3, 10), ExceptionKind.MOVE, date(2026, 3, 11), time(9), time(11))

    intake.except_date(series.id, wish=to_wednesday, actor=SYSTEM, now=NOW, zone=ZONE)
    extend(series.id, now=NOW)

    assert intake.get_request(first, actor=SYSTEM).status is R.CANCELED
    second = intake.get_request(request_of(series.id, "03-10"), actor=SYSTEM)
    assert (second.status, second.service_on, second.period) == (R.SUBMITTED, date(2026, 3, 11), "morning")


def test_a_date_whose_service_has_begun_cannot_be_skipped(series):
    storage.session().execute(as_if(request_of(series.id, "03-03"), "completed"))

    with pytest.raises(intake.OccurrenceBegunError) as told:
        intake.except_date(
            series.id,
            wish=ExceptionWish(date(2026, 3, 3), ExceptionKind.SKIP),
            actor=SYSTEM,
            now=NOW,
            zone=ZONE,
        )

    assert told.value.facts["status"] == "completed"


@pytest.mark.feature("R8")
def test_an_end_cancels_future_requests_only(series):
    now = local("2026-03-10 15:00")  # the second bath's window has begun
    move(request_of(series.id, "03-17"), R.ON_HOLD, now=now, reason="waiting_family")

    after = intake.end_series(series.id, reason=CancelReason.NOT_NEEDED, actor=SYSTEM, now=now, zone=ZONE)

    assert fates(series.id) == {
        "03-03": (S.REQUESTED, R.SUBMITTED),
        "03-10": (S.REQUESTED, R.SUBMITTED),
        "03-17": (S.ENDED, R.CANCELED),
        "03-24": (S.ENDED, R.CANCELED),
    }
    assert {each.state for each in after.occurrences[4:]} == {S.ENDED}
    assert extend(series.id, now=now) is None
    with pytest.raises(intake.CareSeriesEndedError):
        intake.pause_series(series.id, wish=SPAN, actor=SYSTEM, now=now)


def test_a_change_of_a_version_that_was_not_read_is_refused(series):
    intake.pause_series(series.id, wish=SPAN, actor=SYSTEM, now=NOW)

    with pytest.raises(storage.StaleVersionError):
        intake.pause_series(series.id, wish=SPAN, actor=SYSTEM, now=NOW, version=series.version)


def test_a_pause_that_ends_before_it_begins_is_refused(series):
    with pytest.raises(intake.InvalidCareSeriesError):
        intake.pause_series(
            series.id,
            wish=PauseWish(date(2026, 3, 10), date(2026, 3, 10), PauseReason.AWAY),
            actor=SYSTEM,
            now=NOW,
        )
