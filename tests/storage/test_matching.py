"""Candidates for a request in the tiny town: the worked table, every reason, and what brings a provider back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dispatch import assignment, carers, elders, storage, visits
from dispatch.actor import SYSTEM
from dispatch.words import Locale
from tests.factories.assignment import refuse
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, local
from tests.factories.subsidies import put_rules, rule_record
from tests.worlds.tiny_day import AREA, OTHER_AREA, OTHER_DISTRICT, make_tiny_day, point_ll

FAR = (2000, 500)  # 1,000 m from the home: 17 min on foot


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder."""
    with storage.transaction():
        yield make_tiny_day()


@pytest.mark.feature("R4")
def test_the_worked_table_comes_out_of_the_database(town):
    town.worked_table()
    for number, name in enumerate(["B"] * 6 + ["C"] * 5):
        [other] = put_elders(elder_record(area=OTHER_AREA, name=f"李{number}"))
        town.past(name=name, on="2026-03-20", elder_id=other, now=NOW - timedelta(days=10))

    found = town.match(town.ask())

    # domain.md section 5: A 210 200 200 40 150 = 800, B and C 280 100 0 100 112 = 592, order A, C, B
    parts = [
        (each.score.travel, each.score.time_fit, each.score.continuity, each.score.capacity, each.score.price)
        for each in found.ranked
    ]
    assert town.order(found) == ["A", "C", "B"]
    assert parts == [(210, 200, 200, 40, 150), (280, 100, 0, 100, 112), (280, 100, 0, 100, 112)]
    assert [each.score.total for each in found.ranked] == [800, 592, 592]
    assert [each.rank for each in found.ranked] == [1, 2, 3]
    assert [each.share.offers_28d for each in found.ranked] == [0, 5, 6]
    assert town.codes(found) == {name: ["closed_then"] for name in "DEFG"}


@pytest.mark.feature("R4")
def test_between_equals_requests_go_round(town):
    town.provider("甲")
    town.provider("乙", at=(640, 500))
    counts = {"甲": 0, "乙": 0}

    for day in range(1, 8):
        request_id = town.ask(on=f"2026-04-0{day}")
        best = town.order(town.match(request_id, now=NOW + timedelta(minutes=day)))[0]
        town.assign(request_id, best, now=NOW + timedelta(minutes=day))
        counts[best] += 1
        assert abs(counts["甲"] - counts["乙"]) <= 1

    assert sorted(counts.values()) == [3, 4]


# for each code of a site: what makes it fail, and what mends it
SITE_FACTS = [
    ("site_not_open", {"stage": "suspended"}, {}),
    ("site_not_open", {"stage": "under_construction"}, {}),
    ("closed_then", {"hours": "Mo 08:00-20:00"}, {"hours": "Tu 08:00-20:00"}),
    ("closed_then", {"hours": "Mo-Su 12:30-20:00", "visit_min": 60}, {"hours": "Mo-Su 12:00-20:00", "visit_min": 60}),
    ("unlocated", {"at": None}, {}),
    ("out_of_range", {"at": (1901, 500)}, {"at": (1900, 500)}),
    ("outside_catchment", {"catchments": (OTHER_AREA,)}, {"catchments": (OTHER_AREA, AREA)}),
    ("age_not_eligible", {"minimum_age": 82}, {"minimum_age": 81}),
    ("category_not_eligible", {"categories": ("no_family",)}, {"categories": ("no_family", "living_alone")}),
    ("grade_not_eligible", {"grades": ("severe",)}, {}),
    ("registration_not_eligible", {"registration_prefix": "120199"}, {}),
    ("full", {"capacity": (10, 0)}, {"capacity": (10, 1)}),
    (
        "stale_vacancy",
        {"capacity": (10, 3), "counted_at": NOW - timedelta(hours=24, seconds=1)},
        {"capacity": (10, 3), "counted_at": NOW - timedelta(hours=24)},
    ),
]


@pytest.mark.feature("R5")
@pytest.mark.parametrize(("code", "failing", "mended"), SITE_FACTS)
def test_a_site_that_fails_has_its_code_and_comes_back_when_the_fact_changes(town, code, failing, mended):
    town.provider("坏", **failing)
    town.provider("好", **mended)

    found = town.match(town.ask())

    assert town.codes(found) == {"坏": [code]}
    assert town.order(found) == ["好"]


@pytest.mark.feature("R5")
def test_every_provider_of_the_district_has_a_rank_or_reasons_and_all_that_apply(town):
    town.provider("好")
    town.provider("坏", stage="closed", hours="Mo 08:00-20:00", at=FAR, minimum_age=90, capacity=(5, 0))
    town.provider("别", service="day_care")
    town.provider("外区", area=OTHER_DISTRICT, at=FAR)

    found = town.match(town.ask())

    assert town.order(found) == ["好"]
    assert town.codes(found) == {
        "坏": ["site_not_open", "closed_then", "out_of_range", "age_not_eligible", "full"],
        "别": ["not_offered"],
    }


