"""Reads of the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas
from dispatch.indicators.models import Target
from dispatch.indicators.values import Measure, Operator, TargetRecord, TargetStatus
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection


def find_targets(
    *, area_code: str | None = None, measures: Collection[Measure] | None = None, status: TargetStatus | None = None
) -> list[TargetRecord]:
    """
    Find targets in the order of their ids.

    Parameters
    ----------
    area_code : str, optional
        Only those that hold for this area: its own and those of the areas that it lies in.
    measures : collection of Measure, optional
        Only those of these figures.
    status : TargetStatus, optional
        Only adopted ones, or only drafts.

    """
    chosen = sa.select(Target).order_by(Target.id)
    if area_code is not None:
        chosen = chosen.where(Target.area_code.in_(areas.ancestor_codes(area_code)))
    if measures is not None:
        chosen = chosen.where(Target.measure.in_([measure.value for measure in measures]))
    if status is not None:
        chosen = chosen.where(Target.status == status.value)
    return [_record(row) for row in session().scalars(chosen)]


def _record(row: Target) -> TargetRecord:
    return TargetRecord(
        id=row.id,
        documents=row.documents,
        clause=row.clause,
        indicator_zh=row.indicator_zh,
        indicator_en=row.indicator_en,
        area_code=row.area_code,
        year=row.year,
        operator=Operator(row.operator),
        value=row.value,
        unit_zh=row.unit_zh,
        unit_en=row.unit_en,
        status=TargetStatus(row.status),
        responsible_unit=row.responsible_unit,
        measure=Measure(row.measure),
        quote=row.quote,
    )
