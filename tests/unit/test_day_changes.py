"""Plans changed by hand and repaired, their rows in memory: what is not touched stays, and every difference is told."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dispatch import planner
from dispatch.assignment.building import Ways
from dispatch.assignment.operations.changing import applying, repairing, standing
from dispatch.assignment.operations.changing.checking import InvalidChangeError, check_change
from dispatch.assignment.operations.days import solving
from dispatch.assignment.operations.days.deciding import IllegalPlanMoveError
from dispatch.assignment.values import ChangeRecord, ChangeWish, PauseCard, PlanChangeKind, RepairWish, Span, Stretch
from tests.unit.test_day_building import BASE, HOME, MIDNIGHT, OTHER, WAYS, at, carer, case, ident, visit

K = PlanChangeKind
ZONE = ZoneInfo("Asia/Shanghai")
FAR = Ways(
    place_of={HOME: 0, BASE: 1, OTHER: 2},
    travel_s=(np.array([[0, 1200, 1200], [1200, 0, 600], [1200, 600, 0]], float),),
    modes=("walk",),
)
NIGHT = at(-5)


def short(number: int, from_h: float, to_h: float, **fields):
    """A visit of half an hour, of an elder of its own."""
    made = {"window": Span(at(from_h), at(to_h)), "visit_min": 30, "elder_id": ident(900 + number)}
    return visit(number, **(made | fields))


def on_duty(number: int, from_h: float = 8, to_h: float = 17, **fields):
    return carer(number, **({"stretches": (Stretch(at(from_h), at(to_h), 0),)} | fields))


class StoredPlan:
    """A plan whose rows are in memory."""

    versions = count(1)

    def __init__(self, visits, carers, *, now=NIGHT):
        self.case, self.changes = case(visits, carers), []
        self.put(
            solving.compute_day(
                replace(self.case, now=now),
                network=None,
                zone=ZONE,
                weights=planner.Weights(),
                seed=1,
                search=lambda problem: planner.solve(problem, stop=planner.MaxIterations(500), seed=1),
            )
        )

    def put(self, answer):
        self.answer, self.placed = answer, standing.placings_of(answer)
        self.card = SimpleNamespace(
            plan_id=ident(1),
            version=next(self.versions),
            weights=asdict(planner.Weights()),
            iterations=0,
            network=None,
            network_at=None,
            assumptions={},
            area_code="120198",
            status="proposed",
        )

    def laid(self, now=NIGHT):
        read = standing.Read(self.card, replace(self.case, now=now), self.placed, {}, {})
        return standing.lay_out(read, network=lambda: None, now=now, zone=ZONE)

    def change(self, kind, number, *, now=NIGHT, **fields):
        made = applying.make_change(self.laid(now), wish=ChangeWish(kind=kind, visit_id=ident(number), **fields))
        self._keep(made)
        return moved_of(made)

    def undo(self, *, now=NIGHT):
        made = applying.make_undo(self.laid(now), last=self.changes.pop())
        self._keep(made)
        self.changes.pop()
        return moved_of(made)

    def _keep(self, made):
        self.put(made.day)
        effect = applying._effect(made.answer)
        record = {"by": None, "by_name": None, "at": NIGHT, "reason": "x", "is_undone": False}
        self.changes.append(ChangeRecord(seq=1, kind=made.kind, change=made.told, effect=effect, **record))

    def starts(self):
        return {visit_id.int: hours(each.start_at) for visit_id, each in self.placed.items()}

    def pinned(self):
        return {visit_id.int for visit_id, each in self.placed.items() if each.is_pinned}

    def repaired(self, now, *, begun=(), **wish):
        """Repair it as the signed plan: visits of `begun` are done as planned, or as (start, end) say in hours."""

        def known(one):
            where = self.placed.get(one.visit_id)
            if where is None:
                return one
            told = replace(one, carer_id=where.carer_id, start_at=where.start_at, is_pinned=where.is_pinned)
            if one.visit_id.int not in begun:
                return told
            from_at, to_at = where.start_at, where.end_at
            if isinstance(begun, dict):
                from_at, to_at = map(at, begun[one.visit_id.int])
            return replace(told, started_at=from_at, finished_at=to_at if to_at <= at(now) else None)

        of = repairing.RepairCase(
            card=self.card,
            wish=RepairWish(**({"reason": "x", "absences": (), "released": (), "overruns": (), "seconds": 1} | wish)),
            case=replace(self.case, visits=tuple(map(known, self.case.visits)), now=at(now)),
            placed=self.placed,
            pauses={
                tour.carer.carer_id: [PauseCard(each.kind, each.from_at, each.to_at) for each in tour.pauses]
                for tour in self.answer.tours
            },
            elders={each.visit_id: each.elder_id for each in self.case.visits},
            staff=frozenset(each.carer_id for each in self.case.carers),
        )
        return repairing.compute_repair(of, network=None, zone=ZONE)


def hours(instant) -> float | None:
    return None if instant is None else round((instant - MIDNIGHT).total_seconds() / 3600, 2)


def moved_of(made) -> dict[int, tuple[float | None, float | None]]:
    return {each.visit_id.int: (hours(each.start_before), hours(each.start_after)) for each in made.answer.moved}


@pytest.fixture(autouse=True)
def _ways(monkeypatch):
    for room in (standing, repairing, solving):
        monkeypatch.setattr(room, "measure_ways", lambda *_, **__: WAYS)


class TestChanges:
    def test_what_was_moved_by_hand_and_let_go_stays_while_others_are_changed(self):
        plan = StoredPlan([short(1, 8, 12), short(2, 13, 16)], [on_duty(100), on_duty(101)])
        assert plan.change(K.MOVE, 1, start_at=at(10))[1][1] == 10

        assert plan.change(K.UNPIN, 1) == {}
        assert plan.change(K.PIN, 2) == {}

        assert plan.starts()[1] == 10
        assert plan.pinned() == {2}

    def test_undo_puts_a_pinned_visit_back_to_where_it_was_pinned(self):
        plan = StoredPlan([short(1, 8, 12)], [on_duty(100)])
        plan.change(K.MOVE, 1, start_at=at(10))
        plan.change(K.MOVE, 1, start_at=at(11))

        assert plan.undo() == {1: (11, 10)}

        assert (plan.starts(), plan.pinned()) == ({1: 10}, {1})

    @pytest.mark.parametrize("is_sequential", [False, True])
    def test_a_split_pair_stays_split_until_it_is_undone(self, is_sequential):
        pair = [
            short(n, 8, 16, pair_id=ident(7), slot_no=n, is_sequential=is_sequential, elder_id=ident(900))
            for n in (1, 2)
        ]
        plan = StoredPlan([*pair, short(3, 13, 16)], [on_duty(100), on_duty(101)])
        before = plan.starts()
        plan.change(K.SPLIT, 1, start_at=at(9), other_start_at=at(12))

        assert plan.change(K.PIN, 3) == {}
        assert (plan.starts()[1], plan.starts()[2]) == (9, 12)
        assert plan.undo() == {}
        assert plan.undo() == {1: (9, before[1]), 2: (12, before[2])}

        assert (plan.starts(), plan.pinned()) == (before, set())

    def test_a_split_pair_that_is_let_go_comes_together_and_that_is_told(self):
        pair = [short(n, 8, 16, pair_id=ident(7), slot_no=n, elder_id=ident(900)) for n in (1, 2)]
        plan = StoredPlan(pair, [on_duty(100), on_duty(101)])
        plan.change(K.SPLIT, 1, start_at=at(9), other_start_at=at(12))
        asked = check_change(plan.laid(), wish=ChangeWish(kind=K.UNPIN, visit_id=ident(1)))

        moved = plan.change(K.UNPIN, 1)

        assert moved == moved_of(SimpleNamespace(answer=asked)) == {2: (12, 9)}
        assert (plan.starts(), plan.pinned()) == ({1: 9, 2: 9}, set())
        assert plan.undo() == {2: (9, 12)}
        assert plan.pinned() == {1, 2}

    def test_what_has_lost_its_place_meanwhile_is_told_with_any_change(self):
        plan = StoredPlan([short(1, 8, 9), short(2, 13, 16)], [on_duty(100)], now=at(7))
        asked = check_change(plan.laid(at(9.5)), wish=ChangeWish(kind=K.PIN, visit_id=ident(2)))

        moved = plan.change(K.PIN, 2, now=at(9.5))

        assert moved == moved_of(SimpleNamespace(answer=asked)) == {1: (8.02, None)}
        assert [each.code for each in asked.breaks] == ["left_out"]

    def test_a_carer_who_is_on_duty_no_more_loses_visits_and_that_is_told(self):
        plan = StoredPlan([short(1, 8, 12), short(2, 13, 16)], [on_duty(100)])
        plan.case = replace(plan.case, carers=(on_duty(100, 12, 17),))

        assert plan.change(K.PIN, 2) == {1: (8.02, None)}

    def test_an_hour_for_which_nobody_asked_is_named_as_that(self):
        plan = StoredPlan([short(1, 8, 12)], [on_duty(100)])

        for hour in (6, 13):
            asked = check_change(plan.laid(), wish=ChangeWish(kind=K.MOVE, visit_id=ident(1), start_at=at(hour)))
            assert (asked.blocked.code, asked.blocked.remedy) == ("outside_window", None)
            assert "08:00 到 11:30" in asked.blocked.words.zh

    @pytest.mark.parametrize("start_at", [at(10) + timedelta(seconds=37), at(-3), at(40)])
    def test_seconds_and_other_days_are_refused(self, start_at):
        plan = StoredPlan([short(1, 8, 12)], [on_duty(100)])

        with pytest.raises(InvalidChangeError) as refused:
            plan.change(K.MOVE, 1, start_at=start_at)

        assert list(refused.value.fields) == ["start_at"]

    def test_who_would_have_two_services_at_once_is_named(self):
        plan = StoredPlan(
            [short(1, 10, 12, elder_id=ident(900)), short(2, 10, 11, elder_id=ident(900))],
            [on_duty(100), on_duty(101)],
        )
        first, second = (plan.placed[ident(n)] for n in (1, 2))
        other = ident(101 if second.carer_id == ident(100) else 100)
        wish = ChangeWish(kind=K.MOVE, visit_id=ident(1), carer_id=other, start_at=second.start_at)

        asked = check_change(plan.laid(), wish=wish)

        assert first.end_at <= second.start_at or second.end_at <= first.start_at
        assert [each.code for each in asked.breaks] == ["same_time", "same_time"]

    @pytest.mark.parametrize("status", ["accepted", "rejected", "superseded"])
    def test_a_plan_that_does_not_wait_for_a_signature_is_not_asked_what_a_change_would_do(self, status):
        plan = StoredPlan([short(1, 8, 12)], [on_duty(100)])
        plan.card.status = status

        with pytest.raises(IllegalPlanMoveError):
            check_change(plan.laid(), wish=ChangeWish(kind=K.PIN, visit_id=ident(1)))

    def test_a_split_pair_of_a_signed_plan_is_not_let_go(self):
        pair = [short(n, 8, 16, pair_id=ident(7), slot_no=n, elder_id=ident(900)) for n in (1, 2)]
        plan = StoredPlan(pair, [on_duty(100), on_duty(101)])
        plan.change(K.SPLIT, 1, start_at=at(9), other_start_at=at(12))
        plan.card.status = "accepted"

        with pytest.raises(IllegalPlanMoveError):
            plan.change(K.UNPIN, 1)


class TestRepairs:
    def test_nothing_moves_where_nothing_has_happened(self, monkeypatch):
        monkeypatch.setattr(repairing, "measure_ways", lambda *_, **__: FAR)
        monkeypatch.setattr(solving, "measure_ways", lambda *_, **__: FAR)
        # 08:42 from the base, 20 minutes on the way; at 08:54 nobody can set out anew and be there by 09:06
        plan = StoredPlan([short(1, 9, 9.6)], [on_duty(100, 8.7)])

        made = plan.repaired(8.9)

        assert made.report.moved == ()
        assert hours(made.answer.tours[0].stops[0].start_at) == plan.starts()[1]

    def test_who_is_in_a_break_goes_on_resting_and_is_in_time(self):
        rest = (Stretch(at(8), at(17), 60),)
        plan = StoredPlan(
            [short(1, 8, 9.5, visit_min=60), short(2, 11, 15.25, visit_min=240)], [on_duty(100, stretches=rest)]
        )
        [pause] = plan.answer.tours[0].pauses
        now = hours(pause.from_at) + 0.5

        made = plan.repaired(now, begun=[1])

        assert made.report.moved == ()
        assert [(each.kind, hours(each.to_at)) for each in made.answer.tours[0].pauses] == [
            ("rest", hours(pause.to_at))
        ]

    def test_nobody_works_in_hours_off_duty_that_have_begun(self):
        halves = (Stretch(at(8), at(12), 0), Stretch(at(14), at(18), 0))
        visits_ = [short(1, 8, 12, visit_min=180), short(2, 12, 15)]
        plan = StoredPlan(visits_, [on_duty(100, stretches=halves)])
        assert plan.starts()[2] >= 14

        overrun = plan.repaired(12.1, begun={1: (9, 12.1)})

        assert hours(overrun.answer.tours[0].stops[-1].start_at) == plan.starts()[2]
        late = StoredPlan(visits_[1:], [on_duty(100, stretches=halves)], now=at(12.5))
        assert late.starts()[2] >= 14

    def test_of_two_who_come_one_after_the_other_the_second_comes_as_promised(self):
        pair = [
            short(n, 8, 16, pair_id=ident(7), slot_no=n, is_sequential=True, elder_id=ident(900), visit_min=60)
            for n in (1, 2)
        ]
        plan = StoredPlan(pair, [on_duty(100), on_duty(101)])
        first, second = plan.starts()[1], plan.starts()[2]

        made = plan.repaired(second - 0.25, begun={1: (first, second - 0.25)})

        stops = {stop.visit.visit_id.int: stop for tour in made.answer.tours for stop in tour.stops}
        assert made.report.moved == ()
        assert hours(stops[2].start_at) == second


def test_a_pin_on_record_is_a_split_where_its_starts_differ() -> None:
    pair = [
        short(n, 8, 16, pair_id=ident(7), slot_no=n, elder_id=ident(900), is_pinned=True, carer_id=ident(99 + n),
              start_at=at(9 if n == 1 else 12))
        for n in (1, 2)
    ]  # fmt: skip
    plan = StoredPlan(pair, [on_duty(100), on_duty(101)])

    assert plan.starts() == {1: 9, 2: 12}