def test_a_site_just_across_the_border_counts(town):
    town.provider("邻区", area=OTHER_DISTRICT, at=(1200, 500))

    assert town.order(town.match(town.ask())) == ["邻区"]


def test_the_children_of_a_service_serve_a_request_for_the_whole(town):
    town.provider("食堂")
    town.provider("送餐", service="meal_delivery", delivery="home", at=(1200, 500))
    town.carer("小王", of="送餐", skills=("food_hygiene",))

    assert set(town.order(town.match(town.ask("meals")))) == {"食堂", "送餐"}


def test_exactly_the_limit_is_near_enough_and_the_reason_says_how_far(town):
    town.provider("九百", at=(1900, 500))
    town.provider("九百零一", at=(1901, 500))
    town.provider("三公里", at=(4000, 500))

    found = town.match(town.ask())

    texts = {each.site_name: each.reasons[0].text(Locale.ZH) for each in found.rejected}
    assert [each.way.time_s for each in found.ranked] == [900]
    assert texts == {"九百零一站": "路程16分钟，超过15分钟", "三公里站": "路程≥50分钟，超过15分钟"}


@pytest.mark.feature("R5")
def test_an_expired_grade_does_not_qualify_and_one_in_force_does(db):  # noqa: ARG001 - what is put is undone
    grades = [elders.AssessmentRecord("GB/T 42195-2022", "severe", date(2025, 1, 1), date(2026, 3, 31))]
    with storage.transaction():
        town = make_tiny_day(assessments=tuple(grades))
        town.provider("重度", grades=("severe",))

        on_the_day_it_ends = town.match(town.ask())
        the_day_before = town.match(town.ask(on="2026-03-30"))

    assert town.codes(on_the_day_it_ends) == {"重度": ["grade_not_eligible"]}
    assert town.order(the_day_before) == ["重度"]


@pytest.mark.feature("S8")
def test_two_carers_begin_at_the_same_time(town):
    town.bath_team()

    [found] = town.match(town.ask("bathing_home")).ranked

    # domain.md section 5, Two carers
    assert (found.start_at, found.end_at) == (local("2026-03-31 14:20"), local("2026-03-31 15:20"))
    assert [(each.name, each.arrive_at, each.wait_min) for each in found.carers] == [
        ("X", local("2026-03-31 13:52"), 28),
        ("Y", local("2026-03-31 14:20"), 0),
    ]
    # 800 m at 1.3 m/s = 615.4 s, rounded up 616, and 180 s for parking and door
    assert [each.travel_s for each in found.carers] == [796, 796]
    # 350 x (1800 - 796) / 1800 = 195.2; 20 min of 60 off: 200 x 40 / 60 = 133.3
    assert (found.score.travel, found.score.time_fit) == (195, 133)


@pytest.mark.feature("S8")
def test_when_one_of_two_is_taken_there_is_no_pair(town):
    town.bath_team()
    plan = visits.NewVisit(
        elder_id=town.elder_id,
        service_code="daily_living",
        window_from_at=local("2026-03-31 14:30"),
        window_to_at=local("2026-03-31 16:00"),
        visit_min=60,
        carer_id=town.carers["Y"],
        start_at=local("2026-03-31 14:50"),
    )
    request_id = town.ask("bathing_home")
    before = town.order(town.match(request_id))

    visits.plan_visits([plan], actor=SYSTEM, at=NOW)

    assert before == ["浴"]
    assert town.codes(town.match(request_id)) == {"浴": ["no_pair"]}


# for each code about carers: what the one carer of the provider is like, and what mends it
CARER_FACTS = [
    ("no_skill", {"skills": ("bathing",)}, {"skills": ("nursing",)}),
    ("no_shift", {"shift": ("08:00", "13:00")}, {}),
    ("no_shift", {"exceptions": (carers.ExceptionRecord(date(2026, 3, 31), "sick"),)}, {}),
    ("no_time", {"shift": ("08:00", "14:59")}, {"shift": ("08:00", "15:00")}),
    ("no_time", {"day_limit_min": 59}, {"day_limit_min": 60}),
    ("sex_not_matched", {"sex": "male"}, {"sex": "female"}),
    # 30 min less 3 for parking and door: 1620 s at 1.3 m/s are 2,106 m; by e-bike 6,750 m
    ("out_of_range", {"base": (3107, 500)}, {"base": (3106, 500)}),
    ("out_of_range", {"base": (3107, 500)}, {"base": (5000, 500), "mode": "ebike"}),
]


@pytest.mark.feature("R5")
@pytest.mark.parametrize(("code", "failing", "mended"), CARER_FACTS)
def test_a_carer_who_cannot_come_has_a_code_and_comes_back_when_the_fact_changes(town, code, failing, mended):
    for name, facts in (("坏", failing), ("好", mended)):
        town.provider(name, service="health_care", delivery="home", visit_min=60)
        town.carer(name, of=name, **({"skills": ("nursing",)} | facts))

    found = town.match(town.ask("health_care", carer_sex="female"))

    assert town.codes(found) == {"坏": [code]}
    assert town.order(found) == ["好"]


