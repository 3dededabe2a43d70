"""Proof that no choice is better, or how much better it could be, with HiGHS."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from dispatch.coverage.rules.siting.choosing import Choice, end_of, in_order
from dispatch.coverage.rules.siting.problem import Problem, give, reduce
from dispatch.coverage.values import Proof, ProofState, SitingEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

MOST_PAIRS = 3_000_000
"""Pairs of candidate and group in a model: about 1 GB in the solver."""
HALF = 0.5  # between the two values of a choice
WHOLE_WITHIN = 1e-6  # of a bound that the solver computed in floats


@dataclass(frozen=True, slots=True)
class Model:
    """
    A mixed-integer program: the first `candidates` columns say who is chosen, the others who is served.

    Attributes
    ----------
    rows : csr_array of float64, shape (r, c)
        Each row of it times the columns is at most `most`.
    gain : ndarray of float64, shape (c,)
        To be made as large as possible.
    upper : ndarray of float64, shape (c,)
        Largest value of each column; the smallest is 0.

    """

    candidates: int
    rows: sparse.csr_array
    most: NDArray[np.float64]
    gain: NDArray[np.float64]
    upper: NDArray[np.float64]


def prove(
    problem: Problem,
    *,
    greedy: Choice,
    seconds: int,
    searched_max: int | None,
    told: Callable[[], None] | None = None,
) -> tuple[Choice, Proof]:
    """
    Look for a better choice until there is none, or until time or nodes of the tree are up.

    Parameters
    ----------
    problem : Problem
        What is chosen from.
    greedy : Choice
        Where the search begins; its bound holds too.
    seconds : int
        The solver stops after so long.
    searched_max : int or None
        The solver stops after so many nodes of its tree.
    told : callable, optional
        Called now and then; what it raises ends the search and is raised again.

    Returns
    -------
    Choice
        At least as good as the greedy one; the bound is the least of what is known.
    Proof
        How it went.

    """
    if greedy.best_bound == greedy.objective:  # the gains say so already
        return greedy, Proof(ProofState.PROVED, candidates=len(problem.cost), groups=len(problem.weight))
    smaller, rows = reduce(problem)
    size = Proof(ProofState.PROVED, candidates=len(rows), groups=len(smaller.weight))
    if smaller.reach.nnz > MOST_PAIRS:
        return greedy, replace(size, state=ProofState.TOO_LARGE)
    model = make_model(smaller)
    number = {int(row): i for i, row in enumerate(rows)}
    start = [number[pick] for pick in greedy.picks if pick in number]
    chosen, bound, searched, state = _solve(
        model,
        start=values_of(smaller, model=model, chosen=start),
        seconds=seconds,
        searched_max=searched_max,
        told=told,
    )
    picks, gains = in_order(problem, chosen=[int(rows[one]) for one in chosen])
    if sum(gains) <= greedy.objective:
        picks, gains = greedy.picks, greedy.gains
    best_bound = max(sum(gains), min(greedy.best_bound, bound))
    if best_bound == sum(gains):
        state = ProofState.PROVED
    end = greedy.end if len(picks) == len(greedy.picks) else _end_of(problem, picks=picks)
    return (
        replace(greedy, picks=picks, gains=gains, best_bound=best_bound, end=end),
        replace(size, state=state, searched=searched),
    )


def make_model(problem: Problem) -> Model:
    """
    Write a problem as a mixed-integer program.

    Where every candidate has room for all that it reaches, a group is covered as far as any of those that reach it
    is chosen (Church and ReVelle 1974, equations 1 to 5). Else what each candidate gives each group is a column
    of its own.
    """
    candidates, groups = problem.reach.shape
    upper_rows = [np.ones((1, candidates))]
    most = [float(problem.most)]
    if problem.budget is not None:
        upper_rows.append(problem.cost[None, :].astype(np.float64))
        most.append(float(problem.budget))
    limits = sparse.csr_array(np.vstack(upper_rows))
    if not problem.is_limited.any():
        return Model(
            candidates=candidates,
            rows=_joined([[limits, None], [-problem.reach.T.astype(np.float64), sparse.eye_array(groups)]]),
            most=np.concatenate((most, np.zeros(groups))),
            gain=np.concatenate((np.zeros(candidates), problem.weight.astype(np.float64))),
            upper=np.ones(candidates + groups),
        )
    pairs = problem.reach.tocoo()
    count = len(pairs.data)
    each, ones = np.arange(count), np.ones(count)
    weight = problem.weight.astype(np.float64)
    room = np.minimum(weight[pairs.col], problem.capacity[pairs.row].astype(np.float64))
    taken_by = sparse.csr_array((ones, (pairs.row, each)), shape=(candidates, count))
    given_to = sparse.csr_array((ones, (pairs.col, each)), shape=(groups, count))
    is_open = sparse.csr_array((-room, (each, pairs.row)), shape=(count, candidates))
    return Model(
        candidates=candidates,
        rows=_joined(
            [
                [limits, None],
                [sparse.diags_array(-problem.capacity.astype(np.float64)), taken_by],
                [None, given_to],
                [is_open, sparse.eye_array(count)],
            ]
        ),
        most=np.concatenate((most, np.zeros(candidates), weight, np.zeros(count))),
        gain=np.concatenate((np.zeros(candidates), ones)),
        upper=np.concatenate((np.ones(candidates), room)),
    )


def values_of(problem: Problem, *, model: Model, chosen: Sequence[int]) -> NDArray[np.float64]:
    """Give the columns' values of a choice: a point to begin from."""
    values = np.zeros(len(model.gain))
    values[list(chosen)] = 1.0
    if not problem.is_limited.any():
        values[model.candidates :] = np.asarray(problem.reach[list(chosen)].sum(axis=0)) > 0
        return values
    pairs = problem.reach.tocoo()
    given = give(problem, chosen=chosen)
    place = np.full(len(problem.cost), -1)
    place[list(chosen)] = np.arange(len(chosen))
    is_chosen = place[pairs.row] >= 0
    values[model.candidates :][is_chosen] = given[place[pairs.row[is_chosen]], pairs.col[is_chosen]]
    return values


