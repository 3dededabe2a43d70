"""Scores, order and hard rules of matching against the worked table of the domain description."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.assignment.rules import eligibility, scoring
from dispatch.assignment.values import (
    REASON_WORDS,
    Conditions,
    ElderCase,
    Places,
    ReasonCode,
    Score,
    Share,
    Way,
)
from dispatch.directory import Stage
from dispatch.words import Locale

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
ELDER = ElderCase(
    age=82,
    categories=frozenset({"living_alone", "oldest"}),
    grade="moderate",
    registered_area_code="120198002003",
    area_code="120198001001",
)


def walk(time_s: int, limit_s: int = 900) -> Way:
    return Way(time_s=time_s, limit_s=limit_s)


# domain.md section 5, Matching: the four rows as printed
A = {"way": walk(360), "shift": timedelta(0), "visits_90d": 3, "places": Places(4, 10), "own_cents": 0}
B = {"way": walk(180), "shift": timedelta(minutes=30), "visits_90d": 0, "places": Places(10, 10), "own_cents": 2000}


@pytest.mark.feature("R4")
@pytest.mark.parametrize(
    ("facts", "parts", "total"),
    [(A, Score(210, 200, 200, 40, 150), 800), (B, Score(280, 100, 0, 100, 112), 592)],
    ids=["A", "B"],
)
def test_the_worked_table_comes_out_exactly(facts, parts, total):
    found = scoring.score(**facts, reference_cents=8000)

    assert found == parts
    assert found.total == total


@pytest.mark.feature("R4")
def test_the_order_of_the_worked_table_is_a_c_b():
    a, b = scoring.score(**A, reference_cents=8000), scoring.score(**B, reference_cents=8000)
    rows = {
        "B": scoring.order_key(b, share=Share(offers_28d=6), offer_id=UUID(int=1)),
        "A": scoring.order_key(a, share=Share(offers_28d=9), offer_id=UUID(int=9)),
        "C": scoring.order_key(b, share=Share(offers_28d=5), offer_id=UUID(int=2)),
    }

    assert sorted(rows, key=rows.__getitem__) == ["A", "C", "B"]


def test_equal_scores_and_shares_go_to_who_waited_longest_and_then_by_id():
    same = Score(1, 1, 1, 1, 1)
    rows = {
        "yesterday": scoring.order_key(same, share=Share(2, NOW - timedelta(days=1)), offer_id=UUID(int=1)),
        "last week": scoring.order_key(same, share=Share(2, NOW - timedelta(days=7)), offer_id=UUID(int=2)),
        "never, id 4": scoring.order_key(same, share=Share(2), offer_id=UUID(int=4)),
        "never, id 3": scoring.order_key(same, share=Share(2), offer_id=UUID(int=3)),
    }

    assert sorted(rows, key=rows.__getitem__) == ["never, id 3", "never, id 4", "last week", "yesterday"]


@pytest.mark.feature("R4")
def test_between_equals_offers_differ_by_at_most_one_after_every_round():
    counts = dict.fromkeys((UUID(int=n) for n in range(5)), 0)
    last = dict.fromkeys(counts)

    for round_no in range(23):
        chosen = min(
            counts,
            key=lambda each: scoring.order_key(
                Score(0, 0, 0, 0, 0), share=Share(counts[each], last[each]), offer_id=each
            ),
        )
        counts[chosen] += 1
        last[chosen] = NOW + timedelta(hours=round_no)
        assert max(counts.values()) - min(counts.values()) <= 1


@given(
    time_s=st.integers(0, 900),
    shift_min=st.integers(0, 300),
    visits=st.integers(0, 9),
    free=st.integers(0, 40),
    own=st.integers(0, 20_000),
    reference=st.integers(0, 20_000),
)
def test_no_part_leaves_its_range(time_s, shift_min, visits, free, own, reference):
    found = scoring.score(
        way=walk(time_s),
        shift=timedelta(minutes=shift_min),
        visits_90d=visits,
        places=Places(free, 40),
        own_cents=own,
        reference_cents=reference,
    )

    assert 0 <= found.travel <= 350
    assert 0 <= found.time_fit <= 200
    assert 0 <= found.continuity <= 200
    assert 0 <= found.capacity <= 100
    assert 0 <= found.price <= 150
    assert 0 <= found.total <= 1000


def test_what_is_not_stated_earns_nothing():
    found = scoring.score(
        way=walk(900), shift=timedelta(hours=1), visits_90d=0, places=None, own_cents=None, reference_cents=8000
    )

    assert found == Score(0, 0, 0, 0, 0)


def test_the_reference_price_is_the_median_the_lower_of_two():
    assert scoring.median_cents([]) is None
    assert scoring.median_cents([900, 100, 500]) == 500
    assert scoring.median_cents([900, 100, 500, 700]) == 500


def _code(reason):
    return reason and reason.code.value


@pytest.mark.feature("R5")
@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (eligibility.judge_stage(Stage.OPEN), None),
        (eligibility.judge_stage(Stage.SUSPENDED), "site_not_open"),
        (eligibility.judge_stage(None), "site_not_open"),
        (eligibility.judge_hours(is_open_sometime=True), None),
        (eligibility.judge_hours(is_open_sometime=False), "closed_then"),
        (eligibility.judge_way(walk(900)), None),
        (eligibility.judge_way(walk(901)), "out_of_range"),
        (eligibility.judge_way(Way(None, 900, is_located=False)), "unlocated"),
        (eligibility.judge_catchment(has_catchment=False, is_inside=False), None),
        (eligibility.judge_catchment(has_catchment=True, is_inside=True), None),
        (eligibility.judge_catchment(has_catchment=True, is_inside=False), "outside_catchment"),
        (eligibility.judge_age(ELDER, conditions=Conditions(minimum_age=82)), None),
        (eligibility.judge_age(ELDER, conditions=Conditions(minimum_age=83)), "age_not_eligible"),
        (eligibility.judge_age(ELDER, conditions=Conditions(maximum_age=82)), None),
        (eligibility.judge_age(ELDER, conditions=Conditions(maximum_age=81)), "age_not_eligible"),
        (
            eligibility.judge_categories(ELDER, conditions=Conditions(categories=frozenset({"oldest", "no_family"}))),
            None,
        ),
        (
            eligibility.judge_categories(ELDER, conditions=Conditions(categories=frozenset({"no_family"}))),
            "category_not_eligible",
        ),
        (eligibility.judge_grade(ELDER, conditions=Conditions(grades=frozenset({"moderate"}))), None),
        (eligibility.judge_grade(ELDER, conditions=Conditions(grades=frozenset({"severe"}))), "grade_not_eligible"),
        (eligibility.judge_registration(ELDER, conditions=Conditions(registration_prefix="120198")), None),
        (
            eligibility.judge_registration(ELDER, conditions=Conditions(registration_prefix="120199")),
            "registration_not_eligible",
        ),
    ],
)
def test_each_hard_rule_has_its_code_and_its_limit_is_exact(reason, code):
    assert _code(reason) == code


def test_a_grade_that_is_not_in_force_is_none_at_all():
    expired = ElderCase(**{name: getattr(ELDER, name) for name in ELDER.__slots__} | {"grade": None})

    reason = eligibility.judge_grade(expired, conditions=Conditions(grades=frozenset({"moderate"})))

    assert _code(reason) == "grade_not_eligible"


@pytest.mark.parametrize(
    ("places", "codes"),
    [
        (None, []),
        (Places(1, 10, NOW - timedelta(hours=24)), []),
        (Places(1, 10, NOW - timedelta(hours=24, seconds=1)), ["stale_vacancy"]),
        (Places(0, 10, NOW), ["full"]),
        (Places(0, 10, NOW - timedelta(days=2)), ["full", "stale_vacancy"]),
    ],
)
def test_free_places_must_be_there_and_be_known_since_a_day_at_most(places, codes):
    assert [_code(reason) for reason in eligibility.judge_places(places, now=NOW)] == codes


@pytest.mark.parametrize(
    ("way", "zh", "en"),
    [
        (walk(901), "路程16分钟，超过15分钟", "16 minutes away; the limit is 15."),
        (Way(None, 900, least_s=2341), "路程≥40分钟，超过15分钟", "≥40 minutes away; the limit is 15."),
        # cut off: the straight line is short, but the way was searched up to the limit and not found
        (Way(None, 900, least_s=100), "路程≥16分钟，超过15分钟", "≥16 minutes away; the limit is 15."),
    ],
)
def test_out_of_range_says_how_far_in_both_languages(way, zh, en):
    reason = eligibility.judge_way(way)

    assert (reason.text(Locale.ZH), reason.text(Locale.EN)) == (zh, en)


@pytest.mark.feature("R5")
def test_every_code_has_words_in_both_languages():
    assert set(REASON_WORDS) == set(ReasonCode)
    assert all(words.zh and words.en for words in REASON_WORDS.values())
