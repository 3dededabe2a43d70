"""What stands in the way of a change by hand, in sentences: true, and with a way out that is one."""

from __future__ import annotations

from uuid import UUID

import pytest

from dispatch import planner
from dispatch.assignment.rules.saying import BLOCKS, BREACHES, REMEDIES, Sayer
from dispatch.words import Words
from tests.factories.intake import ZONE, local

ANNA, BERTA, VISIT, PARTNER = (UUID(int=number) for number in range(4))
SAYER = Sayer(
    carer_ids=(ANNA, BERTA),
    names={ANNA: "丁山", BERTA: "赵敏"},
    slots=((VISIT, PARTNER),),
    skills={"bathing": Words("助浴", "bathing")},
    midnight_at=local("2026-03-31 00:00"),
    zone=ZONE,
)
R, K = planner.PlanningReason, planner.RemedyKind


def test_every_code_has_a_sentence():
    assert set(BLOCKS) | {R.OTHER_TEAM} == {*R, *planner.BlockedBy}
    assert set(REMEDIES) == set(K)
    assert set(BREACHES) == set(planner.BreachKind)


@pytest.mark.parametrize(
    ("reason", "remedy", "text", "way_out"),
    [
        (R.OTHER_TEAM, planner.Remedy(K.TEAM_LIFTED, 0), "丁山是别家机构的人员", "允许别家机构的人员去就可以"),
        (R.NO_PAIR, planner.Remedy(K.REFUSAL_LIFTED, 1), "这次上门要两个人，凑不齐", "老人同意赵敏去就可以"),
        (
            R.VISIT_TOO_LONG,
            planner.Remedy(K.VISIT_SPLIT, None, 9000.0),
            "时长超过丁山的班次",
            "拆成每次不超过150分钟就可以",
        ),
        (planner.BlockedBy.OTHER_OF_PAIR, None, "丁山已经是两人中的另一位", None),
    ],
)
def test_a_rule_and_what_would_lift_it_agree(reason, remedy, text, way_out):
    said = SAYER.refusal(reason, job=0, carer=0, remedy=remedy)

    assert (said.words.zh, said.remedy_words.zh if said.remedy_words else None) == (text, way_out)