@pytest.mark.feature("R5")
def test_a_refused_carer_never_comes_unless_the_refusal_has_ended(town):
    town.provider("护", service="health_care", delivery="home")
    carer_id = town.carer("甲", of="护", skills=("nursing",))
    refuse(town.elder_id, carer_id=carer_id, until=date(2026, 4, 1))
    while_it_holds = town.match(town.ask("health_care"))
    after_it_ended = town.match(town.ask("health_care", on="2026-04-07"))

    assert town.codes(while_it_holds) == {"护": ["refused_before"]}
    assert town.order(after_it_ended) == ["护"]


def test_no_time_says_what_would_do(town):
    town.provider("护", service="health_care", delivery="home", visit_min=60)
    town.carer("甲", of="护", skills=("nursing",), shift=("08:00", "14:50"))

    [reason] = town.match(town.ask("health_care")).rejected[0].reasons

    assert reason.text(Locale.ZH) == "有空时间不够，服务缩短10分钟即可"
    assert reason.text(Locale.EN) == "Not enough free time; a visit 10 min shorter would do."


def test_an_ebike_is_as_fast_as_the_domain_says(town):
    # domain.md section 5: 4,200 m by e-bike = 1,008 + 180 = 1,188 s
    town.provider("护", service="health_care", delivery="home")
    town.carer("甲", of="护", skills=("nursing",), mode="ebike", base=(5200, 500))

    [found] = town.match(town.ask("health_care")).ranked

    assert found.way.time_s == 1188


def test_a_home_without_a_point_is_told_before_anything_else(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        town = make_tiny_day(point_ll=None)
        town.provider("好")
        request_id = town.ask()

        with pytest.raises(assignment.HomeUnlocatedError):
            town.match(request_id)


def test_a_home_far_from_every_street_is_unlocated_too(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        town = make_tiny_day(point_ll=point_ll(1050, 1300))
        town.provider("好")
        request_id = town.ask()

        with pytest.raises(assignment.HomeUnlocatedError):
            town.match(request_id)


def test_a_window_of_the_past_has_no_candidates(town):
    town.provider("好")
    request_id = town.ask()

    with pytest.raises(assignment.WindowPastError):
        town.match(request_id, now=local("2026-03-31 13:00"))


def test_places_taken_here_are_no_longer_free(town):
    town.provider("食堂", capacity=(10, 2))
    [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(1000, 500), name="李四"))
    first = town.ask()
    town.assign(first, "食堂")

    [left] = town.match(town.ask(elder_id=other)).ranked

    # 2 were free and 1 was taken here: 100 x 1 / 10
    assert (left.places.free, left.places.maximum, left.score.capacity) == (1, 10, 10)


def test_a_service_from_afar_needs_no_way_and_no_carer(town):
    town.provider("远程", service="monitoring", delivery="remote", at=None)

    [found] = town.match(town.ask("monitoring")).ranked

    assert (found.way, found.carers, found.score.travel) == (None, (), 350)


def test_a_window_of_two_days_finds_the_first_start_on_the_second(town):
    # the shifts of the town are on Tuesdays: the window from Monday noon to Tuesday noon begins there at 08:00
    town.provider("护", service="health_care", delivery="home", visit_min=60)
    town.carer("甲", of="护", skills=("nursing",), base=(1000, 500))
    window = {"window_from_at": local("2026-03-30 12:00"), "window_to_at": local("2026-03-31 12:00")}

    [found] = town.match(town.ask("health_care", **window)).ranked

    # parking and door take 3 min
    assert found.start_at == local("2026-03-31 08:03")
    assert found.score.time_fit == 0


@pytest.mark.feature("R4")
def test_what_is_paid_for_the_elder_counts_for_the_price_until_the_week_is_spent(town):
    # prices 1,500 and 4,500: the lower of the two middle ones is the reference; a rule pays 300 a meal, five a week
    put_rules(rule_record(weekly_limit=1))
    town.provider("食堂", price=("meal", 1500))
    town.provider("贵", price=("meal", 4500), hours="Mo-Su 17:00-20:00")
    first = town.ask()

    found = town.match(first)
    second = town.match(town.ask(on="2026-04-01"))

    [one], [spent] = found.ranked, second.ranked
    # 150 x (1500 - 1200) / 1500 = 30; the second meal of the week is paid for in full: 150 x 0 / 1500
    assert (one.price_cents, one.subsidy_cents, one.own_share_cents, one.score.price) == (1500, 300, 1200, 30)
    assert (spent.subsidy_cents, spent.own_share_cents, spent.score.price) == (0, 1500, 0)
    assert (found.assumptions.subsidy_rules, second.assumptions.subsidy_rules) == (("EX-1",), ())
