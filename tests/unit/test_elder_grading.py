"""The ability grade: 26 scores, five grades, each boundary; and who may change what."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.elders.rules import judge_change, subtract_spans
from dispatch.elders.rules.grading import HIGHEST, ITEMS, find_score_faults, grade_of
from dispatch.elders.values import Adjustment, Grade, Part, Ties

ELDER, AREA = UUID(int=1), "120198001001"


class TestGrades:
    def test_there_are_26_items_and_90_points(self):
        """GB/T 42195-2022: 8 + 4 + 9 + 5 items with 32 + 15 + 28 + 15 points."""
        highest = list(ITEMS.values())

        assert (len(ITEMS), HIGHEST) == (26, 90)
        assert [sum(highest[a:b]) for a, b in ((0, 8), (8, 12), (12, 21), (21, 26))] == [32, 15, 28, 15]

    @pytest.mark.feature("B3")
    @pytest.mark.parametrize(
        ("total", "grade"),
        [
            (90, Grade.INTACT),
            (89, Grade.MILD),
            (66, Grade.MILD),
            (65, Grade.MODERATE),
            (46, Grade.MODERATE),
            (45, Grade.SEVERE),
            (30, Grade.SEVERE),
            (29, Grade.COMPLETE),
            (0, Grade.COMPLETE),
        ],
    )
    def test_each_boundary(self, total, grade):
        assert grade_of(total) is grade

    def test_what_scores_do_not_show_makes_it_worse_once_and_a_coma_is_complete(self):
        assert grade_of(90, adjustments=[Adjustment.DEMENTIA]) is Grade.MILD
        assert grade_of(90, adjustments=[Adjustment.DEMENTIA, Adjustment.INCIDENTS]) is Grade.MILD
        assert grade_of(30, adjustments=[Adjustment.MENTAL_ILLNESS]) is Grade.COMPLETE
        assert grade_of(10, adjustments=[Adjustment.INCIDENTS]) is Grade.COMPLETE
        assert grade_of(90, adjustments=[Adjustment.COMA]) is Grade.COMPLETE

    def test_missing_unknown_and_impossible_scores_are_found(self):
        scores = dict(ITEMS) | {"stairs": 4, "memory": -1, "dancing": 1}
        del scores["eating"]

        assert find_score_faults(scores) == {"eating": 4, "stairs": 3, "memory": 4, "dancing": -1}
        assert find_score_faults(ITEMS) == {}


def actor(role: Role, kind: ScopeKind = ScopeKind.AREA, ref: str = "120198") -> Actor:
    return Actor(account_id=UUID(int=9), grants=(Grant(role, kind, ref),))


RESPONSIBLE = Ties(caseload=frozenset({ELDER}))
FAMILY = actor(Role.FAMILY, ScopeKind.ELDER, str(ELDER))


@pytest.mark.parametrize(
    ("who", "ties", "part", "may_add", "may_correct"),
    [
        (SYSTEM, Ties(), "identity", True, True),
        (actor(Role.DISTRICT_OFFICER), Ties(), Part.MEMBERSHIPS, True, True),
        (actor(Role.DISTRICT_OFFICER, ref="120199"), Ties(), "identity", False, False),
        (actor(Role.COMMUNITY_WORKER), RESPONSIBLE, "identity", True, True),
        (actor(Role.COMMUNITY_WORKER), RESPONSIBLE, Part.MEMBERSHIPS, True, False),
        (actor(Role.COMMUNITY_WORKER), RESPONSIBLE, Part.RISK_LEVELS, True, False),
        (actor(Role.COMMUNITY_WORKER), RESPONSIBLE, "assessments", True, False),
        (actor(Role.COMMUNITY_WORKER), Ties(), Part.NEEDS, False, False),
        (actor(Role.COMMUNITY_WORKER, ref="120199"), RESPONSIBLE, Part.NEEDS, False, False),
        (FAMILY, Ties(), "contacts", True, True),
        (FAMILY, Ties(), Part.CONSENTS, True, True),
        (FAMILY, Ties(), "identity", False, False),
        (actor(Role.OPERATOR), Ties(), Part.CONSENTS, True, True),
        (actor(Role.OPERATOR), Ties(), "contacts", False, False),
        (actor(Role.PLANNER), Ties(), Part.CONSENTS, False, False),
    ],
)
def test_who_may_change_what(who, ties, part, may_add, may_correct):
    """Domain, section 4, the rows elder, categories, consent."""
    asked = {"elder_id": ELDER, "area_code": AREA, "ties": ties, "part": part}

    assert (judge_change(who, **asked, is_new=True), judge_change(who, **asked, is_new=False)) == (may_add, may_correct)


def d(day: int) -> date:
    return date(2026, 3, day)


@pytest.mark.parametrize(
    ("span", "taken", "left"),
    [
        ((d(1), None), [], [(d(1), None)]),
        ((d(1), None), [(d(5), None)], [(d(1), d(5))]),
        ((d(1), d(9)), [(d(3), d(4)), (d(5), d(6))], [(d(1), d(3)), (d(4), d(5)), (d(6), d(9))]),
        ((d(3), d(5)), [(d(1), None)], []),
        ((d(3), d(5)), [(d(5), d(9)), (d(1), d(3))], [(d(3), d(5))]),
        ((d(3), d(8)), [(d(1), d(4)), (d(7), d(9))], [(d(4), d(7))]),
    ],
)
def test_what_is_left_of_a_span(span, taken, left):
    assert subtract_spans(span, taken) == left
