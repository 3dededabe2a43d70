"""Compiling the kernels before the first day is planned."""

from __future__ import annotations

import numpy as np

from dispatch.planner.solving import solve
from dispatch.planner.stopping import MaxIterations
from dispatch.planner.values import Carer, Job, Pause, Problem, Slot


def warm() -> None:
    """
    Plan a toy day once, so that every kernel is compiled.

    A minute where NUMBA_CACHE_DIR is empty, then a fraction of a second. Call it before a process says it is ready.
    """
    ways = np.abs(np.subtract.outer(np.arange(7.0), np.arange(7.0))) * 60.0
    carers = tuple(Carer(str(index), 0, 0, pauses=(Pause(0.0, 7200.0, 600.0),)) for index in range(2))
    one, two = (Slot(frozenset(), 600.0),), (Slot(frozenset(), 600.0), Slot(frozenset(), 600.0))
    jobs = tuple(Job(str(place), place, two if place == 6 else one, due_s=3600.0) for place in range(1, 7))  # noqa: PLR2004
    problem = Problem(carers, jobs, (ways,))
    plan = solve(problem, stop=MaxIterations(500), seed=1)
    solve(problem, stop=MaxIterations(500), seed=1, start=plan)
