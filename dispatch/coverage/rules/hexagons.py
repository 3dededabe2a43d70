"""The H3 grid of a run: minutes to the nearest site, people, and people outside. For display and sums only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch import geo, streets
from dispatch.coverage.rules.measuring import snap
from dispatch.coverage.values import CellFigures, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from dispatch.coverage.rules.measuring import Walks
    from dispatch.coverage.values import Question


def count_cells(
    walks: Walks,
    *,
    homes_ll: NDArray[np.float64],
    weight: NDArray[np.int64],
    is_covered: NDArray[np.bool_],
    question: Question,
    extra_cells: Iterable[int] = (),
) -> tuple[CellFigures, ...]:
    """
    Count people by H3 cell (resolution 9), in rising order of cells.

    Parameters
    ----------
    walks, question
        The ways of n homes, limit and speed.
    homes_ll, weight : ndarray, shape (n, 2) and (n,)
        The homes of `walks` and how many live in each; those without a point are in no cell.
    is_covered : ndarray of bool, shape (n,)
        Who is covered.
    extra_cells : iterable of int
        Cells that are wanted even though nobody lives there.

    """
    rows = np.flatnonzero(np.isfinite(homes_ll).all(axis=1))
    cells = geo.cells_of(homes_ll[rows])
    wanted = np.unique(np.concatenate((cells, np.array(sorted(set(extra_cells)), np.uint64))))
    if not len(wanted):
        return ()
    place = np.searchsorted(wanted, cells)
    is_out = ~is_covered[rows]
    people = np.bincount(place, weights=weight[rows], minlength=len(wanted))
    outside = np.bincount(place[is_out], weights=weight[rows][is_out], minlength=len(wanted))
    centers_ll = np.array([geo.cell_center(int(cell)) for cell in wanted])
    middles = snap(walks.network, points_ll=centers_ll)
    length_dm = np.full(len(wanted), streets.UNREACHED, np.int32)
    if question.mode is Mode.WALK:  # of a reach it depends on the catchment, in which a cell may lie partly
        length_dm, _ = streets.read_field(walks.network, field=walks.field, sites=walks.sites, points=middles)
    walk_s = question.time_s(length_dm)
    return tuple(
        CellFigures(
            cell=int(cell),
            center_ll=(float(centers_ll[i, 0]), float(centers_ll[i, 1])),
            walk_s=None if walk_s[i] == streets.UNREACHED else int(walk_s[i]),
            elders=int(people[i]),
            uncovered=int(outside[i]),
        )
        for i, cell in enumerate(wanted)
    )
