"""Putting subsidy rules in force, one by one or from a file; a correction supersedes and nothing is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas, directory, journal, sheets
from dispatch.actor import Role
from dispatch.elders import Grade
from dispatch.errors import InvalidError
from dispatch.storage import as_known, new_id, session
from dispatch.subsidies.layout import LAYOUT
from dispatch.subsidies.models import SubsidyRuleRow
from dispatch.subsidies.queries import find_rules, show_rule
from dispatch.subsidies.rules import MOST_A_WEEK, MOST_CENTS, ORDER, VERSION, VERSION_WORDS, judge_rule_row
from dispatch.subsidies.values import PutCount, SubsidyRuleRecord
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from dispatch.actor import Actor
    from dispatch.subsidies.values import SubsidyRule

NO_AREA = Words("没有代码为 {area_code} 的区域：先导入区划。", "There is no area {area_code}: import the areas first.")
REPEATED = Words("与第 {row} 行是同一条规定。", "This is the rule of line {row}.")
AMOUNT = Words("每次补贴 0 到 10,000,000 分。", "A use is paid 0 to 10,000,000 cents.")
LIMIT = Words("每周 1 到 70 次。", "1 to 70 a week.")
Judged = list[tuple[sheets.Row, SubsidyRuleRecord]]


class InvalidSubsidyRuleError(InvalidError):
    """The rule's version, amount, limit or dates cannot be; `fields` says which."""

    slug = "invalid-subsidy-rule"
    title = Words("补贴规定有误", "The subsidy rule is not valid")


def put_rule(record: SubsidyRuleRecord, *, actor: Actor, at: datetime) -> SubsidyRule:
    """
    Put one rule in force, or draft it, within an officer's own areas; what stood before under its key is superseded.

    Raises
    ------
    AreaNotFoundError
        Where the area is not the actor's, or does not exist.
    InvalidSubsidyRuleError, UnknownCodeError
        As for `put_rules`.

    """
    if not actor.is_system and not actor.covers_area(record.area_code, Role.DISTRICT_OFFICER):
        raise areas.AreaNotFoundError(area_code=record.area_code)
    areas.get_area(record.area_code)
    put_rules([record], actor=actor, at=at)
    return show_rule(session().scalars(_standing(record)).one())


