"""Compiling what answers questions about a plan, before somebody waits for the answer."""

from __future__ import annotations

import numpy as np

from dispatch.planner.answering import Standing
from dispatch.planner.answers import Move
from dispatch.planner.checking import check
from dispatch.planner.explaining import explain
from dispatch.planner.reference import build_plan
from dispatch.planner.values import Carer, Job, Pause, Problem, Slot


def warm_questions() -> None:
    """
    Ask every kind of question of a toy day once in this process; the search itself is compiled by `warm`.

    Half a minute where NUMBA_CACHE_DIR is empty, then a fraction of a second.
    """
    ways = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0))) * 60.0
    carers = tuple(Carer(str(index), 0, 0, pauses=(Pause(0.0, 7200.0, 600.0),)) for index in range(2))
    slot = Slot(frozenset(), 600.0)
    jobs = (Job("1", 1, (slot,)), Job("2", 2, (slot, slot)), Job("3", 3, (slot,)), Job("4", 4, (slot, slot)))
    problem = Problem(carers, jobs, (ways,))
    plan = build_plan(problem, order=(0, 1), carers={0: (0,), 1: (0, 1)})
    standing = Standing(problem, plan=plan)
    explain(problem, plan=plan, standing=standing)
    check(problem, plan=plan, change=Move(0, 1), standing=standing)
