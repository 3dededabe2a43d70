"""Reads of areas and their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.areas.models import Area, AreaAlias, AreaRule, Compound
from dispatch.areas.values import Level, RuleInForce, RuleStatus, ancestor_codes, plain_name
from dispatch.errors import NotFoundError
from dispatch.storage import in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID

SHORTENED = ("新区", "区", "县")


class AreaNotFoundError(NotFoundError):
    """No such area, or it is outside the caller's own."""

    slug = "area-not-found"
    title = Words("没有这个区域，或者不归你管", "No such area, or it is not yours")
    detail = Words("没有代码为 {area_code} 的区域。", "There is no area {area_code}.")


class CompoundNotFoundError(NotFoundError):
    """No such compound, or it is outside the caller's own area."""

    slug = "compound-not-found"
    title = Words("没有这个小区，或者不归你管", "No such compound, or it is not yours")


def get_area(code: str) -> Area:
    """Give the area of a code, or raise AreaNotFoundError."""
    area = session().get(Area, code)
    if area is None:
        raise AreaNotFoundError(area_code=code)
    return area


def find_area(text: str, *, within: str = "") -> Area | None:
    """Find the one area below a code prefix with this code, name or other name; None where none or several fit."""
    wanted = plain_name(text)
    spellings = {wanted, text.strip(), wanted.replace("(", "（").replace(")", "）")}
    aliased = sa.select(AreaAlias.area_code).where(AreaAlias.name == wanted)
    found = session().scalars(
        sa.select(Area)
        .where(
            sa.or_(
                Area.code == wanted, Area.name_zh.in_(spellings), Area.name_en == text.strip(), Area.code.in_(aliased)
            ),
            Area.code.startswith(within, autoescape=True),
        )
        .limit(2)
    )
    areas = list(found)
    return areas[0] if len(areas) == 1 else None


def find_areas(
    *,
    parent: str | None = None,
    level: str | None = None,
    query: str | None = None,
    prefixes: Iterable[str] | None = None,
    after: str = "",
    limit: int | None = None,
) -> list[Area]:
    """
    Find areas in the order of their codes.

    Parameters
    ----------
    parent : str, optional
        Only those directly below this area.
    level : str, optional
        Only those of one level.
    query : str, optional
        Part of a name (Chinese or English), of another name, or the beginning of a code.
    prefixes : iterable of str, optional
        Only those whose code begins with one of these.
    after, limit
        For reading on: codes after this one, at most so many.

    """
    chosen = sa.select(Area).where(Area.code > after).order_by(Area.code).limit(limit)
    if parent is not None:
        chosen = chosen.where(Area.parent_code == parent)
    if level is not None:
        chosen = chosen.where(Area.level == level)
    if prefixes is not None:
        chosen = chosen.where(sa.or_(sa.false(), *(Area.code.startswith(each, autoescape=True) for each in prefixes)))
    if query:
        text = plain_name(query)
        aliased = sa.select(AreaAlias.area_code).where(AreaAlias.name.contains(text, autoescape=True))
        chosen = chosen.where(
            sa.or_(
                Area.name_zh.contains(text, autoescape=True),
                sa.func.lower(Area.name_en).contains(text.lower(), autoescape=True),
                Area.code.startswith(text, autoescape=True),
                Area.code.in_(aliased),
            )
        )
    return list(session().scalars(chosen))


def children(code: str) -> list[Area]:
    """Give the areas directly below one, in the order of their codes."""
    return find_areas(parent=code)


def find_aliases(codes: Collection[str]) -> dict[str, list[str]]:
    """Give the other names of areas."""
    rows = session().scalars(sa.select(AreaAlias).where(AreaAlias.area_code.in_(codes)).order_by(AreaAlias.name))
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.area_code, []).append(row.name)
    return found


def missing_codes(codes: Collection[str]) -> list[str]:
    """Give those codes that no area has."""
    known = set(session().scalars(sa.select(Area.code).where(Area.code.in_(set(codes)))))
    return sorted(set(codes) - known)


def find_rules(
    area_code: str, *, on: date, with_drafts: bool = False, known_at: datetime | None = None
) -> list[RuleInForce]:
    """
    Give every rule that decides for an area on a date, by key: for each key the nearest area above decides.

    With `known_at`: the rules as they stood then, whatever was changed since.
    """
    chosen = sa.select(AreaRule).where(
        AreaRule.area_code.in_(ancestor_codes(area_code)), in_force(AreaRule, on, known_at=known_at)
    )
    if not with_drafts:
        chosen = chosen.where(AreaRule.status == RuleStatus.ADOPTED.value)
    # nearest area last, and at one area the draft that was asked for after the adopted rule: the last one wins
    rows = sorted(session().scalars(chosen), key=lambda row: (len(row.area_code), row.status == RuleStatus.DRAFT))
    deciding = {row.rule_key: row for row in rows}
    return [rule_facts(deciding[key]) for key in sorted(deciding)]


def find_rule(
    area_code: str, *, rule_key: str, on: date, with_drafts: bool = False, known_at: datetime | None = None
) -> RuleInForce | None:
    """Give the rule of this key that decides for an area on a date, or None where no area above has one."""
    rules = find_rules(area_code, on=on, with_drafts=with_drafts, known_at=known_at)
    return next((rule for rule in rules if rule.rule_key == rule_key), None)


def find_rule_values(rule_key: str, *, on: date) -> dict[str, Any]:
    """Give the adopted values of one rule on a date by area code, to decide for many areas at once."""
    chosen = sa.select(AreaRule.area_code, AreaRule.value).where(
        AreaRule.rule_key == rule_key, AreaRule.status == RuleStatus.ADOPTED.value, in_force(AreaRule, on)
    )
    return dict(session().execute(chosen).all())


def get_compound(compound_id: UUID) -> Compound:
    """Give a compound, or raise CompoundNotFoundError."""
    found = session().get(Compound, compound_id)
    if found is None:
        raise CompoundNotFoundError(compound_id=compound_id)
    return found


def find_compounds(
    area_code: str = "", *, stage: str | None = None, after: UUID | None = None, limit: int | None = None
) -> list[Compound]:
    """Find the compounds of an area and all below it, of one kind or all, in the order of their ids."""
    chosen = sa.select(Compound).where(Compound.area_code.startswith(area_code, autoescape=True))
    if stage is not None:
        chosen = chosen.where(Compound.stage == stage)
    if after is not None:
        chosen = chosen.where(Compound.id > after)
    return list(session().scalars(chosen.order_by(Compound.id).limit(limit)))


def district_names() -> dict[str, str]:
    """Give the full, short and old names of all districts with their codes: 蓟州区, 蓟州 and 蓟县 are 120119."""
    districts = find_areas(level=Level.DISTRICT.value)
    names: dict[str, str] = {}
    for area in districts:
        suffix = next((each for each in SHORTENED if area.name_zh.endswith(each)), "")
        names[plain_name(area.name_zh.removesuffix(suffix))] = area.code
    for code, aliases in find_aliases({area.code for area in districts}).items():
        names |= dict.fromkeys(aliases, code)
    return names | {plain_name(area.name_zh): area.code for area in districts}


def rule_facts(row: AreaRule) -> RuleInForce:
    """Give a rule as a value."""
    return RuleInForce(
        area_code=row.area_code,
        rule_key=row.rule_key,
        value=row.value,
        clause=row.clause,
        status=RuleStatus(row.status),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
    )