def _joined(blocks: list[list[Any]]) -> sparse.csr_array:
    return sparse.csr_array(sparse.block_array(blocks, format="csr"))


def _solve(
    model: Model,
    *,
    start: NDArray[np.float64],
    seconds: int,
    searched_max: int | None,
    told: Callable[[], None] | None,
) -> tuple[list[int], int, int, ProofState]:
    highspy: Any = import_module("highspy")  # 20 MB that only a proof needs
    solver = _quiet(highspy)
    options: dict[str, Any] = {
        "threads": 1,
        "random_seed": 0,
        "time_limit": float(seconds),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.999,  # weights are whole, so nothing lies between
    }
    if searched_max is not None:
        options["mip_max_nodes"] = searched_max
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_program(highspy, model=model))
    solution = highspy.HighsSolution()
    solution.col_value = start
    solver.setSolution(solution)
    raised: list[BaseException] = []
    if told is not None:

        def look(event: Any) -> None:  # noqa: ANN401 - highspy's own
            try:
                told()
            except Exception as stop:  # noqa: BLE001 - raised again below, out of the solver's hands
                raised.append(stop)
                event.data_in.user_interrupt = True

        solver.cbMipInterrupt.subscribe(look)
    solver.run()
    if raised:
        raise raised[0]
    status, info = solver.getModelStatus(), solver.getInfo()
    values = np.asarray(solver.getSolution().col_value)
    chosen = np.flatnonzero(values[: model.candidates] > HALF) if len(values) else np.empty(0, np.intp)
    bound = info.mip_dual_bound
    whole = int(model.gain @ model.upper) if not math.isfinite(bound) else math.floor(bound + WHOLE_WITHIN)
    state = {
        highspy.HighsModelStatus.kOptimal: ProofState.PROVED,
        highspy.HighsModelStatus.kSolutionLimit: ProofState.NODES_ARE_UP,
    }.get(status, ProofState.TIME_IS_UP)
    return [int(one) for one in chosen], whole, max(0, int(info.mip_node_count)), state


def _quiet(highspy: Any) -> Any:  # noqa: ANN401 - highspy's own
    """Make a solver that prints nothing, not even its name: standard output belongs to who asks."""

    class Quiet(highspy.Highs):  # type: ignore[misc] # highspy has no types
        def enableCallbacks(self) -> None:  # noqa: N802 - called when it is made, before options can be set
            self.setOptionValue("output_flag", False)  # noqa: FBT003 - highspy's signature
            super().enableCallbacks()

    return Quiet()


def _program(highspy: Any, *, model: Model) -> Any:  # noqa: ANN401 - highspy's own
    program = highspy.HighsLp()
    rows, columns = model.rows.shape
    program.num_col_, program.num_row_ = columns, rows
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = model.gain
    program.col_lower_, program.col_upper_ = np.zeros(columns), model.upper
    program.row_lower_, program.row_upper_ = np.full(rows, -highspy.kHighsInf), model.most
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = model.rows.indptr
    program.a_matrix_.index_ = model.rows.indices
    program.a_matrix_.value_ = model.rows.data
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger] * model.candidates + [kinds.kContinuous] * (columns - model.candidates)
    return program


def _end_of(problem: Problem, *, picks: Sequence[int]) -> SitingEnd:
    is_left = np.asarray(give(problem, chosen=picks).sum(axis=0)) < problem.weight
    is_useful = np.asarray(problem.reach @ is_left.astype(np.int64)) > 0
    is_useful[list(picks)] = False
    if problem.budget is None or len(picks) == problem.most:
        return end_of(picks, most=problem.most, is_useful=np.zeros(1, np.bool_))
    left = problem.budget - int(problem.cost[list(picks)].sum())
    return end_of(picks, most=problem.most, is_useful=is_useful & (problem.cost > left))
