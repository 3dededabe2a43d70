"""What befalls an elder reaches open requests and series; nothing of it is dropped without a word."""

from __future__ import annotations

import time as real_time
from datetime import date

import pytest
import sqlalchemy as sa

from dispatch import clock, dates, elders, intake, journal, storage
from dispatch.actor import SYSTEM
from dispatch.intake import OccurrenceState, RequestStatus, TaskKind
from dispatch.jobs.elder_events import REACTIONS
from dispatch.jobs.following import follow_all
from tests.factories.intake import ZONE, extend, local, series_wish, start, submit, wish
from tests.worlds.tiny_day import OTHER_AREA, OTHER_DISTRICT, make_tiny_day

S, R = OccurrenceState, RequestStatus
NOW = local("2026-03-02 09:00")
BED = elders.AbsenceKind.HOSPITAL


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """Baths are requested for 3, 10, 17 and 24 March, and a meal of 11 March stands alone."""
    with storage.transaction():
        made = make_tiny_day()
        made.series_id = start(series_wish(made.elder_id), now=NOW).id
        extend(made.series_id, now=NOW)
        made.meal_id = submit(wish(made.elder_id, "meal_dine_in", on="2026-03-11"), now=NOW).id
        yield made


def how(now):
    return {"actor": SYSTEM, "at": now, "on": dates.service_date(now, ZONE), "ties": elders.Ties()}


def react(elder_id, kind: str, *, now) -> None:
    """React to the newest entry of a kind, twice, as a worker that was killed before it could note that it did."""
    entry = [each for each in journal.find_entries(elder_id) if each.kind == kind][-1]
    for _ in range(2):
        REACTIONS[kind](entry, now)


def befall(elder_id, kind: elders.EventKind, *, on: date, now=NOW, to: str | None = None) -> None:
    elders.record_event(elder_id, record=elders.EventRecord(kind, on, to_area_code=to), **how(now))
    react(elder_id, f"elder.{kind.value}", now=now)


def stay(elder_id, begin: date, end: date | None = None, *, now=NOW):
    record = elders.AbsenceRecord(BED, begin, end)
    row = elders.add_part(elder_id, part=elders.Part.ABSENCES, record=record, **how(now))
    react(elder_id, "absence.changed", now=now)
    return row


def fates(series_id) -> dict[str, tuple[S, R | None]]:
    found = intake.get_series(series_id, actor=SYSTEM).occurrences
    return {each.on.strftime("%m-%d"): (each.state, each.request_status) for each in found[:4]}


def status(request_id) -> R:
    return intake.get_request(request_id, actor=SYSTEM).status


def request_of(series_id, on: str):
    found = intake.get_series(series_id, actor=SYSTEM).occurrences
    return next(each.care_request_id for each in found if each.on.strftime("%m-%d") == on)


def tasks_of(request_id) -> list[tuple[str, str | None]]:
    table = storage.Base.metadata.tables["supervisor_task"]
    rows = storage.session().execute(
        sa.select(table.c.kind, table.c.reason).where(table.c.care_request_id == request_id)
    )
    return [tuple(row) for row in rows]


def last_reason(request_id) -> tuple[str, str | None]:
    moves = [entry for entry in journal.find_entries(request_id) if "move_no" in entry.facts]
    return moves[-1].kind, moves[-1].reason


class TestHospital:
    @pytest.mark.feature("R8")
    def test_a_stay_holds_what_lies_in_it_with_its_reason_and_makes_no_more(self, town):
        stay(town.elder_id, date(2026, 3, 10), date(2026, 4, 1))

        assert fates(town.series_id) == {
            "03-03": (S.REQUESTED, R.SUBMITTED),
            **dict.fromkeys(("03-10", "03-17", "03-24"), (S.IN_HOSPITAL, R.ON_HOLD)),
        }
        assert last_reason(town.meal_id) == ("care_request.held", "in_hospital")
        assert extend(town.series_id, now=local("2026-03-05 09:00")).made == {}  # 31 March, within four weeks

    @pytest.mark.feature("R8")
    def test_after_the_stay_what_is_ahead_resumes_and_what_is_past_is_canceled_with_the_reason(self, town):
        row = stay(town.elder_id, date(2026, 3, 10))
        now = local("2026-03-12 09:00")
        over = elders.AbsenceRecord(BED, date(2026, 3, 10), date(2026, 3, 12))

        elders.correct_part(
            town.elder_id,
            part=elders.Part.ABSENCES,
            row_id=row.entry_id,
            record=over,
            version=None,
            **how(now),
        )
        react(town.elder_id, "absence.changed", now=now)

        assert fates(town.series_id) == {
            "03-03": (S.REQUESTED, R.SUBMITTED),
            "03-10": (S.IN_HOSPITAL, R.CANCELED),
            "03-17": (S.REQUESTED, R.SUBMITTED),
            "03-24": (S.REQUESTED, R.SUBMITTED),
        }
        assert last_reason(town.meal_id) == ("care_request.canceled", "in_hospital")

    def test_what_is_held_past_its_time_is_canceled_with_the_reason(self, town):
        stay(town.elder_id, date(2026, 3, 10))

        intake.end_held_over(town.meal_id, at=local("2026-03-11 15:59"))
        assert status(town.meal_id) is R.ON_HOLD
        intake.end_held_over(town.meal_id, at=local("2026-03-11 16:00"))

        assert last_reason(town.meal_id) == ("care_request.canceled", "in_hospital")

    def test_another_absence_pauses_nothing(self, town):
        record = elders.AbsenceRecord(elders.AbsenceKind.FAMILY, date(2026, 3, 10), None)
        elders.add_part(town.elder_id, part=elders.Part.ABSENCES, record=record, **how(NOW))
        react(town.elder_id, "absence.changed", now=NOW)

        assert {state for _, state in fates(town.series_id).values()} == {R.SUBMITTED}