def put_rules(records: Iterable[SubsidyRuleRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Put rules in force; the same ones again change nothing. Journal: one subsidy_rule.changed for each that is new.

    Raises
    ------
    InvalidSubsidyRuleError
        Where a version, an amount, a limit or a span cannot be.
    UnknownAreaError, UnknownCodeError
        Where an area, a service, a category or a grade does not exist.

    """
    given = list(records)
    _check(given)
    created = changed = 0
    for record in given:
        row = session().scalars(_standing(record)).one_or_none()
        if row is not None and show_rule(row).record == record:
            continue
        if row is None:
            created += 1
        else:
            changed += 1
            row.superseded_at = at
            session().flush()  # the unique index looks at the rows that stand
        made = _row(record, at=at)
        session().add(made)
        session().flush()  # the journal is told its id
        journal.append(
            "subsidy_rule.changed",
            actor=actor,
            at=at,
            subject_id=made.id,
            area_code=record.area_code,
            rule_version=record.rule_version,
            service_code=record.service_code,
            status=record.status,
            valid_from=record.valid_from.isoformat(),
            valid_to=record.valid_to.isoformat() if record.valid_to else None,
            supersedes=str(row.id) if row is not None else None,
        )
    return PutCount(created, changed, len(given) - created - changed)


def import_rules(
    source: Path | BinaryIO,
    *,
    unit: sheets.Unit,
    actor: Actor,
    at: datetime,
    file: str | None = None,
    progress: sheets.Progress | None = None,
) -> sheets.ImportReport:
    """
    Import rules from a file; bad rows are left out and told of, the same file again changes nothing.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `LAYOUT`.
    unit : Unit
        Opens the transactions; one that is undone gives the report of a dry run.
    actor, at
        Who imports, and when.
    file : str, optional
        What messages call the file.
    progress : Progress, optional
        Told after each batch.

    Raises
    ------
    sheets.UnreadableSheetError
        No such file, another encoding, a wrong header, no rows, too many: nothing is stored.

    """
    first_of: dict[tuple[str, ...], int] = {}

    def put(judged: Judged) -> tuple[int, int, int]:
        missing = set(areas.missing_codes({record.area_code for _, record in judged}))
        good = []
        for row, record in judged:
            key = (record.area_code, record.rule_version, record.service_code)
            if record.area_code in missing:
                row.blame("area_code", code="unknown_area", words=NO_AREA, area_code=record.area_code)
            elif first_of.setdefault(key, row.number) != row.number:
                row.blame("rule_version", code="repeated_ref", words=REPEATED, row=first_of[key])
            else:
                good.append(record)
        return put_rules(good, actor=actor, at=at) if good else (0, 0, 0)

    def judge(row: sheets.Row) -> SubsidyRuleRecord | None:
        return judge_rule_row(row, find_service=_finder("service"), find_category=_finder("category"))

    with sheets.open_sheet(source, layout=LAYOUT, file=file) as sheet:
        return sheets.import_rows(sheet, judge=judge, put=put, unit=unit, progress=progress)


def export_rules(area_code: str = "") -> Iterator[dict[str, sheets.Cell]]:
    """Give the rules that stand as rows of `LAYOUT`: of an area and of those it lies in, or all."""
    for each in find_rules(area_code):
        record = each.record
        yield {column.name: getattr(record, column.name) for column in LAYOUT.columns} | {
            "categories": "、".join(record.categories or ()) or None,
            "grades": "、".join(record.grades or ()) or None,
        }


def _finder(list_name: str) -> Callable[[str], str | None]:
    """Give what finds the code of a list that a text means, by code or label."""

    def find(text: str) -> str | None:
        found = directory.find_by_label(list_name, text=text)
        return found.code if found else None

    return find


def _check(given: list[SubsidyRuleRecord]) -> None:
    missing = areas.missing_codes({record.area_code for record in given})
    if missing:
        raise areas.UnknownAreaError(area_codes=", ".join(missing))
    directory.check_codes("service", codes=[record.service_code for record in given], field="service_code")
    directory.check_codes("category", codes=[each for one in given for each in one.categories or ()])
    for record in given:
        unknown = set(record.grades or ()) - set(Grade)
        if unknown:
            raise directory.UnknownCodeError("grades", given=sorted(unknown), allowed=list(Grade))
        faults: dict[str, list[Words | str]] = {}
        if not VERSION.match(record.rule_version):
            faults["rule_version"] = [VERSION_WORDS]
        if not 0 <= record.amount_cents <= MOST_CENTS:
            faults["amount_cents"] = [AMOUNT]
        if record.weekly_limit is not None and not 1 <= record.weekly_limit <= MOST_A_WEEK:
            faults["weekly_limit"] = [LIMIT]
        if record.valid_to is not None and record.valid_to <= record.valid_from:
            faults["valid_to"] = [ORDER]
        if faults:
            raise InvalidSubsidyRuleError(fields=faults)


def _standing(record: SubsidyRuleRecord) -> sa.Select[SubsidyRuleRow]:
    return sa.select(SubsidyRuleRow).where(
        SubsidyRuleRow.area_code == record.area_code,
        SubsidyRuleRow.rule_version == record.rule_version,
        SubsidyRuleRow.service_code == record.service_code,
        as_known(SubsidyRuleRow, None),
    )


def _row(record: SubsidyRuleRecord, *, at: datetime) -> SubsidyRuleRow:
    return SubsidyRuleRow(
        id=new_id(),
        rule_version=record.rule_version,
        area_code=record.area_code,
        service_code=record.service_code,
        amount_cents=record.amount_cents,
        weekly_limit=record.weekly_limit,
        minimum_age=record.minimum_age,
        categories=None if record.categories is None else list(record.categories),
        grades=None if record.grades is None else list(record.grades),
        status=record.status,
        clause=record.clause,
        is_example=record.is_example,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        recorded_at=at,
    )
