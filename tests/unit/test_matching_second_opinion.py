"""Who goes and when, held against trying every minute with everybody; and parts that add up whatever the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st

from benchmarks import by_minutes
from dispatch.assignment.rules.scoring import score
from dispatch.assignment.rules.staffing import find_staff
from dispatch.assignment.values import CarerCase, Job, Lag, Places, ReasonCode, Span, Way, WorkSpan

FIVE = timedelta(minutes=5)
NOON = datetime(2026, 3, 31, 4, tzinfo=UTC)  # 12:00 in Tianjin


def instants(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Instants from so many to so many hours after noon, by five minutes."""
    return st.integers(first * 12, last * 12).map(lambda steps: NOON + steps * FIVE)


def spans(first: int, last: int, *, lengths: tuple[int, int]) -> st.SearchStrategy[Span]:
    """Spans that begin so many hours after noon and last so many times five minutes."""
    return st.builds(lambda at, steps: Span(at, at + steps * FIVE), instants(first, last), st.integers(*lengths))


@st.composite
def carers(draw, number: int) -> CarerCase:
    shifts = draw(st.lists(spans(-4, 2, lengths=(24, 120)), min_size=1, max_size=2))
    return CarerCase(
        carer_id=UUID(int=number),
        name="",
        sex="female",
        skills=frozenset({"lifting", "bathing"} if draw(st.booleans()) else {"lifting"}),
        way=Way(draw(st.sampled_from((1, 60, 300, 600, 1200, 1800))), 1800),
        work=tuple(WorkSpan(span, draw(st.sampled_from((480, 60, 59)))) for span in shifts),
        busy=tuple(draw(st.lists(spans(-2, 4, lengths=(1, 12)), max_size=3))),
        visits_90d=draw(st.integers(0, 4)),
        is_preferred=draw(st.booleans()),
    )


@st.composite
def jobs(draw) -> Job:
    window = draw(spans(0, 2, lengths=(12, 48)))
    seconds = timedelta(seconds=draw(st.sampled_from((0, 0, 30))))  # a window need not begin on a full minute
    window = Span(window.from_at + seconds, window.to_at + seconds)
    middle = window.from_at + (window.to_at - window.from_at) / 2
    from_min = draw(st.integers(0, 40))
    return Job(
        carers=draw(st.sampled_from((1, 2))),
        skills_all=frozenset({"lifting"}),
        skills_any=frozenset(draw(st.sampled_from(((), ("bathing",))))),
        carer_sex=None,
        visit_min=draw(st.sampled_from((15, 30, 60))),
        window=window,
        open_spans=draw(
            st.sampled_from(((window,), (Span(window.from_at, middle), Span(middle + FIVE, window.to_at + FIVE))))
        ),
        not_before_at=draw(instants(-4, 1)),
        lag=draw(st.sampled_from((Lag(0, 0), Lag(from_min, None), Lag(from_min, from_min + draw(st.integers(0, 30)))))),
    )


def said(staffing) -> by_minutes.Found | None:
    chosen = staffing.chosen
    found = by_minutes.Found(tuple(each.carer_id for each in chosen), tuple(each.start_at for each in chosen))
    return found if chosen else None


@pytest.mark.feature("R4")
@pytest.mark.feature("S8")
@settings(max_examples=300)
@given(st.data())
def test_the_best_carer_or_pair_and_the_earliest_start_are_those_of_trying_every_minute(data):
    pool = [data.draw(carers(number)) for number in range(1, data.draw(st.integers(3, 6)))]
    job = data.draw(jobs())
    fit = [case for case in pool if job.carers == 2 or not job.skills_any or job.skills_any & case.skills]

    found, expected = find_staff(pool, job=job), by_minutes.best(fit, job=job)

    has_skill = fit and (not job.skills_any or any(job.skills_any & case.skills for case in fit))
    assert said(found) == (expected if has_skill else None)
    assert bool(found.reasons) == (said(found) is None)
    target(float(len(found.chosen)))  # look where somebody can go


@pytest.mark.feature("S8")
def test_one_after_the_other_begins_when_the_first_has_finished_or_as_the_request_says():
    # domain.md section 5, Two carers: X can begin at 13:52, Y at 14:20; the window is 14:00 to 17:00, 60 min each
    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-31T{text}:00+08:00").astimezone(UTC)

    window = Span(at("14:00"), at("17:00"))
    job = Job(2, frozenset(), frozenset(), None, 60, window, (window,), at("08:00"))
    x, y = (
        CarerCase(
            UUID(int=number),
            "",
            "female",
            frozenset(),
            Way(1200, 1800),
            (WorkSpan(Span(at(begin), at("18:00")), 480),),
            (),
        )
        for number, begin in ((1, "13:32"), (2, "14:00"))
    )

    # X at 14:00; Y once X has finished, or 10 to 15 min after (14:20 is the first that Y can: X waits till 14:05)
    expected = {Lag(60, None): ("14:00", "15:00"), Lag(10, 15): ("14:05", "14:20"), Lag(0, 0): ("14:20", "14:20")}
    for lag, starts in expected.items():
        found = find_staff([x, y], job=replace(job, lag=lag))

        assert [each.start_at for each in found.chosen] == [at(start) for start in starts]
        assert [each.end_at - each.start_at for each in found.chosen] == [timedelta(hours=1)] * 2

    [reason] = find_staff([x, y], job=replace(job, lag=Lag(121, None))).reasons
    assert reason.code is ReasonCode.NO_PAIR  # 14:00 + 121 min is later than 16:00, the last start


facts = st.fixed_dictionaries(
    {
        "way": st.builds(Way, st.integers(0, 2400), st.sampled_from((900, 1800))),
        "shift": st.integers(0, 10_000).map(lambda seconds: timedelta(seconds=seconds)),
        "visits_90d": st.integers(0, 20),
        "carers": st.sampled_from((1, 2)),
        "places": st.none()
        | st.builds(lambda free, more: Places(free, free + more), st.integers(0, 50), st.integers(0, 50)),
        "own_cents": st.none() | st.integers(0, 100_000),
        "reference_cents": st.none() | st.integers(0, 100_000),
    }
)


@pytest.mark.feature("R4")
@given(facts)
def test_the_parts_of_a_score_add_up_and_none_is_more_than_its_share(known):
    found = score(**known)

    parts = [
        (found.travel, 350),
        (found.time_fit, 200),
        (found.continuity, 200),
        (found.capacity, 100),
        (found.price, 150),
    ]
    assert found.total == sum(part for part, _ in parts)
    assert all(0 <= part <= most for part, most in parts)
    # each part as in domain.md section 5, in exact fractions and rounded down
    way, late_s = known["way"], int(known["shift"].total_seconds())
    assert found.travel == max(0, 350 * (way.limit_s - way.time_s) // way.limit_s)
    assert found.time_fit == max(0, 200 * (3600 - late_s) // 3600)
    assert found.continuity == min(200, 200 * known["visits_90d"] // (3 * known["carers"]))
