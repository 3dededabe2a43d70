"""Sitings in the database: what is proposed (by hand, see the world), what is kept and who sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dispatch import areas, coverage, directory, elders, journal, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.coverage import Candidate, CandidateSource, SitingWeight
from dispatch.coverage.rules.hashing import hash_of
from dispatch.coverage.rules.siting.hiding import hide_siting
from dispatch.intake import RequestStatus
from tests.factories.intake import move, submit, wish
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NETWORK = world.make_network()


def someone(role: Role, area: str) -> Actor:
    return Actor(account_id=storage.new_id(), grants=(Grant(role, ScopeKind.AREA, area),))


OFFICER = someone(Role.DISTRICT_OFFICER, world.DISTRICT)
PLANNER = someone(Role.PLANNER, world.DISTRICT)
# covered by A already: those at 110 and 900 m; left are the one at 901 m (880.9 m east), C2's two on the far bank,
# C3's at 1050, 1060 and 1300 m, C5's at 2900 m, and two that nobody reaches
MIDDLE = Candidate(world.lonlat((1000.0, 0.0)), "middle")  # 901 m's (139 m), C3's three: 4
BANK = Candidate(world.lonlat((300.0, 500.0)), "bank")  # C2's two: 2
EAST = Candidate(world.lonlat((2600.0, 0.0)), "east")  # C5's one: 1
OFF = Candidate(world.lonlat((500.0, 250.0)), "off the street")  # 250 m from both streets
OUTSIDE = Candidate(world.lonlat((-150.0, -450.0)), "outside")
WISH = coverage.SitingWish(
    area_code=world.DISTRICT,
    service_code="日间照料",
    as_of=world.AS_OF,
    picks=2,
    source=CandidateSource.POINTS,
    candidates=(EAST, OFF, BANK, MIDDLE, OUTSIDE),
)


def site(wish: coverage.SitingWish = WISH, *, actor: Actor = OFFICER) -> coverage.Siting:
    with storage.reading():
        inputs = coverage.prepare_siting(wish, actor=actor)
    findings = coverage.compute_siting(inputs, network=NETWORK)
    packed = coverage.pack_siting(findings, actor=actor, started_at=world.AT, finished_at=world.AT)
    with storage.transaction():
        siting_id = coverage.store_siting(packed, actor=actor)
    with storage.reading():
        return coverage.get_siting(siting_id, actor=actor)


def labels(found: coverage.Siting) -> list[str]:
    return [pick.label for pick in found.picks]


def gains(found: coverage.Siting) -> list[int | None]:
    return [pick.gain for pick in found.picks]


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


@pytest.mark.feature("P1")
def test_best_next_sites_are_picked_with_gain_objective_bound_and_gap() -> None:
    found = site(replace(WISH, is_proof_wanted=True))

    assert (labels(found), gains(found)) == (["middle", "bank"], [4, 2])
    assert (found.objective, found.best_bound, found.gap) == (6, 6, 0.0)
    assert (found.proof["state"], found.end) == ("proved", "all_picked")
    assert found.considered == 3
    assert [(one.number, one.label, one.reason) for one in found.refused] == [
        (1, "off the street", "off_street"),
        (4, "outside", "outside_area"),
    ]
    assert found.refusals == {"off_street": 1, "outside_area": 1}


@pytest.mark.feature("P1")
def test_gained_kept_and_lost_add_up_by_community_and_agree_with_a_run() -> None:
    with storage.transaction():
        before = coverage.run_coverage(WISH.run_wish, network=NETWORK, actor=OFFICER, now=world.AT)
    found = site()
    with storage.transaction():
        world.put_site("middle", area=world.C3, point_xy=(1000.0, 0.0))
        world.put_site("bank", area=world.C2, point_xy=(300.0, 500.0))
        after = coverage.run_coverage(WISH.run_wish, network=NETWORK, actor=OFFICER, now=world.AT)

    rows = {row.area_code: row for row in coverage.find_siting_areas(found, actor=OFFICER)}
    runs = [{row.area_code: row for row in coverage.find_areas(run, actor=OFFICER)} for run in (before, after)]
    for code, row in rows.items():
        assert (row.elders, row.covered_before, row.covered_after) == (
            runs[0][code].elders,
            runs[0][code].covered,
            runs[1][code].covered,
        )
        assert row.kept + row.gained == row.covered_after
        assert row.kept + row.lost == row.covered_before
        assert row.gained + row.kept + row.lost + row.outside == row.elders
        assert row.lost == 0
        assert (row.weight, row.weight_before, row.weight_after) == (row.elders, row.covered_before, row.covered_after)
    assert {code: row.gained for code, row in rows.items() if row.gained} == {
        world.DISTRICT: 6,
        world.TOWN: 6,
        world.C1: 1,
        world.C2: 2,
        world.C3: 3,
    }
    assert found.total.gained == found.objective == 6
    assert (found.total.share_before, found.total.share_after) == (2 / 11, 8 / 11)
    # before: 110, 900, 901, 4420 twice, 1050, 1070, 1300, 2905 s; after, by the middle at 1000 m: 20 + 120 and
    # 20 + 119 s, 50, 70, 300, 1905 s, and by the bank at 300 m twice 20 + 200 s
    assert found.total.with_way_before == found.total.with_way_after == 9
    assert found.total.mean_walk_s_before == pytest.approx(17076 / 9, abs=0.1)
    assert found.total.mean_walk_s_after == pytest.approx(3154 / 9, abs=0.1)


@pytest.mark.feature("P1")
def test_every_node_is_a_candidate_and_the_best_of_them_is_found() -> None:
    found = site(replace(WISH, source=CandidateSource.NODES, candidates=(), picks=1, is_proof_wanted=True))

    # nodes at 500 to 1700 m reach the one at 901 m and C3's three, and no node reaches more; the lowest is picked
    assert gains(found) == [4]
    assert (found.objective, found.best_bound, found.gap) == (4, 4, 0.0)
    assert found.considered == NETWORK.node_count  # all lie in the district
    within = replace(WISH, area_code=world.TOWN, source=CandidateSource.NODES, candidates=())
    assert site(within).considered == 31 - 5 + 22 + 4  # less those at 2,600 m and east of it


@pytest.mark.feature("P1")
def test_capacity_limits_what_a_site_adds_and_the_nearest_find_a_place() -> None:
    found = site(replace(WISH, candidates=(replace(MIDDLE, capacity=2), BANK), is_proof_wanted=True))

    # equal gains: the first; of the middle's four, at 50, 70, 139 and 300 m, the two nearest are C3's
    assert (labels(found), gains(found)) == (["middle", "bank"], [2, 2])
    rows = {row.area_code: row for row in coverage.find_siting_areas(found, actor=OFFICER)}
    assert {code: rows[code].gained for code in (world.C1, world.C2, world.C3)} == {
        world.C1: 0,
        world.C2: 2,
        world.C3: 2,
    }
    assert found.total.weight_after - found.total.weight_before == found.objective == found.best_bound == 4


@pytest.mark.feature("P1")
def test_budget_is_kept_and_one_that_pays_for_nothing_gives_an_empty_answer() -> None:
    dear = (replace(MIDDLE, cost=10), replace(BANK, cost=6), replace(EAST, cost=4))

    tight = site(replace(WISH, candidates=dear, budget=10, is_proof_wanted=True))
    nothing = site(replace(WISH, candidates=dear, budget=3))

    assert (labels(tight), tight.objective, tight.best_bound) == (["middle"], 4, 4)
    assert tight.end == "budget_spent"
    assert (nothing.picks, nothing.objective, nothing.best_bound, nothing.gap) == ((), 0, 0, 0.0)
    assert nothing.end == "budget_too_small"
    assert nothing.total.gained == 0


@pytest.mark.feature("P1")
def test_weight_is_elders_members_of_a_category_or_unmet_requests() -> None:
    with storage.transaction():
        for name in ("2905 m", "1050 m"):
            elders.add_part(
                world.ELDER_ID[name],
                part=elders.Part.MEMBERSHIPS,
                record=elders.MembershipRecord("living_alone", world.SINCE, basis="test"),
                actor=SYSTEM,
                at=world.AT,
                on=world.AS_OF,
                ties=elders.Ties(),
            )
        for on in ("2026-03-31", "2026-04-01", "2026-04-02"):
            card = submit(wish(world.ELDER_ID["2905 m"], "day_care", on=on))
            move(card.id, RequestStatus.UNMATCHED)
        submit(wish(world.ELDER_ID["1050 m"], "day_care"))  # open, not unmatched

    alone = site(replace(WISH, weight=SitingWeight.CATEGORY, category="独居"))
    unmet = site(replace(WISH, weight=SitingWeight.UNMET))

    # of equal gains the first candidate; the people it covers are counted whatever they weigh
    assert (labels(alone), gains(alone)) == (["east", "middle"], [1, 1])
    assert (alone.total.weight, alone.total.weight_before, alone.total.weight_after) == (2, 0, 2)
    assert alone.total.gained == 5
    assert alone.wish["category"] == "living_alone"
    assert (labels(unmet), gains(unmet), unmet.end) == (["east"], [3], "no_more_gain")
    assert alone.inputs_hash != unmet.inputs_hash


@pytest.mark.feature("P1")
def test_sites_of_the_register_that_are_not_open_yet_are_candidates() -> None:
    with storage.transaction():
        world.put_site("later", area=world.C3, point_xy=(1000.0, 0.0), stage="planned", service_code="meals")
        world.put_site("nowhere", area=world.C3, stage="under_construction")
        world.put_site("over", area=world.C3, point_xy=(1000.0, 0.0), stage="closed")

    found = site(replace(WISH, source=CandidateSource.REGISTER, candidates=()))

    # the suspended one at 2900 m and the planned one at 1000 m
    assert [(pick.label, pick.gain) for pick in found.picks] == [("站点later（虚构）", 4), ("站点off（虚构）", 1)]
    assert found.picks[1].site_id == world.SITE_OFF
    assert [one.reason for one in found.refused] == ["unlocated"]


def test_nobody_left_and_no_candidate_are_answers_with_a_reason() -> None:
    town = replace(WISH, area_code=world.COUNTRY, candidates=(OFF,))
    nobody = replace(WISH, weight=SitingWeight.UNMET)

    assert [(one.end, one.objective, one.picks) for one in (site(town), site(nobody))] == [
        ("no_candidates", 0, ()),
        ("nobody_left", 0, ()),
    ]


def test_same_inputs_give_byte_identical_figures() -> None:
    first, second = (site(replace(WISH, is_proof_wanted=True)) for _ in range(2))

    assert first.id != second.id
    assert first.inputs_hash == second.inputs_hash
    assert first.assumptions["hashes"] == second.assumptions["hashes"]
    assert first.assumptions["weight"] == "elders"
    assert first.assumptions["origin_rule"] == "door"
    assert site(replace(WISH, picks=1)).inputs_hash != first.inputs_hash


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"picks": 0}, "picks"),
        ({"picks": 201}, "picks"),
        ({"proof_s": 601}, "proof_s"),
        ({"capacity": 0}, "capacity"),
        ({"budget": -1}, "budget"),
        ({"candidates": ()}, "candidates"),
        ({"candidates": (replace(MIDDLE, cost=-1),)}, "candidates"),
        ({"source": CandidateSource.NODES}, "candidates"),
        ({"weight": SitingWeight.CATEGORY}, "category"),
        ({"category": "living_alone"}, "category"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(change, field) -> None:
    with pytest.raises(coverage.SitingOutOfRangeError) as refused, storage.reading():
        coverage.prepare_siting(replace(WISH, **change), actor=OFFICER)

    assert list(refused.value.fields) == [field]


def test_a_hundred_thousand_candidates_are_refused_with_the_bound() -> None:
    with pytest.raises(coverage.SitingOutOfRangeError) as refused, storage.reading():
        coverage.prepare_siting(replace(WISH, candidates=(MIDDLE,) * 100_000), actor=OFFICER)

    assert "At most 20000 candidates are possible; these are 100000." in refused.value.fields["candidates"][0].en


def test_unknown_category_service_and_foreign_area_are_refused() -> None:
    with storage.reading():
        with pytest.raises(directory.UnknownCodeError):
            coverage.prepare_siting(replace(WISH, weight=SitingWeight.CATEGORY, category="nonsense"), actor=OFFICER)
        with pytest.raises(directory.UnknownCodeError):
            coverage.prepare_siting(replace(WISH, service_code="nonsense"), actor=OFFICER)
        with pytest.raises(areas.AreaNotFoundError):
            coverage.prepare_siting(WISH, actor=someone(Role.PLANNER, "120199"))
        with pytest.raises(coverage.NobodyToCoverError):
            coverage.prepare_siting(replace(WISH, area_code=world.C4), actor=OFFICER)


def test_siting_of_another_area_does_not_exist() -> None:
    found = site()
    stranger = someone(Role.DISTRICT_OFFICER, "120199")

    with pytest.raises(coverage.SitingNotFoundError):
        coverage.get_siting(found.id, actor=stranger)
    assert coverage.find_sitings(stranger) == []
    [listed] = coverage.find_sitings(OFFICER, area_code=world.DISTRICT, service_code="日间照料")
    assert listed == replace(found, refused=())


def test_planner_sees_no_small_count_nor_what_gives_it_away() -> None:
    found = site(actor=PLANNER)

    # gains of 4 and 2: both small, so their sum goes too, and with it the gained of the whole
    assert gains(found) == [None, None]
    assert (found.objective, found.best_bound, found.gap) == (None, None, None)
    assert (found.total.elders, found.total.gained, found.total.covered_after) == (11, None, None)
    rows = coverage.find_siting_areas(found, actor=PLANNER)
    assert {row.area_code for row in rows if row.is_suppressed} == {row.area_code for row in rows} - {world.C4}
    assert all(row.mean_walk_s_after is None for row in rows)


def test_siting_leaves_one_line_in_the_journal_and_nobody_is_named() -> None:
    found = site()

    [entry] = journal.find_entries(found.id)
    assert entry.kind == "siting_run.finished"
    assert entry.facts["inputs_hash"] == found.inputs_hash
    assert not any(str(elder_id) in str(found) for elder_id in world.ELDER_ID.values())


def test_progress_is_told_part_by_part() -> None:
    told = []
    with storage.reading():
        inputs = coverage.prepare_siting(replace(WISH, is_proof_wanted=True), actor=OFFICER)

    coverage.compute_siting(inputs, network=NETWORK, progress=lambda done, *, total: told.append((done, total)))

    assert told == sorted(told)
    assert {done for done, _ in told} == {1, 2, 3, 4, 5}


def hidden(*gains: int, capacity: int | None = None) -> tuple[list[int | None], int | None]:
    """Give what a planner sees of gains, and of their sum."""
    picks = tuple(
        coverage.Pick(rank, (117.2, 39.1), f"p{rank}", None, capacity, 1, gain, 0.0)
        for rank, gain in enumerate(gains, start=1)
    )
    found = replace(site(), picks=picks, objective=sum(gains), best_bound=sum(gains))
    shown = hide_siting(found)
    return [pick.gain for pick in shown.picks], shown.objective


def test_hidden_gains_leave_a_small_one_an_interval_of_five() -> None:
    # 40, 30, 4: of the last two only that they make 34, and that the first is at most 40: the small one is 1 to 17
    assert hidden(40, 30, 4) == ([40, None, None], 74)
    # 10, 10, 4: the hidden pair makes 14, and none is above 10: the small one would be 4 to 7; with all three it is
    # 1 to 8
    assert hidden(10, 10, 4) == ([None, None, None], 24)
    # 6 and 3 make 9: the small one is 1 to 4, below five, so that the sum goes too
    assert hidden(6, 3) == ([None, None], None)
    # sites that take five each: of 8 the second one gets 3 or 4
    assert hidden(5, 3, capacity=5) == ([None, None], None)
    assert hidden(9, 5) == ([9, 5], 14)


def test_planner_cannot_count_people_by_the_number_of_picks() -> None:
    # thirty sites for one elder each at one place: four picks would say that four people live in reach of it
    many = replace(WISH, picks=30, candidates=(replace(MIDDLE, capacity=1),) * 30)
    assert len(site(many).picks) == 4

    for asked in (many, replace(WISH, capacity=4), replace(WISH, limit_min=1)):
        with storage.reading(), pytest.raises(coverage.SitingOutOfRangeError):
            coverage.prepare_siting(asked, actor=PLANNER)


def test_no_hash_that_a_planner_reads_tells_who_counts() -> None:
    found = site(replace(WISH, area_code=world.C3, candidates=(MIDDLE,)), actor=PLANNER)
    hashes = found.assumptions["hashes"]

    # three live in C3, and each counts 1: nobody shall find that by trying how many ones there are
    assert hashes["weights"] not in {hash_of([1] * count) for count in range(1, 10)}
    assert "figures" not in hashes
