"""The reach of home services: from where carers start to the door, counted by hand on the long street."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pytest
import sqlalchemy as sa
from shapely.geometry import shape

from dispatch import carers, coverage, directory, storage, streets
from dispatch.actor import SYSTEM
from dispatch.assignment.rules.travel import carer_limit_dm, carer_way_s
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NETWORK = world.make_network()


def wish(mode: coverage.Mode = coverage.Mode.CARER_EBIKE, **changes) -> coverage.RunWish:
    asked = {"service_code": "cleaning", "as_of": world.AS_OF, "zone": None, "today": world.AS_OF}
    return coverage.make_wish(area_code=world.DISTRICT, mode=mode, **(asked | changes))


def run(asked: coverage.RunWish) -> coverage.Run:
    with storage.transaction():
        return coverage.run_coverage(asked, network=NETWORK, actor=SYSTEM, now=world.AT)


def covered(stored: coverage.Run) -> dict[str, int]:
    return {row.area_code: row.covered for row in coverage.find_areas(stored, actor=SYSTEM) if row.covered}


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()
        # from x = 0: no carer is on record yet, so the service starts from its own site
        world.put_site("home", point_xy=(0.0, 0.0), service_code="cleaning", delivery="home")


def test_worked_number_of_the_specification() -> None:
    # 4,200 m at 15 km/h: 1,008 s, then 120 s of parking and 60 s to the door: 20 minutes
    question = wish().question

    assert int(question.time_s(42_000)) == 1_188
    assert question.limit_dm() >= 42_000
    # 30 minutes less 180 s at 15 km/h: 6,750 m; on foot at 1.3 m/s 2,106 m
    assert question.limit_dm() == 67_500
    assert wish(coverage.Mode.CARER_WALK).question.limit_dm() == 21_060


@pytest.mark.parametrize("mode", ["walk", "ebike"])
def test_reach_and_the_search_for_candidates_reckon_alike(mode: str) -> None:
    asked = coverage.Mode.CARER_WALK if mode == "walk" else coverage.Mode.CARER_EBIKE
    lengths = np.arange(0, 100_000, 7)

    assert (wish(asked).question.time_s(lengths) == carer_way_s(lengths, mode=mode)).all()
    for limit_s in (0, 179, 180, 900, 1800, 3600):
        mine = wish(asked).question.limit_dm(limit_s=limit_s)
        assert max(0, mine) == carer_limit_dm(limit_s=limit_s, mode=mode)
        if mine >= 0:
            assert (
                carer_way_s(np.array([mine]), mode=mode)[0] <= limit_s < carer_way_s(np.array([mine + 1]), mode=mode)[0]
            )


def test_whom_a_carer_gets_to_in_time_is_reached() -> None:
    by_ebike, on_foot = run(wish()), run(wish(coverage.Mode.CARER_WALK))

    # by e-bike all nine located; on foot 2,106 m: not the two at 4,420 m, nor the one at 2,905 m
    assert covered(by_ebike) | {world.C1: 3, world.C2: 2, world.C3: 3, world.C5: 1} == covered(by_ebike)
    assert covered(on_foot) == {world.C1: 3, world.C3: 3, world.TOWN: 6, world.DISTRICT: 6}
    assert on_foot.totals["band"].keys() >= {"20", "24", "30", "36", "40"}
    # in 40 minutes less three 2,886 m: still not 2,905 m
    assert on_foot.totals["band"]["40"] == 6
    assert (on_foot.assumptions["kind"], on_foot.assumptions["parking_s"]) == ("reach", 120)
    # an own base does not make a community reached: C5 has none of its one elder
    [row] = coverage.find_areas(on_foot, actor=SYSTEM, area_code=world.C5, level="community")
    assert (row.state, row.nearest_s) == (False, -(-2905 * 10 // 13) + 180)


def test_nobody_outside_the_catchment_is_reached() -> None:
    with storage.transaction():
        world.put_site("home", point_xy=(0.0, 0.0), service_code="cleaning", delivery="home", catchments=(world.C3,))

    stored = run(wish())

    assert covered(stored) == {world.C3: 3, world.TOWN: 3, world.DISTRICT: 3}
    [inside] = coverage.find_gaps(stored, actor=SYSTEM, level="community", area_code=world.C3)
    [outside] = coverage.find_gaps(stored, actor=SYSTEM, level="community", area_code=world.C2)
    whole = coverage.find_areas(stored, actor=SYSTEM, area_code=world.C2, level="community")[0]
    assert (inside.uncovered, outside.uncovered) == (0, 2)
    # the ground of another community is a gap whole, however near it is
    assert shape(outside.outline_ll).area == pytest.approx(shape(whole.outline_ll).area, rel=1e-3)


def test_carers_start_from_their_own_bases_and_by_their_own_mode() -> None:
    with storage.transaction():
        organization = storage.session().scalars(sa.select(directory.Organization.id)).one()
        carers.register_carers(
            [
                carers.CarerRecord(
                    id=UUID(int=77),
                    organization_id=organization,
                    kind="care_worker",
                    name="李四（虚构）",
                    phone="13800000077",
                    sex="female",
                    base_lon=world.lonlat((2900.0, 0.0))[0],
                    base_lat=world.lonlat((2900.0, 0.0))[1],
                    source_crs="wgs84",
                    travel_mode="walk",
                )
            ],
            actor=SYSTEM,
            at=world.AT,
        )

    on_foot, by_ebike = run(wish(coverage.Mode.CARER_WALK)), run(wish())

    # from x = 2900 on foot 2,106 m: 2,905 (5 m), 1300 (1,600), 1050 and 1060 (1,850), 881 and 880 (2,039, 2,040)
    # and the far bank: 900 to the bridge, 500 over it, 1,900 and 20 more are too far
    assert covered(on_foot) | {world.C1: 2, world.C3: 3, world.C5: 1} == covered(on_foot)
    assert on_foot.totals["covered"] == 6
    # nobody there goes by e-bike
    assert by_ebike.totals["covered"] == 0
    assert "starts" in on_foot.assumptions["hashes"]


def test_circle_and_reach_are_never_joined() -> None:
    reach, circle = run(wish()), run(wish(coverage.Mode.WALK))

    with pytest.raises(coverage.CircleAgainstReachError):
        coverage.compare_runs(circle.id, after_id=reach.id, actor=SYSTEM)
    newest = {
        mode: coverage.latest_run(actor=SYSTEM, area_code=world.DISTRICT, service_code="cleaning", mode=mode).id
        for mode in (coverage.Mode.WALK, coverage.Mode.CARER_EBIKE)
    }
    assert newest == {coverage.Mode.WALK: circle.id, coverage.Mode.CARER_EBIKE: reach.id}


@pytest.mark.parametrize(
    "changes", [{"speed_mps": 2.0}, {"capacity": coverage.CapacityRule.MAXIMUM}, {"limit_min": 0}, {"limit_min": 500}]
)
def test_what_a_reach_cannot_ask_is_refused(changes: dict) -> None:
    with pytest.raises(coverage.RunOutOfRangeError):
        run(replace(wish(), **changes))


def test_nobody_is_reached_in_less_than_parking_takes() -> None:
    assert run(wish(limit_min=2)).totals["covered"] == 0
    assert streets.PARKING_S + streets.DOOR_S == 180
