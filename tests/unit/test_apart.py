"""Windows of one elder's services are cut apart: by hand, and by laws that hold of any day."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from dispatch.assignment.rules.apart import keep_apart
from dispatch.planner import Before, Job, Pin, Slot

MIN, HOUR = 60.0, 3600.0


def job(key: str, from_h: float, to_h: float, length_min: float = 60, **fields) -> Job:
    """A job whose starts and end lie within hours of the day."""
    length_s = length_min * MIN
    earliest_s, latest_s = round(from_h * HOUR), round(to_h * HOUR) - length_s
    made = {"earliest_s": earliest_s, "latest_s": latest_s, "slots": (Slot(frozenset(), length_s),)}
    return Job(key, 0, **(made | fields))


def windows(*jobs: Job) -> list[tuple[float, float]]:
    """Hours from the earliest start to the latest end, after the cut; all of one elder."""
    cut = keep_apart(jobs, elders=["one"] * len(jobs))
    return [(each.earliest_s / HOUR, (each.latest_s + each.slots[0].length_s) / HOUR) for each in cut]


def test_a_wide_window_makes_way_for_a_narrow_one() -> None:
    assert windows(job("outreach", 8, 17, 30), job("bath", 14, 16)) == [(8, 14), (14, 16)]


def test_equal_windows_are_shared_so_that_both_have_the_same_room() -> None:
    assert windows(job("bath", 14, 16, 60), job("outreach", 14, 16, 30)) == [(14.75, 16), (14, 14.75)]


def test_nothing_comes_where_something_is_pinned_or_under_way() -> None:
    pinned = job("bath", 9, 16, pin=Pin((0,), start_s=10 * HOUR))
    assert windows(job("meal", 9, 13), pinned) == [(11, 13), (9, 16)]


def test_what_people_were_told_stays_and_may_move_half_of_the_way_to_the_next() -> None:
    first = job("bath", 8, 17, before=Before((0,), 9 * HOUR))
    second = job("meal", 8, 17, before=Before((0,), 12 * HOUR))
    assert windows(first, second) == [(8, 11), (11, 17)]
    assert windows(first, second, job("outreach", 8, 17, 30)) == [(8, 11), (11, 13), (13, 17)]


def test_windows_that_leave_no_two_times_stay_as_they_are() -> None:
    assert windows(job("bath", 14, 15), job("meal", 14, 15)) == [(14, 15), (14, 15)]


def test_elders_have_nothing_to_do_with_each_other() -> None:
    both = (job("bath", 14, 16), job("meal", 14, 16))
    assert keep_apart(both, elders=["one", "other"]) == both


JOBS = st.builds(
    lambda from_min, length_min, spare_min, pinned, told: replace(
        job("any", from_min / 60, (from_min + length_min + spare_min) / 60, length_min),
        pin=Pin((0,), start_s=(from_min + min(pinned, spare_min)) * MIN) if pinned is not None else None,
        before=Before((0,), (from_min + min(told, spare_min)) * MIN) if told is not None else None,
    ),
    st.integers(480, 900),
    st.integers(10, 120),
    st.integers(0, 300),
    st.one_of(st.none(), st.none(), st.integers(0, 300)),
    st.one_of(st.none(), st.none(), st.integers(0, 300)),
)


def span(one: Job) -> tuple[float, float]:
    if one.pin is not None and one.pin.start_s is not None:
        return one.pin.start_s, one.pin.start_s + one.slots[0].length_s
    return one.earliest_s, one.latest_s + one.slots[0].length_s


def are_apart(one: Job, other: Job) -> bool:
    return span(one)[1] <= span(other)[0] or span(other)[1] <= span(one)[0]


@given(st.lists(JOBS, min_size=2, max_size=5))
def test_a_cut_window_is_a_part_of_it_and_meets_no_other_that_was_cut(jobs: list[Job]) -> None:
    cut = keep_apart(jobs, elders=["one"] * len(jobs))
    for before, after in zip(jobs, cut, strict=True):
        assert before.earliest_s <= after.earliest_s <= after.latest_s <= before.latest_s
        if before.pin is not None:
            assert after == before
    changed = [after for before, after in zip(jobs, cut, strict=True) if after != before]
    for one, other in combinations(changed, 2):
        assert are_apart(one, other)


@given(st.lists(JOBS, min_size=2, max_size=2))
def test_two_services_that_can_be_apart_are(jobs: list[Job]) -> None:
    free = [replace(each, pin=None, before=None) for each in jobs]
    can = any(first.earliest_s + first.slots[0].length_s <= second.latest_s for first, second in permutations(free))
    assert are_apart(*keep_apart(free, elders=["one", "one"])) is can