def test_death_cancels_what_has_not_begun_and_ends_the_series(town):
    storage.session().execute(
        sa.text("UPDATE care_request SET status = 'in_progress' WHERE id = :id").bindparams(
            sa.bindparam("id", town.meal_id, type_=sa.Uuid())
        )
    )
    now = local("2026-03-08 09:00")

    befall(town.elder_id, elders.EventKind.DIED, on=date(2026, 3, 7), now=now)

    assert fates(town.series_id) == {
        "03-03": (S.REQUESTED, R.CANCELED),
        **dict.fromkeys(("03-10", "03-17", "03-24"), (S.ENDED, R.CANCELED)),
    }
    assert last_reason(request_of(town.series_id, "03-10")) == ("care_request.canceled", "died")
    found = intake.get_series(town.series_id, actor=SYSTEM)
    assert (found.status, found.end_reason) == (intake.SeriesStatus.ENDED, intake.SeriesEndReason.DIED)
    # what is under way cannot be canceled: somebody looks
    assert tasks_of(town.meal_id) == [(TaskKind.ELDER_EVENT, "died")]


@pytest.mark.parametrize(
    ("kind", "to", "reason"),
    [
        (elders.EventKind.MOVED_OUT, None, "moved_out"),
        (elders.EventKind.MOVED_OUT, OTHER_DISTRICT, "moved_out"),
        (elders.EventKind.ADMITTED, None, "admitted"),
    ],
)
def test_who_leaves_is_put_before_a_supervisor_and_the_series_waits(town, kind, to, reason):
    stay(town.elder_id, date(2026, 3, 17), date(2026, 3, 20))

    befall(town.elder_id, kind, on=date(2026, 3, 2), to=to)

    assert set(fates(town.series_id).values()) == {(S.PAUSED, R.ON_HOLD)}
    # what was held for the stay waits for the new reason now
    held = [request_of(town.series_id, on) for on in ("03-03", "03-17")] + [town.meal_id]
    assert {last_reason(each) for each in held} == {("care_request.held", reason)}
    # one task for all of a series, one for each other request
    assert [len(tasks_of(each)) for each in held] == [1, 0, 1]
    [pause] = intake.get_series(town.series_id, actor=SYSTEM).pauses
    assert (pause.reason.value, pause.from_on, pause.to_on) == (reason, date(2026, 3, 2), None)

    intake.end_pause(town.series_id, pause_id=pause.id, actor=SYSTEM, now=NOW, zone=ZONE)

    # the officer lets the series go on; the other request waits for its own answer
    assert fates(town.series_id)["03-10"] == (S.REQUESTED, R.SUBMITTED)
    assert status(town.meal_id) is R.ON_HOLD


def test_a_move_inside_the_district_holds_nothing_and_the_series_follows(town):
    befall(town.elder_id, elders.EventKind.MOVED_OUT, on=date(2026, 3, 2), to=OTHER_AREA)
    extend(town.series_id, now=NOW)

    assert {state for _, state in fates(town.series_id).values()} == {R.SUBMITTED}
    assert intake.get_series(town.series_id, actor=SYSTEM).area_code == OTHER_AREA


def test_who_comes_back_from_an_institution_is_served_again(town):
    befall(town.elder_id, elders.EventKind.ADMITTED, on=date(2026, 3, 2))
    now = local("2026-03-12 09:00")

    befall(town.elder_id, elders.EventKind.LEFT_INSTITUTION, on=date(2026, 3, 12), now=now)

    assert fates(town.series_id) == {
        **dict.fromkeys(("03-03", "03-10"), (S.PAUSED, R.CANCELED)),
        **dict.fromkeys(("03-17", "03-24"), (S.REQUESTED, R.SUBMITTED)),
    }


def test_a_grave_change_lets_a_supervisor_look_and_holds_nothing(town):
    befall(town.elder_id, elders.EventKind.GRAVE_CHANGE, on=date(2026, 3, 2))

    assert status(town.meal_id) is R.SUBMITTED
    assert tasks_of(town.meal_id) == [(TaskKind.ELDER_EVENT, "grave_change")]
    assert tasks_of(request_of(town.series_id, "03-03")) == [(TaskKind.ELDER_EVENT, "grave_change")]


@pytest.mark.feature("R8")
def test_the_follower_hears_of_a_stay_by_itself(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with real_app.app_context():
        with storage.transaction():
            town = make_tiny_day()
            meal = submit(wish(town.elder_id, "meal_dine_in", on="2026-03-11"), now=NOW).id
        with storage.transaction():
            record = elders.AbsenceRecord(BED, date(2026, 3, 10), None)
            elders.add_part(town.elder_id, part=elders.Part.ABSENCES, record=record, **how(NOW))
        until = real_time.monotonic() + 60  # other transactions of the server hold the newest entries back
        while real_time.monotonic() < until:
            follow_all()
            with storage.reading():
                found = status(meal)
            if found is R.ON_HOLD:
                break
            real_time.sleep(0.05)

    assert found is R.ON_HOLD


def test_every_reaction_is_to_a_kind_that_the_register_writes():
    written = {f"elder.{kind.value}" for kind in elders.EventKind} | {"elder.merged", "absence.changed"}

    assert set(REACTIONS) == written
