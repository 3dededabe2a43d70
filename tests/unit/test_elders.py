"""Who sees how much of an elder, and who was in a set: decisions without a database."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import geo
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.elders.rules import (
    age_band,
    age_on,
    is_overlapping,
    judge_member,
    judge_view,
    mask_name,
    nearest_set,
    round_point,
    show_card,
)
from dispatch.elders.values import (
    AssessmentFacts,
    CategorySetFacts,
    ElderCard,
    Grade,
    LocatedBy,
    MembershipFacts,
    Sex,
    Stay,
    Ties,
    View,
)

ELDER = UUID(int=1)
AREA = "120198001001"
MARCH = (date(2026, 3, 1), date(2026, 4, 1))


def actor(role: Role, *, area: str | None = None, elder: UUID | None = None) -> Actor:
    if area:
        grant = Grant(role, ScopeKind.AREA, area)
    elif elder:
        grant = Grant(role, ScopeKind.ELDER, str(elder))
    else:
        grant = Grant(role, ScopeKind.OWN, "")
    return Actor(account_id=uuid4(), grants=(grant,))


def judge(who: Actor, **ties: frozenset[UUID]) -> View:
    return judge_view(who, elder_id=ELDER, area_code=AREA, ties=Ties(**ties))


def category_set(*members: str, area: str = "120198", since: date = date(2020, 1, 1), until: date | None = None):
    return CategorySetFacts("set", area, "visit", frozenset(members), since, until, is_open=False, clause=None)


def member(stays, memberships, sets, span=MARCH):
    return judge_member(ELDER, stays=stays, memberships=memberships, sets=sets, from_on=span[0], to_on=span[1])


@pytest.mark.parametrize(
    ("role", "area", "expected"),
    [
        (Role.DISTRICT_OFFICER, "120198", View.FULL),
        (Role.DISTRICT_OFFICER, "120199", View.NONE),
        (Role.COMMUNITY_WORKER, "120198001", View.MASKED),
        (Role.COMMUNITY_WORKER, "120198002", View.NONE),
        (Role.OPERATOR, "120198", View.MASKED),
        (Role.CARER, "120198001", View.MASKED),  # a volunteer of the subdistrict
        (Role.CARER, "120198002", View.NONE),
        (Role.PLANNER, "120198", View.NONE),
        (Role.ADMINISTRATOR, "12", View.NONE),
    ],
)
def test_role_within_an_area_decides_the_view(role, area, expected) -> None:
    # domain, section 4, row "elder"
    assert judge(actor(role, area=area)) is expected


def test_family_sees_its_own_elder_in_full_and_no_other() -> None:
    assert judge(actor(Role.FAMILY, elder=ELDER)) is View.FULL
    assert judge(actor(Role.FAMILY, elder=UUID(int=2))) is View.NONE


def test_worker_sees_the_own_caseload_in_full_within_the_area_only() -> None:
    caseload = frozenset({ELDER})

    assert judge(actor(Role.COMMUNITY_WORKER, area="120198001"), caseload=caseload) is View.FULL
    assert judge(actor(Role.COMMUNITY_WORKER, area="120198002"), caseload=caseload) is View.NONE


def test_carer_sees_an_elder_on_the_day_of_a_visit_only() -> None:
    assert judge(actor(Role.CARER), visited_today=frozenset({ELDER})) is View.VISIT
    assert judge(actor(Role.CARER)) is View.NONE


def test_coordinator_sees_an_elder_with_an_open_request_only() -> None:
    assert judge(actor(Role.COORDINATOR), requested=frozenset({ELDER})) is View.REQUEST
    assert judge(actor(Role.COORDINATOR), visited_today=frozenset({ELDER})) is View.NONE


def test_widest_of_several_roles_decides() -> None:
    both = Actor(
        account_id=uuid4(),
        grants=(
            Grant(Role.OPERATOR, ScopeKind.AREA, "120198"),
            Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198001"),
        ),
    )

    assert judge(both) is View.FULL
    assert judge(SYSTEM) is View.FULL


def test_elder_who_lives_nowhere_is_in_nobodys_area() -> None:
    officer = actor(Role.DISTRICT_OFFICER, area="12")

    assert judge_view(officer, elder_id=ELDER, area_code=None, ties=Ties()) is View.NONE


def full_card() -> ElderCard:
    return ElderCard(
        elder_id=ELDER,
        view=View.FULL,
        name="欧阳修竹",
        sex=Sex.FEMALE,
        age_band="80-89",
        area_code=AREA,
        lon=117.20012,
        lat=39.10034,
        born_on=date(1944, 5, 6),
        age=81,
        address="测试路1号",
        registered_area_code="120198",
        has_lift_access=False,
        memberships=(MembershipFacts("living_alone", date(2020, 1, 1), None),),
    )


# what each view shows of each field: "whole", "masked", or nothing
SHOWN = {
    "elder_id": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "whole"},
    "view": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "whole"},
    "name": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "masked"},
    "sex": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "whole"},
    "age_band": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "whole"},
    "area_code": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "whole"},
    "lon": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "masked"},
    "lat": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "masked"},
    "is_rounded": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "masked"},
    "born_on": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole"},
    "age": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole"},
    "address": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole"},
    "located_by": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole"},
    "registered_area_code": {},
    "has_lift_access": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole"},
    "phone": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "masked"},
    "id_no_masked": {},
    "version": {"request": "whole", "visit": "whole", "emergency": "whole", "call": "whole", "masked": "whole"},
    "memberships": {},
    "assessment": {"request": "whole"},
}


@pytest.mark.feature("X2")
def test_each_view_shows_of_each_field_what_the_table_says() -> None:
    """A field that is new has no row here, and fails."""
    card = replace(
        full_card(),
        located_by=LocatedBy.DOOR,
        phone="+8613800002345",
        id_no_masked="1201**********001X",
        version=7,
        assessment=AssessmentFacts("standard", Grade.MILD, date(2026, 1, 1), date(2027, 1, 1)),
    )
    fields = {each.name for each in dataclasses.fields(ElderCard)}
    assert fields == set(SHOWN)
    assert all(getattr(card, name) is not None for name in fields)

    for view in (View.REQUEST, View.VISIT, View.EMERGENCY, View.MASKED):
        shown = show_card(card, view=view)
        for name, rights in SHOWN.items():
            whole = view if name == "view" else getattr(card, name)
            found = getattr(shown, name)
            if rights.get(view.value) == "whole":
                assert found == whole, (view, name)
            elif rights.get(view.value) == "masked":
                assert found is not None, (view, name)
                assert found != whole, (view, name)
            else:
                assert found is None, (view, name)


def test_masked_card_shows_surname_band_community_and_a_rounded_place() -> None:
    shown = show_card(full_card(), view=View.MASKED)

    assert (shown.name, shown.age_band, shown.area_code) == ("欧**", "80-89", AREA)
    hidden = (shown.born_on, shown.age, shown.address, shown.memberships, shown.assessment, shown.registered_area_code)
    assert hidden == (None,) * 6
    assert shown.is_rounded
    assert (shown.lon, shown.lat) != (117.20012, 39.10034)


def test_carer_sees_who_and_where_but_nothing_sensitive() -> None:
    shown = show_card(full_card(), view=View.VISIT)

    assert (shown.name, shown.address, shown.lon) == ("欧阳修竹", "测试路1号", 117.20012)
    assert shown.memberships is None
    assert shown.assessment is None


def test_name_of_any_length_is_masked_alike() -> None:
    assert [mask_name(name) for name in ("张三", "欧阳修竹", "李")] == ["张**", "欧**", "李**"]


@given(
    lon=st.floats(116.6, 118.2, allow_nan=False),
    lat=st.floats(38.5, 40.3, allow_nan=False),
)
def test_rounded_place_is_at_most_half_a_diagonal_away(lon, lat) -> None:
    rounded = round_point((lon, lat))

    # half the diagonal of a 100 m square is 70.71 m; the projection stretches by less than 1e-4 over 0.1 degrees
    assert geo.distance_m((lon, lat), rounded) < 70.8


@pytest.mark.parametrize(
    ("born_on", "on", "age"),
    [
        (date(1946, 4, 1), date(2026, 3, 31), 79),
        (date(1946, 4, 1), date(2026, 4, 1), 80),
        (date(1944, 2, 29), date(2026, 2, 28), 81),
        (date(1944, 2, 29), date(2026, 3, 1), 82),
    ],
)
def test_age_is_full_years(born_on, on, age) -> None:
    assert age_on(born_on, on=on) == age


def test_age_bands_are_tens() -> None:
    assert [age_band(age) for age in (59, 60, 69, 70, 89, 90, 104)] == [
        "0-59",
        "60-69",
        "60-69",
        "70-79",
        "80-89",
        "90+",
        "90+",
    ]


def test_spans_that_touch_do_not_overlap() -> None:
    first, second = (date(2026, 1, 1), date(2026, 3, 1)), (date(2026, 3, 1), None)

    assert not is_overlapping([second, first])
    assert is_overlapping([first, (date(2026, 2, 28), None)])
    assert is_overlapping([(date(2026, 1, 1), None), second])


@pytest.mark.feature("V1")
def test_nearest_area_with_a_set_decides_and_on_the_day_asked_for() -> None:
    city = category_set("empty_nest", area="12")
    old = category_set("empty_nest", "left_behind", area="120198", until=date(2026, 3, 1))
    new = category_set("living_alone", area="120198", since=date(2026, 3, 1))

    found = [
        nearest_set([city, old, new], area_code=code, on=on)
        for code, on in (
            ("120198001001", date(2026, 2, 28)),
            ("120198001001", date(2026, 3, 1)),
            ("120101001001", date(2026, 3, 1)),
            ("110101", date(2026, 3, 1)),
        )
    ]

    assert found == [old, new, city, None]


def test_one_day_in_the_set_is_enough() -> None:
    stays = [Stay(AREA, date(2020, 1, 1), None)]
    sets = [category_set("living_alone")]
    on_the_last = [MembershipFacts("living_alone", date(2026, 3, 31), None)]
    the_day_after = [MembershipFacts("living_alone", date(2026, 4, 1), None)]
    ended_before = [MembershipFacts("living_alone", date(2020, 1, 1), date(2026, 3, 1))]

    assert [each.last_on for each in member(stays, on_the_last, sets)] == [date(2026, 3, 31)]
    assert member(stays, the_day_after, sets) == []
    assert member(stays, ended_before, sets) == []


def test_move_inside_a_district_counts_once_where_the_month_ends() -> None:
    stays = [Stay("120198001001", date(2020, 1, 1), date(2026, 3, 12)), Stay("120198002001", date(2026, 3, 12), None)]

    found = member(stays, [MembershipFacts("living_alone", date(2020, 1, 1), None)], [category_set("living_alone")])

    assert [(each.area_code, each.first_on, each.last_on) for each in found] == [
        ("120198002001", date(2026, 3, 1), date(2026, 3, 31))
    ]


def test_elder_who_dies_after_a_move_counts_where_the_last_day_was() -> None:
    stays = [Stay("120198001001", date(2020, 1, 1), date(2026, 3, 12)), Stay("120198002001", date(2026, 3, 12), None)]
    until_the_ninth = [MembershipFacts("living_alone", date(2020, 1, 1), date(2026, 3, 9))]

    found = member(stays, until_the_ninth, [category_set("living_alone")])

    assert [(each.area_code, each.last_on) for each in found] == [("120198001001", date(2026, 3, 8))]


def test_move_between_districts_ends_one_membership_and_begins_another() -> None:
    stays = [Stay("120198001001", date(2020, 1, 1), date(2026, 3, 20)), Stay("120199001001", date(2026, 3, 20), None)]
    sets = [category_set("living_alone"), category_set("living_alone", area="120199")]

    found = member(stays, [MembershipFacts("living_alone", date(2020, 1, 1), None)], sets)

    assert [(each.area_code, each.first_on, each.last_on) for each in found] == [
        ("120198001001", date(2026, 3, 1), date(2026, 3, 19)),
        ("120199001001", date(2026, 3, 20), date(2026, 3, 31)),
    ]


def test_set_that_changes_within_the_month_is_followed_to_the_day() -> None:
    stays = [Stay(AREA, date(2020, 1, 1), None)]
    sets = [
        category_set("living_alone", until=date(2026, 3, 15)),
        category_set("empty_nest", since=date(2026, 3, 15)),
    ]
    alone_until_the_tenth = [MembershipFacts("living_alone", date(2020, 1, 1), date(2026, 3, 10))]
    alone_from_the_twentieth = [MembershipFacts("living_alone", date(2026, 3, 20), None)]

    assert [each.last_on for each in member(stays, alone_until_the_tenth, sets)] == [date(2026, 3, 9)]
    assert member(stays, alone_from_the_twentieth, sets) == []


DAYS = st.integers(0, 60).map(lambda number: date(2026, 2, 1) + timedelta(days=number))
SPANS = st.tuples(DAYS, st.one_of(st.none(), DAYS)).filter(lambda span: span[1] is None or span[0] < span[1])
CATEGORIES = st.sampled_from(["living_alone", "empty_nest", "left_behind"])


@given(
    turn=DAYS,
    memberships=st.lists(st.tuples(CATEGORIES, SPANS), max_size=4),
    set_turn=DAYS,
)
def test_members_agree_with_a_count_day_by_day(turn, memberships, set_turn) -> None:
    stays = [Stay("120198001001", date(2020, 1, 1), turn), Stay("120198002001", turn, None)]
    facts = [MembershipFacts(category, *span) for category, span in memberships]
    sets = [
        category_set("living_alone", "empty_nest", until=set_turn),
        category_set("left_behind", since=set_turn),
    ]

    found = member(stays, facts, sets)

    # second implementation: every day of March by itself
    days = {}
    for number in range(31):
        on = date(2026, 3, 1) + timedelta(days=number)
        counted = {"living_alone", "empty_nest"} if on < set_turn else {"left_behind"}
        held = {
            each.category for each in facts if each.valid_from <= on and (each.valid_to is None or on < each.valid_to)
        }
        if counted & held:
            days[on] = (counted & held, "120198001001" if on < turn else "120198002001")
    expected = []
    if days:
        categories = {category for counted, _ in days.values() for category in counted}
        expected = [(days[max(days)][1], min(days), max(days), categories)]
    assert [(each.area_code, each.first_on, each.last_on, each.categories) for each in found] == expected
