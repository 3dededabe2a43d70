"""The targets that come with the product, which of them hold where, and whether a figure meets one."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from dispatch.indicators.values import Measure, Operator, TargetRecord, TargetStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

PERCENT = 100


@cache
def known_targets() -> tuple[TargetRecord, ...]:
    """Give the targets of the five documents, in the order of their ids; each is stored once, with all its sources."""
    return tuple(
        TargetRecord(
            id=row["id"],
            documents=row["documents"],
            clause=row["clause"],
            indicator_zh=row["indicator_zh"],
            indicator_en=row["indicator_en"],
            area_code=row["area_code"],
            year=row["year"],
            operator=Operator(row["operator"]),
            value=float(row["value"]) if row["value"] else None,
            unit_zh=row["unit_zh"],
            unit_en=row["unit_en"],
            status=TargetStatus(row["status"]),
            responsible_unit=row["responsible_unit"],
            measure=Measure(row["measure"]),
            quote=row["quote"],
        )
        for row in read_facts("targets.tsv")
    )


def read_facts(name: str) -> list[dict[str, str]]:
    """Read a table of facts that comes with the product."""
    lines = (files("dispatch.indicators") / "facts" / name).read_text(encoding="utf-8").splitlines()
    titles = lines[0].split("\t")
    return [dict(zip(titles, line.split("\t"), strict=True)) for line in lines[1:]]


def meets(target: TargetRecord, *, amount: float | None, of: float | None = 1) -> bool | None:
    """
    Say whether a figure, `amount` over `of`, meets a target; None where there is no figure or no number to meet.

    Compared as fractions, so that 7/10 meets 70 %. The upper end of a range is met by every figure.
    """
    if amount is None or not of or target.value is None:
        return None
    figure, wanted = Fraction(amount) / Fraction(of), Fraction(str(target.value))
    if target.unit_en == "%":
        wanted /= PERCENT
    return {
        Operator.AT_LEAST: figure >= wanted,
        Operator.AT_MOST: figure <= wanted,
        Operator.EQUAL: figure == wanted,
        Operator.RANGE_MAX: True,
    }[target.operator]


def holds(target: TargetRecord, *, area_code: str) -> bool:
    """Say whether a target's document is in force, or drafted, for an area: that of the area or of one above it."""
    return area_code.startswith(target.area_code)


def choose(
    targets: Iterable[TargetRecord],
    *,
    area_code: str,
    measures: tuple[Measure, ...],
    operator: Operator,
    with_drafts: bool,
) -> TargetRecord | None:
    """
    Choose the target that decides for an area: of the nearest area above, there of the first measure.

    A draft is left out unless it is asked for; then it comes before an adopted one of the same area. Of several
    years the latest decides.
    """
    fitting = [
        target
        for target in targets
        if holds(target, area_code=area_code)
        and target.measure in measures
        and target.operator is operator
        and (with_drafts or target.status is TargetStatus.ADOPTED)
    ]
    return max(
        fitting,
        key=lambda target: (
            len(target.area_code),
            -measures.index(target.measure),
            target.status is TargetStatus.DRAFT,
            target.due_year or 0,
            target.id,
        ),
        default=None,
    )
