"""Targets are put on record: those of the product, and those of an area's own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, journal
from dispatch.errors import InvalidError
from dispatch.indicators.models import Target
from dispatch.indicators.rules.targets import known_targets
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dispatch.actor import Actor
    from dispatch.indicators.values import TargetRecord


class TargetAreaUnknownError(InvalidError):
    """A target is set for an area that does not exist."""

    slug = "target-area-unknown"
    title = Words("目标所属的区划不存在", "There is no area of this target")
    detail = Words("没有这些区域：{area_codes}。先导入区划。", "There are no areas {area_codes}. Import them first.")


def put_known_targets(*, actor: Actor, at: datetime) -> areas.PutCount:
    """Store the targets that come with the product where they are missing; what a city changed in them stays."""
    present = set(session().scalars(sa.select(Target.id)))
    count = put_targets([each for each in known_targets() if each.id not in present], actor=actor, at=at)
    return areas.PutCount(count.created, 0, len(known_targets()) - count.created)


def put_targets(records: Iterable[TargetRecord], *, actor: Actor, at: datetime) -> areas.PutCount:
    """
    Store targets by their ids; the same ones again change nothing. Journal: targets.recorded.

    Raises
    ------
    TargetAreaUnknownError
        A target is set for an area that does not exist.

    """
    wanted = list(records)
    missing = areas.missing_codes({record.area_code for record in wanted})
    if missing:
        raise TargetAreaUnknownError(area_codes=", ".join(missing))
    ids = [record.id for record in wanted]
    present = {row.id: row for row in session().scalars(sa.select(Target).where(Target.id.in_(ids)))}
    created = changed = 0
    for record in wanted:
        columns = _columns(record)
        row = present.get(record.id)
        if row is None:
            session().add(Target(**columns))
            created += 1
            continue
        differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        changed += bool(differing)
    if created or changed:
        journal.append("targets.recorded", actor=actor, at=at, subject_id="targets", created=created, changed=changed)
    return areas.PutCount(created, changed, len(wanted) - created - changed)


def _columns(record: TargetRecord) -> dict[str, Any]:
    closed = {"operator": record.operator.value, "status": record.status.value, "measure": record.measure.value}
    return asdict(record) | closed
