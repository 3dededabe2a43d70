"""Who goes and when: shifts, visits already planned, skills, and two carers at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.assignment.rules.staffing import find_staff
from dispatch.assignment.rules.timing import cross, find_starts, full_minute
from dispatch.assignment.values import CarerCase, ChangeCode, Job, ReasonCode, Span, Way, WorkSpan
from dispatch.words import Locale


def at(text: str) -> datetime:
    """An instant of 31 March 2026, by its hour in Tianjin."""
    return datetime.fromisoformat(f"2026-03-31T{text}:00+08:00").astimezone(UTC)


def span(from_text: str, to_text: str) -> Span:
    return Span(at(from_text), at(to_text))


JOB = Job(
    carers=1,
    skills_all=frozenset(),
    skills_any=frozenset(),
    carer_sex=None,
    visit_min=60,
    window=span("14:00", "16:00"),
    open_spans=(span("14:00", "16:00"),),
    not_before_at=at("08:00"),
)
BATH = replace(JOB, carers=2, skills_all=frozenset({"lifting"}), skills_any=frozenset({"bathing"}))


def carer(
    number: int = 1,
    *,
    shift: tuple[str, str] | None = ("08:00", "17:00"),
    travel_min: int | None = 20,
    busy: tuple[tuple[str, str], ...] = (),
    skills: tuple[str, ...] = (),
    left_min: int = 480,
    **facts,
) -> CarerCase:
    return CarerCase(
        carer_id=UUID(int=number),
        name=f"护理员{number}",
        sex=facts.pop("sex", "female"),
        skills=frozenset(skills),
        way=Way(None if travel_min is None else travel_min * 60, 1800, least_s=3000),
        work=(WorkSpan(span(*shift), left_min),) if shift else (),
        busy=tuple(span(*each) for each in busy),
        **facts,
    )


def codes(staffing) -> list[str]:
    return [reason.code.value for reason in staffing.reasons]


@pytest.mark.parametrize(
    ("one", "starts"),
    [
        # worked by hand: earliest = arrival or window, latest = what ends within shift, window and before the next
        (carer(), [("14:00", "15:00")]),
        (carer(shift=("14:00", "17:00")), [("14:20", "15:00")]),
        (carer(shift=("08:00", "15:30")), [("14:00", "14:30")]),
        (carer(busy=(("13:30", "14:15"),)), [("14:35", "15:00")]),
        (carer(busy=(("15:40", "16:30"),)), [("14:00", "14:20")]),
        (carer(busy=(("13:00", "13:20"), ("15:25", "16:00"))), [("14:00", "14:05")]),
        (carer(busy=(("14:10", "14:20"),)), [("14:40", "15:00")]),
        (carer(busy=(("13:30", "15:00"),)), []),
        (carer(shift=("15:00", "17:00")), []),
        (carer(left_min=59), []),
        (carer(travel_min=None), []),
        (carer(busy=(("08:00", "09:00"), ("18:00", "19:00"))), [("14:00", "15:00")]),
    ],
)
def test_possible_starts_are_those_of_the_hand_calculation(one, starts):
    assert find_starts(one, job=JOB) == [span(*each) for each in starts]


def test_nobody_arrives_before_now_and_the_way():
    late = replace(JOB, not_before_at=at("14:10") + timedelta(seconds=1))

    assert find_starts(carer(), job=late) == [span("14:31", "15:00")]


def test_a_start_lies_in_the_hours_of_the_provider():
    lunch = replace(JOB, open_spans=(span("14:00", "14:45"), span("14:50", "16:00")))

    assert find_starts(carer(), job=lunch) == [span("14:50", "15:00")]


@pytest.mark.feature("S8")
def test_two_carers_begin_together_when_the_later_one_is_there():
    # domain.md section 5, Two carers: X arrives 13:52, Y 14:20: start 14:20 for both, X waits 28 min, end 15:20
    x = carer(1, shift=("13:32", "18:00"), skills=("lifting", "bathing"))
    y = carer(2, shift=("14:00", "18:00"), skills=("lifting",))

    found = find_staff([x, y], job=BATH)

    assert found.reasons == ()
    assert {(each.start_at, each.end_at) for each in found.chosen} == {(at("14:20"), at("15:20"))}
    assert [(each.arrive_at, each.wait_min) for each in found.chosen] == [(at("13:52"), 28), (at("14:20"), 0)]


@pytest.mark.feature("S8")
@pytest.mark.parametrize(("y_from", "expected"), [("14:40", []), ("14:41", ["no_pair"])])
def test_without_a_common_start_by_three_there_is_no_pair(y_from, expected):
    # the window ends at 16:00, the bath takes 60 min: 15:00 is the last start; the way takes 20 min
    x = carer(1, skills=("lifting", "bathing"))
    y = carer(2, shift=(y_from, "18:00"), skills=("lifting",))

    assert codes(find_staff([x, y], job=BATH)) == expected


@pytest.mark.feature("S8")
def test_two_who_are_each_free_but_never_together_are_no_pair():
    # X may begin 14:00-14:10 and Y from 14:20 on
    x = carer(1, shift=("08:00", "15:10"), skills=("lifting", "bathing"))
    y = carer(2, shift=("14:00", "18:00"), skills=("lifting",))

    found = find_staff([x, y], job=BATH)

    assert (codes(found), found.able) == (["no_pair"], 2)


@pytest.mark.feature("R4")
@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ([], ["no_skill"]),
        ([carer(skills=("bathing",))], ["no_skill", "no_pair"]),
        ([carer(1, skills=("lifting",)), carer(2, skills=("lifting",))], ["no_skill"]),
        ([carer(1, skills=("lifting", "bathing"))], ["no_pair"]),
        ([carer(1, skills=("lifting", "bathing")), carer(2, skills=("bathing",))], ["no_pair"]),
        ([carer(1, skills=("lifting", "bathing")), carer(2, skills=("lifting",), shift=None)], ["no_pair"]),
    ],
)
def test_a_bath_needs_two_who_lift_of_whom_one_bathes(pool, expected):
    assert codes(find_staff(pool, job=BATH)) == expected


@pytest.mark.feature("R5")
@pytest.mark.parametrize(
    ("one", "job", "expected"),
    [
        (carer(), replace(JOB, skills_all=frozenset({"nursing"})), ["no_skill"]),
        (carer(), replace(JOB, skills_any=frozenset({"nursing"})), ["no_skill"]),
        (carer(shift=None), JOB, ["no_shift"]),
        (carer(shift=("08:00", "14:00")), JOB, ["no_shift"]),
        (carer(busy=(("13:30", "15:00"),)), JOB, ["no_time"]),
        (carer(), replace(JOB, carer_sex="male"), ["sex_not_matched"]),
        (carer(is_refused=True), JOB, ["refused_before"]),
        (carer(travel_min=31), JOB, ["out_of_range"]),
        (carer(travel_min=None), JOB, ["out_of_range"]),
        # all that apply, not the first
        (
            carer(shift=None, is_refused=True, travel_min=31),
            replace(JOB, skills_all=frozenset({"nursing"}), carer_sex="male"),
            ["no_skill", "sex_not_matched", "refused_before", "out_of_range", "no_shift"],
        ),
    ],
)
def test_each_code_about_carers_and_all_that_apply(one, job, expected):
    assert codes(find_staff([one], job=job)) == expected


@pytest.mark.feature("R5")
def test_changing_the_failed_fact_makes_the_carer_appear():
    job = replace(JOB, skills_all=frozenset({"nursing"}), carer_sex="male")
    failing = carer(shift=("08:00", "14:00"))

    mended = replace(failing, skills=frozenset({"nursing"}), sex="male", work=(WorkSpan(span("08:00", "17:00"), 480),))

    assert codes(find_staff([failing], job=job)) == ["no_skill", "sex_not_matched", "no_shift"]
    assert [each.carer_id for each in find_staff([mended], job=job).chosen] == [failing.carer_id]


@pytest.mark.feature("R5")
@pytest.mark.parametrize(
    ("one", "code", "minutes", "zh"),
    [
        # free from 15:00, at the door 15:20, done 16:20: 20 min after the window
        (carer(busy=(("13:30", "15:00"),)), ChangeCode.LATER_END, 20, "有空时间不够，时间窗推后20分钟结束即可"),
        # shift ends 14:40: 40 of 60 min fit
        (carer(shift=("08:00", "14:40")), ChangeCode.SHORTER_VISIT, 20, "有空时间不够，服务缩短20分钟即可"),
        # 50 min left that day: a visit 10 min shorter, or a day 10 min longer; the first found is told
        (carer(left_min=50), ChangeCode.SHORTER_VISIT, 10, "有空时间不够，服务缩短10分钟即可"),
        (carer(left_min=0), ChangeCode.LONGER_DAY, 60, "有空时间不够，当日工时放宽60分钟即可"),
        (
            carer(shift=("13:00", "16:00"), left_min=0, busy=(("14:00", "16:00"),)),
            ChangeCode.OTHER_DAY,
            0,
            "有空时间不够，改到另一天即可",
        ),
    ],
)
def test_no_time_names_the_smallest_change_that_helps(one, code, minutes, zh):
    reason = find_staff([one], job=JOB).reasons[0]

    assert reason.code is ReasonCode.NO_TIME
    assert (reason.change.code, reason.change.minutes) == (code, minutes)
    assert reason.text(Locale.ZH) == zh


@given(
    shift_from=st.integers(8 * 60, 15 * 60),
    shift_min=st.integers(30, 300),
    busy_from=st.integers(12 * 60, 16 * 60),
    busy_min=st.integers(1, 120),
    travel_min=st.integers(0, 30),
    left_min=st.integers(0, 120),
)
def test_the_change_that_is_named_always_helps(shift_from, shift_min, busy_from, busy_min, travel_min, left_min):
    midnight = at("00:00")

    def between(first: int, length: int) -> Span:
        return Span(midnight + timedelta(minutes=first), midnight + timedelta(minutes=first + length))

    one = replace(
        carer(travel_min=travel_min),
        work=(WorkSpan(between(shift_from, shift_min), left_min),),
        busy=(between(busy_from, busy_min),),
    )
    reasons = find_staff([one], job=JOB).reasons
    change = next((reason.change for reason in reasons if reason.code is ReasonCode.NO_TIME), None)
    if change is None or change.code is ChangeCode.OTHER_DAY:
        return

    if change.code is ChangeCode.LATER_END:
        window = Span(JOB.window.from_at, JOB.window.to_at + timedelta(minutes=change.minutes))
        mended = find_staff([one], job=replace(JOB, window=window, open_spans=(window,)))
    elif change.code is ChangeCode.SHORTER_VISIT:
        mended = find_staff([one], job=replace(JOB, visit_min=JOB.visit_min - change.minutes))
    else:
        mended = find_staff([replace(one, work=(replace(one.work[0], left_min=left_min + change.minutes),))], job=JOB)

    assert mended.chosen


def test_the_known_face_wins_over_the_one_who_is_nearer():
    near = carer(1, travel_min=10)
    known = carer(2, travel_min=15, visits_90d=3)

    found = find_staff([near, known], job=JOB)

    assert [each.carer_id for each in found.chosen] == [known.carer_id]
    assert (found.able, found.qualified) == (2, 2)


def test_between_equals_the_preferred_carer_goes():
    found = find_staff([carer(1), carer(2, is_preferred=True)], job=JOB)

    assert [each.carer_id for each in found.chosen] == [UUID(int=2)]


def test_spans_that_touch_share_one_start():
    assert cross([span("14:00", "15:00")], [span("15:00", "16:00")]) == [span("15:00", "15:00")]


def test_a_start_is_rounded_up_to_the_minute():
    assert full_minute(at("14:20")) == at("14:20")
    assert full_minute(at("14:20") + timedelta(microseconds=1)) == at("14:21")


@pytest.mark.parametrize("carers", [1, 2])
def test_of_a_window_that_begins_within_a_minute_the_start_is_on_the_next_full_one(carers):
    pool = [carer(1, skills=("lifting", "bathing")), carer(2, skills=("lifting",))]
    window = Span(at("14:00") + timedelta(seconds=14, microseconds=358_024), at("16:00"))
    job = replace(BATH if carers == 2 else JOB, window=window, open_spans=(window,))

    found = find_staff(pool, job=job)

    assert [one.start_at for one in found.chosen] == [at("14:01")] * carers
