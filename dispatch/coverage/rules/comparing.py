"""Two runs side by side: which communities gained, which lost, and the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import areas
from dispatch.coverage.values import AreaChange, Comparison, Mode
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.coverage.values import AreaRow, Run


class RunsNotComparableError(InvalidError):
    """Two runs on different areas have no difference."""

    slug = "runs-not-comparable"
    title = Words("这两次计算的区域不同，不能比较", "These two runs are of different areas")
    detail = Words(
        "两次计算的区域是 {area_before} 和 {area_after}，请选同一区域的两次计算。",
        "The runs are of {area_before} and {area_after}; choose two runs of one area.",
    )


class CircleAgainstReachError(InvalidError):
    """Who walks to a site and whom a carer gets to are two things; no difference of the two means anything."""

    slug = "circle-against-reach"
    title = Words("步行服务圈和上门覆盖不能比较", "A service circle and a reach are not compared")
    detail = Words(
        "两次计算的方式是 {mode_before} 和 {mode_after}：请比较两个步行的，或两个上门的。",
        "The modes are {mode_before} and {mode_after}: compare two of people who walk, or two of carers.",
    )


def compare(before: Run, after: Run, *, rows_before: Iterable[AreaRow], rows_after: Iterable[AreaRow]) -> Comparison:
    """
    Compare two runs of one area; the rows are complete (nothing hidden).

    A community that only one of them knows counts as 0 in the other. The changes and
    `outside_communities` add up to the difference of the totals.

    Raises
    ------
    RunsNotComparableError
        The runs are of different areas.
    CircleAgainstReachError
        One is of people who walk, one of carers who come.

    """
    if before.area_code != after.area_code:
        raise RunsNotComparableError(area_before=before.area_code, area_after=after.area_code)
    if (before.mode == Mode.WALK) != (after.mode == Mode.WALK):
        raise CircleAgainstReachError(mode_before=before.mode, mode_after=after.mode)
    all_before, all_after = list(rows_before), list(rows_after)
    old = {row.area_code: row for row in all_before if row.level == areas.Level.COMMUNITY}
    new = {row.area_code: row for row in all_after if row.level == areas.Level.COMMUNITY}
    changes = [_change(code, old=old.get(code), new=new.get(code)) for code in sorted(old.keys() | new.keys())]
    covered_before, covered_after = (
        _covered(run.area_code, rows=rows) for run, rows in ((before, all_before), (after, all_after))
    )
    known = sum(one.change or 0 for one in changes)
    return Comparison(
        before=before,
        after=after,
        covered_before=covered_before,
        covered_after=covered_after,
        change=covered_after - covered_before,
        gained=tuple(
            sorted((c for c in changes if (c.change or 0) > 0), key=lambda c: (-(c.change or 0), c.area_code))
        ),
        lost=tuple(sorted((c for c in changes if (c.change or 0) < 0), key=lambda c: (c.change or 0, c.area_code))),
        unchanged=sum(c.change == 0 for c in changes),
        outside_communities=covered_after - covered_before - known,
        edits_gained=_edits_apart(after, before),
        edits_lost=_edits_apart(before, after),
        communities_gained=tuple(c.area_code for c in changes if c.state_after is True and c.state_before is not True),
        communities_lost=tuple(c.area_code for c in changes if c.state_before is True and c.state_after is not True),
    )


def _edits_apart(run: Run, other: Run, /) -> tuple[dict[str, Any], ...]:
    """Give the edits of the network that one run was made with and the other was not, in their order."""
    theirs = [(one["edit_id"], one["version"]) for one in other.assumptions.get("network_edits", ())]
    mine = run.assumptions.get("network_edits", ())
    return tuple(one for one in mine if (one["edit_id"], one["version"]) not in theirs)


def _covered(code: str, *, rows: list[AreaRow]) -> int:
    return next(row.covered or 0 for row in rows if row.area_code == code)


def _change(code: str, *, old: AreaRow | None, new: AreaRow | None) -> AreaChange:
    covered_before = old.covered or 0 if old else 0
    covered_after = new.covered or 0 if new else 0
    return AreaChange(
        area_code=code,
        covered_before=covered_before,
        covered_after=covered_after,
        change=covered_after - covered_before,
        state_before=old.state if old else None,
        state_after=new.state if new else None,
    )
