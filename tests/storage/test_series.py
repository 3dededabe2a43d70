"""Care series in the database: their dates become requests, each once, and what stands in the way is told."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from dispatch import clock, elders, intake, journal, privacy, storage
from dispatch.actor import SYSTEM, Role
from dispatch.intake import CancelReason, ExceptionKind, ExceptionWish, OccurrenceState, PauseReason, PauseWish
from dispatch.jobs.deadlines import fire_due
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import ZONE, extend, local, series_wish, start, submit, wish
from tests.storage.test_intake import actor_as
from tests.worlds.tiny_day import AREA, make_tiny_day

S = OccurrenceState
NOW = local("2026-03-02 09:00")  # Monday, the day before the first Tuesday


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        yield made


def dates_of(series_id) -> dict[str, S]:
    found = intake.get_series(series_id, actor=SYSTEM)
    return {each.on.strftime("%m-%d"): each.state for each in found.occurrences}


def days(first: datetime, last: str):
    at, end = first, local(f"{last} 09:00")
    while at <= end:
        yield at
        at += timedelta(days=1)


def requests_of(elder_id) -> list[intake.RequestCard]:
    page = intake.find_requests(SYSTEM, wanted=intake.RequestFilter(elder_id=elder_id), limit=100)
    return sorted(page.requests, key=lambda card: card.window_from_at)


@pytest.mark.feature("R8")
def test_a_series_of_ten_with_a_skip_and_a_pause_makes_exactly_seven_requests(town):
    series = start(series_wish(town.elder_id), now=NOW)
    skip = ExceptionWish(date(2026, 4, 7), ExceptionKind.SKIP)
    pause = PauseWish(date(2026, 4, 14), date(2026, 4, 28), PauseReason.AWAY)
    intake.except_date(series.id, wish=skip, actor=SYSTEM, now=NOW, zone=ZONE)
    intake.pause_series(series.id, wish=pause, actor=SYSTEM, now=NOW)

    for now in days(NOW, "2026-05-06"):
        extend(series.id, now=now)

    # domain.md section 5, Series
    made = [card.service_on.isoformat() for card in requests_of(town.elder_id)]
    assert made == [
        *("2026-03-03", "2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31"),
        *("2026-04-28", "2026-05-05"),
    ]


@pytest.mark.feature("R8")
def test_requests_are_made_four_weeks_ahead_for_whom_asked_and_once_for_a_date(app, town):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])
    series = start(series_wish(town.elder_id), actor=daughter, now=NOW)

    first = extend(series.id, now=NOW)
    again = extend(series.id, now=NOW)

    # 2 March and 28 days: 30 March
    assert list(first.made) == [date(2026, 3, on) for on in (3, 10, 17, 24)]
    assert again.made == {}
    cards = [intake.get_request(each, actor=daughter) for each in first.made.values()]
    assert {(card.requested_by, card.channel, card.version) for card in cards} == {
        (daughter.account_id, intake.Channel.APP, 1)
    }
    assert cards[0].window_from_at.astimezone(ZONE) == datetime(2026, 3, 3, 14, tzinfo=ZONE)
    assert [entry.kind for entry in journal.find_entries(series.id)] == ["care_series.started", "care_series.extended"]


@pytest.mark.feature("R8")
def test_a_date_that_meets_an_open_request_is_listed_with_its_id_and_made_when_that_is_gone(town):
    other = submit(wish(town.elder_id, on="2026-03-10"), now=NOW)
    series = start(series_wish(town.elder_id), now=NOW)

    told = extend(series.id, now=NOW)

    assert told.blocked == {date(2026, 3, 10): other.id}
    [blocked] = [each for each in intake.get_series(series.id, actor=SYSTEM).occurrences if each.state is S.BLOCKED]
    assert (blocked.on, blocked.blocked_by, blocked.code) == (date(2026, 3, 10), other.id, "care-request-repeated")
    assert str(other.id) in blocked.words.zh

    intake.cancel_request(other.id, reason=CancelReason.NOT_NEEDED, actor=SYSTEM, now=NOW)
    later = extend(series.id, now=NOW + timedelta(days=1))

    assert date(2026, 3, 10) in later.made
    assert dates_of(series.id)["03-10"] is S.REQUESTED


@pytest.mark.feature("R8")
def test_a_date_that_is_refused_says_why_and_who_can_clear_it(town, monkeypatch):
    series = start(series_wish(town.elder_id), now=NOW)

    def refuse(*_, **__):
        raise intake.InvalidCareRequestError(fields={"service_code": ["not offered here; the district can add it"]})

    monkeypatch.setattr("dispatch.intake.operations.series.extending.submit_request", refuse)
    told = extend(series.id, now=NOW)

    assert set(told.refused.values()) == {"care-request-invalid"}
    found = intake.get_series(series.id, actor=SYSTEM).occurrences[0]
    assert (found.state, found.code) == (S.REFUSED, "care-request-invalid")
    assert "the district can add it" in found.words.en


def test_a_date_whose_time_was_over_is_told_and_not_made(town):
    series = start(series_wish(town.elder_id), now=NOW)

    told = extend(series.id, now=local("2026-03-12 09:00"))

    assert told.refused == {date(2026, 3, 3): "occurrence-past", date(2026, 3, 10): "occurrence-past"}
    assert min(told.made) == date(2026, 3, 17)


def test_a_series_ends_by_itself_after_its_last_date(town):
    series = start(series_wish(town.elder_id, "FREQ=DAILY;COUNT=2"), now=NOW)

    for now in days(NOW, "2026-03-06"):
        extend(series.id, now=now)

    found = intake.get_series(series.id, actor=SYSTEM)
    assert (found.status, found.end_reason) == (intake.SeriesStatus.ENDED, intake.SeriesEndReason.RUN_OUT)
    assert {each.state for each in found.occurrences} == {S.REQUESTED}
    assert extend(series.id, now=NOW) is None


def test_the_next_look_is_a_deadline_of_the_series(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        series = start(series_wish(make_tiny_day().elder_id), now=NOW)

    assert fire_due() == 1
    assert fire_due() == 0
    assert dates_of(series.id)["03-24"] is S.REQUESTED

    # the fifth, of 31 March, comes within four weeks on 3 March; it is looked at at 03:00
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-03 02:59"))
    assert fire_due() == 0
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-03 03:00"))
    assert fire_due() == 1
    assert dates_of(series.id)["03-31"] is S.REQUESTED


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"rrule": "FREQ=DAILY;COUNT=10000"}, "rrule"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20290101"}, "rrule"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20250101"}, "rrule"),
        ({"starts_on": date(2026, 3, 1)}, "starts_on"),
        ({"from_time": time(16), "to_time": time(14)}, "to_time"),
        ({"channel": intake.Channel.PHONE}, "channel"),
    ],
)
def test_a_series_that_cannot_be_is_refused_by_field(app, town, fields, wrong):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])

    with pytest.raises(intake.InvalidCareSeriesError) as told:
        start(series_wish(town.elder_id, **fields), actor=daughter, now=NOW)

    assert set(told.value.fields) == {wrong}


def test_who_may_not_ask_for_an_elder_is_told_that_there_is_none(app, town):
    [other] = put_elders(elder_record(area=AREA))
    stranger = actor_as(app, Role.FAMILY, elder_ids=[other])
    series = start(series_wish(town.elder_id), now=NOW)

    with pytest.raises(elders.ElderNotFoundError):
        start(series_wish(town.elder_id), actor=stranger, now=NOW)
    with pytest.raises(intake.CareSeriesNotFoundError):
        intake.get_series(series.id, actor=stranger)
    assert intake.find_series(stranger, wanted=intake.SeriesFilter()).series == []


def test_a_worker_changes_only_the_own_series_and_is_told_who_can(app, town):
    worker = actor_as(app, Role.COMMUNITY_WORKER, area=AREA)
    own = start(series_wish(town.elder_id), actor=worker, now=NOW)
    other = start(series_wish(town.elder_id, from_time=time(8), to_time=time(9)), now=NOW)

    ended = intake.end_series(own.id, reason=CancelReason.NOT_NEEDED, actor=worker, now=NOW, zone=ZONE)

    assert ended.status is intake.SeriesStatus.ENDED
    with pytest.raises(intake.CareSeriesNotYoursError):
        intake.end_series(other.id, reason=CancelReason.NOT_NEEDED, actor=worker, now=NOW, zone=ZONE)


def test_what_nobody_offers_and_a_window_too_short_are_refused_as_for_a_request(app, town):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])

    with pytest.raises(intake.ServiceNotOfferedError):
        start(series_wish(town.elder_id, service_code="meal_dine_in"), actor=daughter, now=NOW)
    with pytest.raises(intake.InvalidCareRequestError):
        start(series_wish(town.elder_id, to_time=time(14, 5)), actor=daughter, now=NOW)


def test_a_stay_in_hospital_does_not_keep_a_series_from_being_asked_for(app, town):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])
    record = elders.AbsenceRecord(elders.AbsenceKind.HOSPITAL, date(2026, 3, 1), date(2026, 3, 11))
    how = {"actor": SYSTEM, "at": NOW, "on": date(2026, 3, 2), "ties": elders.Ties()}
    elders.add_part(town.elder_id, part=elders.Part.ABSENCES, record=record, **how)

    series = start(series_wish(town.elder_id), actor=daughter, now=NOW)

    assert [each.state for each in series.occurrences[:3]] == [S.IN_HOSPITAL, S.IN_HOSPITAL, S.PLANNED]


def test_a_merged_record_hands_its_series_over(town):
    [other] = put_elders(elder_record(area=AREA))
    series = start(series_wish(other), now=NOW)
    how = {"actor": SYSTEM, "at": NOW, "on": date(2026, 3, 2)}

    taken = privacy.merge_elder(other, into_id=town.elder_id, version=None, **how)

    assert taken["care_series"] == 1
    assert intake.get_series(series.id, actor=SYSTEM).elder_id == town.elder_id
    made = extend(series.id, now=NOW).made
    assert {intake.get_request(each, actor=SYSTEM).elder_id for each in made.values()} == {town.elder_id}


def test_dates_of_a_span_are_found_for_calendars_with_those_not_requested_yet(app, town):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])
    series = start(series_wish(town.elder_id), actor=daughter, now=NOW)
    extend(series.id, now=NOW)

    found = intake.find_occurrences([town.elder_id], from_on=date(2026, 3, 24), to_on=date(2026, 4, 7), actor=daughter)

    assert [(card.id, each.on.day, each.state) for card, each in found] == [
        (series.id, 24, S.REQUESTED),
        (series.id, 31, S.PLANNED),
    ]


class TestTwoWorkers:
    def make(self, real_app, monkeypatch):
        monkeypatch.setattr(clock, "utc_now", lambda: NOW)
        with real_app.app_context():
            with storage.transaction():
                town = make_tiny_day()
            with storage.transaction():
                return start(series_wish(town.elder_id, "FREQ=DAILY;COUNT=20"), now=NOW), town.elder_id

    def count(self, real_app, elder_id):
        with real_app.app_context(), storage.reading():
            return [card.service_on for card in requests_of(elder_id)]

    @pytest.mark.feature("R8")
    def test_each_date_is_made_once_by_two_workers_at_once(self, real_app, monkeypatch):
        series, elder_id = self.make(real_app, monkeypatch)
        begin = threading.Barrier(2)

        def work():
            with real_app.app_context():
                begin.wait()
                for _ in range(3):
                    fire_due()
                    with storage.transaction():
                        extend(series.id, now=NOW)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        made = self.count(real_app, elder_id)
        assert made == [date(2026, 3, 3) + timedelta(days=number) for number in range(20)]

    @pytest.mark.feature("R8")
    def test_killed_in_between_leaves_none_lost_and_none_twice(self, real_app, monkeypatch):
        _, elder_id = self.make(real_app, monkeypatch)
        inside = "dispatch.intake.operations.series.extending.submit_request"
        real = intake.submit_request
        calls = iter(range(1_000))

        class KilledError(BaseException):
            """The process goes."""

        def die_at_the_seventh(*args, **kwargs):
            if next(calls) == 6:
                raise KilledError
            return real(*args, **kwargs)

        monkeypatch.setattr(inside, die_at_the_seventh)
        with real_app.app_context(), pytest.raises(KilledError):
            fire_due()
        assert self.count(real_app, elder_id) == []  # the transaction went with the process

        monkeypatch.setattr(inside, real)
        with real_app.app_context():
            assert fire_due() == 1
            assert fire_due() == 0

        assert len(self.count(real_app, elder_id)) == 20


def test_the_database_refuses_a_second_request_for_a_date(town):
    series = start(series_wish(town.elder_id), now=NOW)
    made = extend(series.id, now=NOW).made
    first, second = list(made.values())[:2]

    with pytest.raises(sa.exc.IntegrityError), storage.savepoint():
        storage.session().execute(
            sa.text("UPDATE care_request SET series_on = :on WHERE id = :id").bindparams(
                sa.bindparam("on", date(2026, 3, 3), type_=sa.Date()), sa.bindparam("id", second, type_=sa.Uuid())
            )
        )
    assert first != second
