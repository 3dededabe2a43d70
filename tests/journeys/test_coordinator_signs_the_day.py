"""A coordinator plans Tuesday, puts it right by hand, signs it; a carer falls ill, and few others move."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from dispatch import assignment, storage
from dispatch.actor import SYSTEM
from dispatch.carers.models import Carer
from tests.factories.accounts import headers_of
from tests.factories.elders import elder_record, put_elders
from tests.factories.plans import compute
from tests.journeys.town import DISTRICT, Person, Town
from tests.worlds.tiny_day import point_ll

DAY = "2026-03-31"
SKILLS = ("lifting", "bathing")


class Board:
    """A coordinator before the board: each change carries the version that was read."""

    def __init__(self, town: Town, person: Person, *, organization_id: UUID) -> None:
        self.town, self.person, self.organization_id = town, person, organization_id
        self.plan_id = ""

    def ask(self) -> None:
        """Ask for a plan, and let the background build it."""
        body = {"on": DAY, "area_code": DISTRICT, "organization_id": str(self.organization_id), "seconds": 1}
        self.plan_id = self.person.post("/v1/plans", 202, **body)["plan"]["plan_id"]
        with storage.transaction():
            card = assignment.get_plan(UUID(self.plan_id), actor=SYSTEM)
            answer = compute(card, now=self.town.now)
            assert assignment.store_answer(card.plan_id, answer=answer, actor=SYSTEM, at=self.town.now)

    def show(self, **query: Any) -> dict[str, Any]:
        """Look at the board."""
        return self.person.get("/v1/plans/board", on=DAY, **query)

    def stops(self, plan_id: str | None = None) -> dict[str, tuple[str, str]]:
        """Give for each visit who goes and when."""
        shown = self.show(plan_id=plan_id or self.plan_id)
        return {stop["visit_id"]: (t["carer_name"], stop["start_at"]) for t in shown["tours"] for stop in t["stops"]}

    def send(self, what: str, status: int, /, *, plan_id: str | None = None, **body: Any) -> dict[str, Any]:
        """Change, sign or reject, at the version that is there."""
        path = f"/v1/plans/{plan_id or self.plan_id}"
        version = self.person.get(path)["version"]
        headers = headers_of(self.town.app, account_id=self.person.account_id) | {"If-Match": f'"v{version}"'}
        reply = self.town.client.post(f"{path}/{what}", headers=headers, json=body)
        assert reply.status_code == status, reply.get_data(as_text=True)
        found: dict[str, Any] = reply.json
        return found


@pytest.mark.feature("S1")
@pytest.mark.feature("S5")
@pytest.mark.feature("S7")
@pytest.mark.feature("S8")
def test_a_coordinator_plans_reviews_signs_and_repairs_a_day(app, db, monkeypatch):  # noqa: ARG001, PLR0915 - a whole day
    town = Town(app, monkeypatch=monkeypatch)
    day = town.day
    with storage.transaction():
        day.provider("家", at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
        for name in ("赵敏", "周丽"):
            day.carer(name, of="家", skills=SKILLS)
        day.carer("马兰", of="家")
        [neighbor] = put_elders(elder_record(name="孙桂芬", point_ll=point_ll(1100, 500)))
        early = day.assign(day.ask("bathing_home", window=("09:00", "12:00")), "家")
        late = day.assign(day.ask("bathing_home", elder_id=neighbor), "家")
    coordinator = town.person("coordinator", organization_id=day.organizations["家"])
    phones = {name: town.person("carer") for name in ("赵敏", "周丽", "马兰")}
    for name, person in phones.items():
        with storage.transaction() as session:
            chosen = sa.update(Carer).where(Carer.id == day.carers[name])
            session.execute(chosen.values(account_id=person.account_id))
    visits = {str(each) for each in (*early.visit_ids, *late.visit_ids)}

    # 07:30: the day is planned; every visit has a place or a reason
    town.at("2026-03-31 07:30")
    board = Board(town, coordinator, organization_id=day.organizations["家"])
    board.ask()
    shown = board.show(names="true")
    assert shown["status_label"] == "待确认"
    assert set(board.stops()) | {each["visit_id"] for each in shown["unplanned"]} == visits
    assert {stop["name"] for tour in shown["tours"] for stop in tour["stops"]} >= {"孙桂芬"}
    assert [phone.get("/v1/me/tour")["stops"] for phone in phones.values()] == [[], [], []]

    # a blocked move names its rule and changes nothing
    first, second = map(str, late.visit_ids)
    who = coordinator.get(f"/v1/plans/{board.plan_id}/visits/{first}/carers")
    assert {name for option in who["options"] for name in option["names"]} == {"赵敏", "周丽"}
    assert [(each["name"], each["code"]) for each in who["others"]] == [("马兰", "no_skill")]
    before = board.stops()
    refused = board.send(
        "changes", 409, kind="move", visit_id=first, carer_id=str(day.carers["马兰"]), reason="马兰离得近"
    )
    assert refused["detail"].startswith("马兰没有搬抬资格")
    assert board.stops() == before

    # both of the bath are moved to three o'clock and held there
    board.send("changes", 201, kind="move", visit_id=first, start_at=f"{DAY}T15:00:00+08:00", reason="家属三点才到")
    board.send("changes", 201, kind="pin", visit_id=first, reason="家属三点才到")
    moved = board.stops()
    assert {moved[each][1] for each in (first, second)} == {f"{DAY}T07:00:00+00:00"}
    listed = coordinator.get(f"/v1/plans/{board.plan_id}/changes")["items"]
    assert [(each["kind"], each["reason"]) for each in listed] == [("move", "家属三点才到"), ("pin", "家属三点才到")]

    # signed twice: the phones are full, and nothing is told twice
    board.send("acceptance", 200)
    board.send("acceptance", 200)
    town.work()
    tours = {name: phone.get("/v1/me/tour") for name, phone in phones.items()}
    assert sum(len(tour["stops"]) for tour in tours.values()) == len(visits)
    assert {stop["partner"] for stop in tours["赵敏"]["stops"]} == {"周丽"}
    assert board.send("changes", 409, kind="unpin", visit_id=first, reason="太晚")["code"] == "illegal-plan-move"

    # 08:30: 周丽 falls ill; 孙雅 steps in, and whoever moves is named
    town.at("2026-03-31 08:30")
    with storage.transaction():
        day.carer("孙雅", of="家", skills=SKILLS)
    signed = board.stops()
    told = coordinator.post(
        f"/v1/plans/{board.plan_id}/repairs",
        201,
        reason="周丽发烧",
        absences=[{"carer_id": str(day.carers["周丽"]), "from_at": f"{DAY}T08:30:00+08:00"}],
        seconds=1,
    )
    repair_id = told["plan"]["plan_id"]
    repaired = board.stops(repair_id)
    assert "周丽" not in {name for name, _ in repaired.values()}
    assert {each["visit_id"] for each in told["moved"]} == {
        visit_id for visit_id in visits if signed[visit_id] != repaired.get(visit_id)
    }
    assert told["text"].startswith(f"动 {told['elders_moved']} 家，{told['elders_other_carer']} 位老人换人")
    shown = board.show()
    assert (shown["plan"]["plan_id"], shown["proposal"]["plan_id"]) == (board.plan_id, repair_id)

    # the repair is signed: 周丽's phone is empty, and every visit is somewhere
    board.send("acceptance", 200, plan_id=repair_id)
    town.work()
    assert phones["周丽"].get("/v1/me/tour")["stops"] == []
    shown = board.show()
    assert shown["plan"]["plan_id"] == repair_id
    assert set(board.stops(repair_id)) | {each["visit_id"] for each in shown["unplanned"]} == visits

    # on the way something goes wrong: it is on the board at once
    visit = phones["赵敏"].get("/v1/me/tour")["stops"][0]
    report = {"problem_id": str(uuid4()), "kind": "running_late", "late_min": 20}
    now = town.now.isoformat()
    phones["赵敏"].post(visit["problem_path"], 201, **report, happened_at=now, device_at=now)
    assert "problem" in {each["code"] for each in board.show()["exceptions"]}
