"""The day is signed, a carer falls ill and a visit ends early: the repair is signed, and everybody's phone is right."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from dispatch import storage, visits
from dispatch.carers.models import Carer
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local
from tests.journeys.test_coordinator_signs_the_day import Board
from tests.journeys.town import DISTRICT, Person, Town
from tests.worlds.tiny_day import point_ll

DAY = "2026-03-31"
# hours at which each elder's cleaning of an hour may begin and must have ended
WINDOWS = (("09:00", "12:00"), ("10:00", "11:00"), ("11:30", "12:30"), ("11:30", "13:00"))


def told(town: Town, **fields: Any) -> dict[str, Any]:
    return fields | {"device_at": town.now.isoformat()}


def visit_of(visit_id: str) -> visits.VisitFacts:
    with storage.reading():
        return visits.get_visit(UUID(visit_id))


@pytest.mark.feature("S5")
@pytest.mark.feature("S7")
def test_a_day_is_repaired_and_planned_anew_after_it_was_signed(app, db, monkeypatch):  # noqa: ARG001, PLR0915 - a whole day
    town = Town(app, monkeypatch=monkeypatch)
    day = town.day
    with storage.transaction():
        day.provider("家", at=(1800, 500), service="cleaning", delivery="home", visit_min=60)
        for name in ("赵敏", "周丽"):
            day.carer(name, of="家")
        neighbors = put_elders(
            *(elder_record(name=f"邻{number}", point_ll=point_ll(1000 + 50 * number, 500)) for number in (1, 2, 3))
        )
        people = zip((day.elder_id, *neighbors), WINDOWS, strict=True)
        asked = [day.ask("cleaning", elder_id=elder_id, window=window) for elder_id, window in people]
        given = [day.assign(each, "家").visit_ids[0] for each in asked]
    early, ten, noon, later = given
    coordinator = town.person("coordinator", organization_id=day.organizations["家"])
    officer = town.person("district_officer", area=DISTRICT)
    phones: dict[str, Person] = {name: town.person("carer") for name in ("赵敏", "周丽")}
    for name, person in phones.items():
        with storage.transaction() as session:
            chosen = sa.update(Carer).where(Carer.id == day.carers[name])
            session.execute(chosen.values(account_id=person.account_id))

    def tour(name: str) -> dict[str, str]:
        return {stop["visit_id"]: stop["start_at"] for stop in phones[name].get("/v1/me/tour")["stops"]}

    # 07:30: all four have a place; the first elder wants ten o'clock, and has whoever is free then
    town.at(f"{DAY} 07:30")
    board = Board(town, coordinator, organization_id=day.organizations["家"])
    board.ask()
    ill = board.stops()[str(ten)][0]
    well = next(name for name in phones if name != ill)
    wish = {"carer_id": str(day.carers[well]), "start_at": f"{DAY}T10:00:00+08:00"}
    board.send("changes", 201, kind="move", visit_id=str(early), reason="老人十点才在家", **wish)
    board.send("acceptance", 200)
    town.work()
    first = board.plan_id
    assert {**tour(ill), **tour(well)}.keys() == set(map(str, given))

    # 09:00: the elder is home earlier; at 09:40 it is done, twenty minutes before it was to begin
    town.at(f"{DAY} 09:00")
    path = f"/v1/visits/{early}"
    phones[well].post(
        f"{path}/start", 201, **told(town, start_id=str(uuid4()), started_at=local(f"{DAY} 09:00").isoformat())
    )
    town.at(f"{DAY} 09:40")
    done = told(town, log_id=str(uuid4()), outcome="done", finished_at=town.now.isoformat(), place="home")
    phones[well].post(f"{path}/finish", 201, **done)

    # 09:45: the other carer has a fever; one visit at noon finds no place, the one at ten the free hour
    town.at(f"{DAY} 09:45")
    absences = [{"carer_id": str(day.carers[ill]), "from_at": f"{DAY}T09:45:00+08:00"}]
    repaired = coordinator.post(f"/v1/plans/{first}/repairs", 201, reason="发烧", absences=absences, seconds=1)["plan"]
    proposed = board.stops(repaired["plan_id"])
    assert proposed[str(ten)] == (well, local(f"{DAY} 10:00").isoformat())
    [lost] = {str(noon), str(later)} - proposed.keys()
    board.send("acceptance", 200, plan_id=repaired["plan_id"])
    town.work()

    # each phone shows what was signed; to whom nobody goes a supervisor sees
    assert tour(ill) == {}
    assert tour(well) == {visit_id: start_at for visit_id, (_, start_at) in proposed.items()}
    assert (visit_of(lost).status, visit_of(lost).carer_id) == (visits.VisitStatus.PLANNED, None)
    for visit_id in proposed.keys() - {str(early)}:
        assert (visit_of(visit_id).status, visit_of(visit_id).carer_id) == ("published", day.carers[well])
    [task] = officer.get("/v1/supervisor-tasks", status="open", kind="carer_lost")["items"]
    assert task["care_request_id"] == str(asked[given.index(visit_of(lost).visit_id)])
    assert coordinator.get(f"/v1/plans/{first}")["status"] == "superseded"

    # 10:00: somebody steps in, the rest of the day is planned anew over the signed repair, and that is signed
    with storage.transaction():
        day.carer("孙雅", of="家")
    phones["孙雅"] = town.person("carer")
    with storage.transaction() as session:
        chosen = sa.update(Carer).where(Carer.id == day.carers["孙雅"])
        session.execute(chosen.values(account_id=phones["孙雅"].account_id))
        day.carer(ill, of="家", status="left")
    board.ask()
    anew = board.stops()
    assert {str(ten), str(noon), str(later)} <= anew.keys()
    board.send("acceptance", 200)
    town.work()
    assert tour(ill) == {}
    assert {**tour(well), **tour("孙雅")} == {visit_id: start_at for visit_id, (_, start_at) in anew.items()}
    assert coordinator.get(f"/v1/plans/{repaired['plan_id']}")["status"] == "superseded"
    assert officer.get("/v1/supervisor-tasks", status="open", kind="carer_lost")["items"] == []
