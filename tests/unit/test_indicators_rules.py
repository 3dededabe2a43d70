"""Targets, compounds against their standard, beds to come, small counts: by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from dispatch import areas, directory, indicators
from dispatch.indicators.rules import beds, equity, hiding, land, targets
from dispatch.indicators.values import (
    Ageing,
    AreaValue,
    BedStock,
    Count,
    Form,
    FormFigure,
    Measure,
    Operator,
    TargetStatus,
    Verdict,
)
from dispatch.words import Words

KNOWN = {target.id: target for target in targets.known_targets()}
BINHAI, CITY = "120116001001", "120101001001"


def compound(**columns):
    row = {"area_code": BINHAI, "name": "新苑", "stage": "new", "households": 900, "care_floor_area_m2": 150.0}
    unknown = {"id": uuid4(), "residents": None, "care_land_area_m2": None, "delivered_on": None, "source": "test"}
    return areas.Compound(**unknown | row | columns)


def judge(row, *, with_drafts=True):
    chosen = {"area_code": row.area_code, "with_drafts": with_drafts}
    return land.judge_compound(
        row,
        floor_standard=land.find_standard(list(KNOWN.values()), measures=land.FLOOR_MEASURES[row.stage], **chosen),
        land_standard=land.find_standard(list(KNOWN.values()), measures=land.LAND_MEASURES[row.stage], **chosen),
    )


def test_the_targets_are_those_of_the_five_documents():
    # the ledger of the documents counts 149 rows: 133 adopted and 16 of the draft of Binhai, 27 without a number
    assert len(KNOWN) == 149
    drafts = {target.id for target in KNOWN.values() if target.status is TargetStatus.DRAFT}
    assert drafts == {target.id for target in KNOWN.values() if target.area_code == "120116"}
    assert sum(target.operator is Operator.MILESTONE for target in KNOWN.values()) == 27
    assert sum(target.state is indicators.ValueState.REPORTED for target in KNOWN.values()) == 93
    computed = sorted(target.id for target in KNOWN.values() if target.state is indicators.ValueState.COMPUTED)
    assert computed == [
        *("T001", "T004", "T008", "T018", "T037", "T038", "T039", "T041", "T042"),
        *("T054", "T055", "T056", "T057", "T058", "T059", "T060", "T061", "T062"),
    ]
    assert [KNOWN[name].due_year for name in ("T001", "T008", "T054", "T058", "T063")] == [2021, 2021, 2029, None, None]


def test_a_figure_is_held_against_its_target_by_the_operator_and_as_a_fraction():
    assert targets.meets(KNOWN["T001"], amount=97, of=100) is True
    assert targets.meets(KNOWN["T001"], amount=969, of=1000) is False
    assert targets.meets(KNOWN["T042"], amount=3, of=5) is True  # 60 %, which 0.6 as a binary number is not
    assert targets.meets(KNOWN["T017"], amount=51, of=100) is False  # at most 50 %
    assert targets.meets(KNOWN["T017"], amount=1, of=2) is True
    assert targets.meets(KNOWN["T038"], amount=14, of=14) is True  # exactly 100 %
    assert targets.meets(KNOWN["T060"], amount=99) is True  # the upper end of a range
    assert targets.meets(KNOWN["T123"], amount=1) is None  # a milestone has no number
    assert targets.meets(KNOWN["T001"], amount=None) is None
    assert targets.meets(KNOWN["T001"], amount=0, of=0) is None


@pytest.mark.feature("P3")
def test_a_new_compound_of_900_households_and_150_m2_lacks_30_m2_and_a_built_up_one_nothing():
    new, built_up = judge(compound()).floor, judge(compound(stage="built_up")).floor

    assert (round(new.value, 1), new.standard.least, new.deficit_m2, new.verdict) == (16.7, 20, 30, Verdict.BELOW)
    assert (new.standard.target.id, new.standard.upper_target.id, new.standard.most) == ("T059", "T060", 30)
    assert (round(built_up.value, 1), built_up.standard.least, built_up.deficit_m2, built_up.verdict) == (
        16.7,
        15,
        0,
        Verdict.MEETS,
    )


@pytest.mark.feature("P3")
def test_more_than_the_upper_end_is_never_a_fault():
    found = judge(compound(care_floor_area_m2=900.0)).floor

    assert (found.value, found.verdict, found.deficit_m2, found.is_above_range) == (100, Verdict.MEETS, 0, True)


def test_a_draft_decides_only_where_it_is_asked_for_and_only_in_its_area():
    without, elsewhere = judge(compound(), with_drafts=False), judge(compound(area_code=CITY))

    for found in (without.floor, elsewhere.floor):
        assert (round(found.value, 1), found.standard, found.deficit_m2, found.verdict) == (
            16.7,
            None,
            None,
            Verdict.NO_STANDARD,
        )


def test_land_is_held_against_the_nearest_standard():
    row = compound(residents=2_400, care_land_area_m2=300.0)

    # 300 of 2,400 are 0.125: the city asks 0.1, the draft for new ones in Binhai 0.2, which is 480
    adopted, drafted = judge(row, with_drafts=False).land, judge(row).land
    assert (adopted.value, adopted.standard.target.id, adopted.deficit_m2) == (0.125, "T008", 0)
    assert (drafted.standard.target.id, drafted.deficit_m2, drafted.verdict) == ("T058", 180, Verdict.BELOW)
    built_up = judge(compound(stage="built_up", residents=2_400, care_land_area_m2=300.0)).land
    assert built_up.standard.target.id == "T008"
    # 0.1 times 30 is not quite 3 as a binary number
    assert judge(compound(area_code=CITY, residents=30, care_land_area_m2=3.0)).land.deficit_m2 == 0


def test_what_is_unknown_is_no_deficit():
    empty = judge(compound(households=0, residents=0, care_land_area_m2=5.0))

    assert (empty.floor.value, empty.floor.verdict, empty.floor.deficit_m2) == (None, Verdict.UNKNOWN, None)
    assert (empty.land.value, empty.land.verdict) == (None, Verdict.UNKNOWN)
    assert judge(compound()).land.verdict is Verdict.UNKNOWN


def test_sums_add_the_deficits_of_each_and_net_nothing():
    found = [judge(compound()), judge(compound(name="b", households=100, care_floor_area_m2=500.0))]

    whole = land.sum_compounds(found, area_code="120116", name_zh="滨海新区", stage=None)

    # 650 m2 for 1,000 households are 65 on average, and 30 m2 are missing all the same
    assert (whole.floor_m2_per_100_households, whole.floor_deficit_m2, whole.compounds) == (65, 30, 2)
    assert whole.floor_verdicts == {"meets": 1, "below": 1, "no_standard": 0, "unknown": 0}
    assert (
        land.sum_compounds(found, area_code="120101", name_zh="和平区", stage=None).floor_m2_per_100_households is None
    )
    assert land.count_to_standard(found) == Count(1, 2)


def count_of(bed_type, number, *, stage="open", site_stage=directory.Stage.OPEN, tier="residential"):
    return directory.BedCount(
        site_id=uuid4(),
        facility_type="residential_institution",
        tier=tier,
        area_code=BINHAI,
        site_stage=site_stage,
        bed_type=bed_type,
        stage=directory.BedStage(stage),
        beds=number,
    )


def stock(*found, is_ahead=False):
    return beds.count_beds(found, on=date(2026, 1, 1), is_ahead=is_ahead)


def test_beds_count_where_they_are_open_in_an_open_facility():
    found = [
        count_of("care", 100),
        count_of("nursing", 6, tier="community"),
        count_of("day_place", 20),
        count_of("general", 50, site_stage=directory.Stage.SUSPENDED),
        count_of("care", 850, stage="under_construction", site_stage=directory.Stage.UNDER_CONSTRUCTION),
        count_of("care", 30, stage="planned", site_stage=None),
        count_of("care", 5, stage="closed"),
        count_of("care", 7, site_stage=directory.Stage.UNDER_CONSTRUCTION),
    ]

    today, ahead = stock(*found), stock(*found, is_ahead=True)

    assert (today.opened, today.institutions, today.day_places) == ({"care": 100, "nursing": 6}, {"care": 100}, 20)
    assert today.to_come == {"planned": {"care": 30}, "under_construction": {"care": 850}}
    assert (today.total, today.coming) == (106, 880)
    # of a facility that is being built today nobody knows yet that it will be open
    assert ahead.opened == {"care": 107, "nursing": 6}


@pytest.mark.feature("P4")
def test_a_projection_with_zero_change_returns_todays_beds():
    today = stock(count_of("care", 137), count_of("general", 41))

    for year in (2026, 2029, 2035):
        found = beds.project_year(today, year=year, stock=today, ageing=Ageing(0, 0), elders=5_000)
        assert (found.needed, found.factor, found.elders) == ({"care": 137, "general": 41}, 1, 5_000)
        assert found.short == {"care": 0, "general": 0}


@pytest.mark.feature("P4")
def test_beds_that_ageing_needs_follow_the_stated_model():
    usual = beds.usual_ageing()
    # (21.66 - 14.75) / 21.66 / 5 of those of 60 and older turn 60 in a year
    assert (round(usual.entry_share, 6), usual.departure_share) == (0.063804, 0.03)
    # by the closed form of f(n+1) = f(n) (1 - m) + e: e/m + (1 - e/m) (1 - m)^n
    limit = usual.entry_share / usual.departure_share
    assert usual.factor(9) == pytest.approx(limit + (1 - limit) * 0.97**9)
    today = stock(count_of("care", 100))
    found = beds.project_year(today, year=2027, stock=today, ageing=Ageing(0.1, 0), elders=None)
    assert (found.needed, found.short, found.elders) == ({"care": 110}, {"care": 10}, None)
    assert beds.project_year(today, year=2027, stock=today, ageing=Ageing(0.101, 0), elders=None).needed == {
        "care": 111
    }
    assert beds.project_year(today, year=2027, stock=today, ageing=Ageing(0, 0.5), elders=9).needed == {"care": 50}


@pytest.mark.feature("P4")
def test_beds_missing_for_each_target_come_with_its_status():
    held = BedStock(
        on=date(2029, 12, 31),
        opened={"care": 9_000, "nursing": 500, "general": 4_500},
        institutions={"care": 9_000, "nursing": 500, "general": 4_500},
        to_come={"planned": {}, "under_construction": {"care": 600}},
        day_places=0,
    )

    total, share = (beds.find_gap(KNOWN[name], year=2029, stock=held) for name in ("T054", "T055"))

    # 15,000 asked, 14,000 there, 600 being built; 65 % of 14,000 are 9,100, and 9,500 are nursing or care
    assert (total.missing, total.missing_if_built, total.is_met, total.target.status.value) == (
        1_000,
        400,
        False,
        "draft",
    )
    assert (share.missing, share.is_met, share.target.status.value) == (0, True, "draft")
    later = beds.find_gap(KNOWN["T057"], year=2035, stock=held)
    assert (later.missing, later.is_met) == (300, False)  # 70 % are 9,800
    assert beds.find_gap(KNOWN["T001"], year=2029, stock=held) is None
    nothing = replace(held, opened={}, institutions={})
    assert beds.find_gap(KNOWN["T055"], year=2029, stock=nothing).value is None


def form(numerator, denominator, **at):
    return FormFigure(
        form=Form.PEOPLE,
        count=Count(numerator, denominator),
        at={name: Count(number, denominator) for name, number in at.items()},
        meets={"T001": True},
        is_borderline=False,
        left_out=0,
        rule=Words("", ""),
    )


def test_small_counts_are_hidden_with_all_that_gives_them_away():
    shown = hiding.hide_form(form(50, 100, slower=47, far=98, other=60))

    assert (shown.count, shown.at["other"]) == (Count(50, 100), Count(60, 100))
    # 47 are three fewer than 50, and of 98 two are left
    assert [shown.at[name].numerator for name in ("slower", "far")] == [None, None]
    for numerator, denominator in ((3, 100), (97, 100), (0, 4)):
        hidden = hiding.hide_form(form(numerator, denominator, slower=50))
        assert hidden.count.is_suppressed
        assert (hidden.count.numerator, hidden.count.share, hidden.at["slower"].numerator) == (None, None, None)
        assert (hidden.meets, hidden.is_borderline) == ({"T001": None}, None)
    assert hiding.hide_count(Count(0, 100)) == Count(0, 100)
    assert hiding.hide_count(Count(2, 4)).denominator is None


def test_measures_that_somebody_reports_are_not_computed():
    assert {KNOWN[name].measure for name in ("T009", "T034")} == {Measure.REPORTED, Measure.LATER}
    assert KNOWN["T034"].state is indicators.ValueState.NOT_COMPUTED


def test_one_part_of_a_whole_is_not_told_by_the_others() -> None:
    def part(code: str, covered: float, elders: float) -> list[AreaValue]:
        return [AreaValue(code, code, covered, elders, None, None, is_hidden=False)]

    # 3 of 40 in town are covered, 50 of 60 in the country: beside 53 of 100 in all the country would tell the town
    parts = {"urban": part("1", 3, 40), "rural": part("2", 50, 60)}

    seen = equity.divide(parts, counts_people=True, sees_small=False)
    assert {name: (group.weight, group.value) for name, group in seen.items()} == {
        "urban": (0, None),
        "rural": (0, None),
    }
    for group in (
        equity.divide(parts, counts_people=True, sees_small=True)["rural"],
        equity.divide(parts | {"urban": part("1", 10, 40)}, counts_people=True, sees_small=False)["rural"],
    ):
        assert (group.weight, group.value) == (60, 50 / 60)
