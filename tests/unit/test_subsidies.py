"""What is paid for each use of a service; the worked example is that of domain.md, section 5 (Quote)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import subsidies
from dispatch.subsidies import Outcome, Taken
from tests.factories.subsidies import facts, rule_record, service_rule, use, worked_rules

MEALS = ("meal_dine_in", "meal_delivery")
WORKED = [service_rule(each, below=MEALS) for each in worked_rules()]
MONDAY_TO_SATURDAY = [f"2026-06-{day}" for day in (29, 30)] + [f"2026-07-0{day}" for day in (1, 2, 3, 4)]


def outcome_of(one: subsidies.Use, *rules: subsidies.ServiceRule, taken=()) -> tuple[Outcome, int | None]:
    [line] = subsidies.compute_lines([one], rules=rules or WORKED, taken=taken)
    return line.outcome, line.subsidy_cents


@pytest.mark.feature("R9")
def test_the_worked_example_comes_out_to_the_cent():
    lines = subsidies.compute_lines([use(on) for on in MONDAY_TO_SATURDAY], rules=WORKED, taken=[])

    # 2 × 300 + 3 × 400 + the sixth 0 = 1,800; gross 9,000; own 7,200
    assert [each.subsidy_cents for each in lines] == [300, 300, 400, 400, 400, 0]
    assert [each.rule_version for each in lines] == ["EX-1", "EX-1", "EX-2", "EX-2", "EX-2", "EX-2"]
    assert lines[-1].outcome is Outcome.WEEKLY_LIMIT
    sums = [sum(getattr(each, f"{name}_cents") for each in lines) for name in ("gross", "subsidy", "own_share")]
    assert sums == [9000, 1800, 7200]


@pytest.mark.feature("R9")
def test_what_the_elder_already_has_counts_against_the_week_and_no_other():
    before = [Taken(date(2026, 6, 22) + timedelta(days=day), "meal_delivery") for day in range(7)]
    same_week = [Taken(date(2026, 7, 5), "meal_delivery")] * 4

    assert outcome_of(use("2026-06-29"), taken=before) == (Outcome.GRANTED, 300)
    assert outcome_of(use("2026-06-29"), taken=before + same_week) == (Outcome.GRANTED, 300)
    assert outcome_of(use("2026-06-29"), taken=[*same_week, Taken(date(2026, 6, 29), "meals")]) == (
        Outcome.WEEKLY_LIMIT,
        0,
    )


def test_other_services_do_not_count_against_a_week():
    baths = [Taken(date(2026, 6, 29), "bathing_home")] * 9

    assert outcome_of(use("2026-06-30"), taken=baths) == (Outcome.GRANTED, 300)


def test_the_first_day_is_in_and_the_last_is_out():
    rule = service_rule(rule_record("A", valid_from=date(2026, 6, 30), valid_to=date(2026, 7, 1)), below=MEALS)

    found = [outcome_of(use(on), rule)[0] for on in ("2026-06-29", "2026-06-30", "2026-07-01")]

    assert found == [Outcome.NO_RULE, Outcome.GRANTED, Outcome.NO_RULE]


@pytest.mark.parametrize(
    ("conditions", "of", "is_met"),
    [
        ({"minimum_age": 82}, {}, True),
        ({"minimum_age": 83}, {}, False),
        ({"minimum_age": None, "categories": ("hardship",)}, {"categories": frozenset({"hardship"})}, True),
        ({"minimum_age": None, "categories": ("hardship",)}, {"categories": frozenset({"oldest"})}, False),
        ({"minimum_age": None, "grades": ("severe", "complete")}, {"grade": "severe"}, True),
        ({"minimum_age": None, "grades": ("severe",)}, {"grade": None}, False),
        ({"minimum_age": 80, "categories": ("hardship",)}, {"age": 79, "categories": frozenset({"hardship"})}, False),
    ],
)
def test_every_condition_must_be_met(conditions, of, is_met):
    rule = service_rule(rule_record(**conditions), below=MEALS)

    found = outcome_of(use("2026-06-29", facts=facts(**of)), rule)

    assert found == ((Outcome.GRANTED, 300) if is_met else (Outcome.NOT_ELIGIBLE, 0))


def test_the_nearest_area_decides_and_a_draft_never():
    city = service_rule(rule_record("CITY", area_code="12", amount_cents=900), below=MEALS)
    district = service_rule(rule_record("DISTRICT", amount_cents=200), below=MEALS)
    draft = service_rule(rule_record("DRAFT", area_code="120198001", amount_cents=1000, status="draft"), below=MEALS)
    elsewhere = service_rule(rule_record("OTHER", area_code="120199", amount_cents=1000), below=MEALS)

    assert outcome_of(use("2026-06-29"), city, district, draft, elsewhere) == (Outcome.GRANTED, 200)
    assert outcome_of(use("2026-06-29"), city, draft, elsewhere) == (Outcome.GRANTED, 900)


def test_of_several_that_fit_the_one_that_pays_most_is_used_and_they_never_add_up():
    low = service_rule(rule_record("LOW", amount_cents=200, weekly_limit=None), below=MEALS)
    high = service_rule(rule_record("HIGH", amount_cents=500, weekly_limit=1), below=MEALS)

    lines = subsidies.compute_lines([use("2026-06-29"), use("2026-06-30")], rules=[low, high], taken=[])

    assert [(each.rule_version, each.subsidy_cents) for each in lines] == [("HIGH", 500), ("LOW", 200)]


def test_nobody_is_paid_more_than_the_price():
    [line] = subsidies.compute_lines([use("2026-06-29", gross_cents=100)], rules=WORKED, taken=[])

    assert (line.subsidy_cents, line.own_share_cents) == (100, 0)


def test_what_the_insurance_pays_is_not_subsidized():
    rule = service_rule(rule_record(service_code="ltci_nursing"))

    assert outcome_of(use("2026-06-29", service_code="ltci_nursing"), rule) == (Outcome.INSURED, 0)


def test_without_a_price_nothing_is_zero_but_the_rule_is_named():
    [line] = subsidies.compute_lines([use("2026-06-29", gross_cents=None)], rules=WORKED, taken=[])

    assert line.outcome is Outcome.NO_PRICE
    assert (line.gross_cents, line.subsidy_cents, line.own_share_cents) == (None, None, None)
    assert line.rule_version == "EX-1"


@pytest.mark.feature("R9")
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    days=st.lists(st.integers(0, 30), max_size=20),
    gross=st.integers(0, 3000),
    amount=st.integers(0, 3000),
    limit=st.integers(1, 7),
)
def test_shares_add_up_and_no_week_is_paid_more_often_than_its_limit(days, gross, amount, limit):
    rule = service_rule(rule_record(amount_cents=amount, weekly_limit=limit), below=MEALS)
    dates = [(date(2026, 6, 1) + timedelta(days=day)).isoformat() for day in days]

    lines = subsidies.compute_lines([use(on, gross_cents=gross) for on in dates], rules=[rule], taken=[])

    assert len(lines) == len(days)
    assert all(each.subsidy_cents + each.own_share_cents == gross and each.own_share_cents >= 0 for each in lines)
    granted = [subsidies.week_of(each.service_on) for each in lines if each.outcome is Outcome.GRANTED]
    assert all(granted.count(week) <= limit for week in granted)
