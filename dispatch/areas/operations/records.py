"""Writes of areas and their rules, in bulk and repeatable."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import geo, journal
from dispatch.areas.models import Area, AreaAlias, AreaRule
from dispatch.areas.queries import missing_codes
from dispatch.areas.rules import check_code, known_areas
from dispatch.areas.values import AreaRecord, PutCount, RuleRecord, Settlement, parent_code, plain_name
from dispatch.errors import InvalidError
from dispatch.storage import as_known, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from dispatch.actor import Actor


RULE_COLUMNS = tuple(each.name for each in fields(RuleRecord))


class UnknownAreaError(InvalidError):
    """Records name areas that do not exist."""

    slug = "unknown-area"
    title = Words("没有这个区域", "No such area")
    detail = Words(
        "没有这些区域：{area_codes}。先导入它们。", "There are no such areas: {area_codes}. Import them first."
    )


class UnknownSettlementError(InvalidError):
    """An area is neither urban nor rural."""

    slug = "unknown-settlement"
    title = Words("城乡分类只能是 urban 或 rural", "Settlement must be urban or rural")


def put_areas(records: Iterable[AreaRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Store areas; the same records again change nothing.

    Raises
    ------
    InvalidAreaCodeError, UnknownAreaError, UnknownSettlementError
        A code that does not fit its level; a parent that is neither stored nor among the records.
    geo.InvalidGeometryError
        A boundary that is no polygon or crosses itself.

    """
    wanted = sorted(records, key=lambda record: (len(record.code), record.code))
    for record in wanted:
        check_code(record.code, level=record.level)
        if record.settlement is not None and record.settlement not in set(Settlement):
            raise UnknownSettlementError(area_code=record.code)
        if record.boundary_ll is not None:
            geo.read_polygon(record.boundary_ll)
    codes = {record.code for record in wanted}
    _check_known({above for code in codes if (above := parent_code(code))} - codes)

    present = {area.code: area for area in session().scalars(sa.select(Area).where(Area.code.in_(codes)))}
    aliases = {
        (row.area_code, row.name)
        for row in session().scalars(sa.select(AreaAlias).where(AreaAlias.area_code.in_(codes)))
    }
    created = changed = 0
    for record in wanted:
        area = present.get(record.code)
        added = {(record.code, plain_name(name)) for name in record.aliases} - aliases
        if area is None:
            session().add(Area(**_columns(record)))
            created += 1
        elif _apply(area, columns=_columns(record)) or added:
            changed += 1
        aliases |= added
        session().flush()  # an alias points at its area, and neither side knows the other as an object
        session().add_all(AreaAlias(area_code=code, name=name) for code, name in sorted(added))
    count = PutCount(created, changed, len(wanted) - created - changed)
    _tell("areas.recorded", count=count, actor=actor, at=at)
    return count


def put_known_areas(*, actor: Actor, at: datetime) -> PutCount:
    """Add the areas that come with the product where they are missing; what is stored stays as it is."""
    present = set(session().scalars(sa.select(Area.code)))
    count = put_areas([area for area in known_areas() if area.code not in present], actor=actor, at=at)
    return PutCount(count.created, 0, len(known_areas()) - count.created)


def put_rules(records: Iterable[RuleRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Store dated rules; a rule without an end holds until the next one of its area, key and status begins.

    What is changed is superseded and stays readable as it was known.

    Raises
    ------
    UnknownAreaError
        A rule of an area that does not exist.

    """
    wanted = list(records)
    _check_known({record.area_code for record in wanted})
    standing = session().scalars(
        sa.select(AreaRule).where(AreaRule.area_code.in_({each.area_code for each in wanted}), as_known(AreaRule, None))
    )
    present = {(row.area_code, row.rule_key, row.status, row.valid_from): row for row in standing}
    starts = set(present) | {(each.area_code, each.rule_key, each.status, each.valid_from) for each in wanted}
    created = changed = 0
    for record in wanted:
        key = (record.area_code, record.rule_key, record.status)
        columns = asdict(record) | {
            "valid_to": record.valid_to or _next_start(starts, key=key, after=record.valid_from)
        }
        row = present.get((*key, record.valid_from))
        if row is None:
            created += 1
        elif any(getattr(row, name) != value for name, value in columns.items()):
            changed += 1
        else:
            continue
        present[*key, record.valid_from] = _supersede(row, columns=columns, at=at)
    for row in list(present.values()):
        following = _next_start(starts, key=(row.area_code, row.rule_key, row.status), after=row.valid_from)
        if following and (row.valid_to is None or row.valid_to > following):
            columns = {name: getattr(row, name) for name in RULE_COLUMNS} | {"valid_to": following}
            _supersede(row, columns=columns, at=at)
    count = PutCount(created, changed, len(wanted) - created - changed)
    _tell("area_rules.recorded", count=count, actor=actor, at=at)
    return count


def _supersede(row: AreaRule | None, *, columns: dict[str, Any], at: datetime) -> AreaRule:
    """Put a row in the place of one that stands; one of the same instant was never known otherwise and is changed."""
    if row is not None and row.recorded_at == at:
        _apply(row, columns=columns)
        return row
    if row is not None:
        row.superseded_at = at
        session().flush()  # the unique index looks at the rows that stand
    fresh = AreaRule(**columns, recorded_at=at)
    session().add(fresh)
    return fresh


def _next_start(starts: set[tuple[str, str, str, date]], *, key: tuple[str, str, str], after: date) -> date | None:
    later: Sequence[date] = [start[3] for start in starts if start[:3] == key and start[3] > after]
    return min(later, default=None)


def _check_known(codes: set[str]) -> None:
    missing = missing_codes(codes)
    if missing:
        raise UnknownAreaError(area_codes=", ".join(missing))


def _columns(record: AreaRecord) -> dict[str, Any]:
    columns = asdict(record) | {"parent_code": parent_code(record.code)}
    del columns["aliases"]
    return columns


def _apply(row: Area | AreaRule, *, columns: dict[str, Any]) -> bool:
    differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _tell(kind: str, *, count: PutCount, actor: Actor, at: datetime) -> None:
    if count.created or count.changed:
        journal.append(kind, actor=actor, at=at, subject_id="areas", created=count.created, changed=count.changed)
