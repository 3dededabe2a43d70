"""Ability assessments, and the grade that they support until they expire."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas, journal
from dispatch.elders.models import Assessment
from dispatch.elders.operations.identifying import InvalidElderError
from dispatch.elders.operations.opening import open_elder
from dispatch.elders.operations.reading import ElderNotFoundError, get_elder
from dispatch.elders.queries import find_area_codes
from dispatch.elders.rules.changing import ASSESSMENTS
from dispatch.elders.rules.grading import STANDARD, find_score_faults, grade_of
from dispatch.elders.values import Adjustment, AssessmentCard, Grade, View
from dispatch.errors import ConflictError
from dispatch.storage import as_known, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import NewAssessment, Ties

VALIDITY_KEY = "assessment.validity_months"
VALIDITY_MONTHS = 12  # domain, section 7: an area rule may say otherwise
MONTHS = 12
STILL_TO_COME = Words("评估日期还没到。", "The day of the assessment is still to come.")
ENDS_EARLY = Words("有效期要晚于评估日期。", "The validity must end after the assessment.")
SCORE = Words("应为 0 到 {highest} 分。", "Needs a score from 0 to {highest}.")
UNKNOWN_ITEM = Words("标准里没有这一项。", "The standard has no such item.")


class AssessmentExpiredError(ConflictError):
    """The ability grade is past its validity: it supports no admission, no subsidy and no service that asks for it."""

    slug = "assessment-expired"
    title = Words("能力评估已过期", "The ability assessment has expired")
    detail = Words(
        "评估有效期到 {valid_to}（不含），请重新评估。", "It was valid until {valid_to} (not included); assess again."
    )


class AssessmentMissingError(ConflictError):
    """There is no ability assessment yet."""

    slug = "assessment-missing"
    title = Words("还没有能力评估", "There is no ability assessment yet")
    detail = Words("请先做能力评估。", "Assess the elder first.")


def add_assessment(
    elder_id: UUID, *, record: NewAssessment, actor: Actor, at: datetime, on: date, ties: Ties
) -> AssessmentCard:
    """
    Record an assessment by GB/T 42195-2022; total and grade follow from the scores.

    Raises
    ------
    ElderNotFoundError, ElderNotYoursError
        Where the actor may not.
    InvalidElderError
        Where a score is missing, unknown or out of range, or a day cannot be.

    """
    elder = open_elder(elder_id, part=ASSESSMENTS, is_new=True, actor=actor, on=on, ties=ties)
    _check(record, on=on)
    total = sum(record.item_scores.values())
    area_code = find_area_codes([elder_id], on=on).get(elder_id)
    row = Assessment(
        id=new_id(),
        elder_id=elder_id,
        standard=STANDARD,
        grade=grade_of(total, adjustments=record.adjustments).value,
        assessed_on=record.assessed_on,
        valid_to=record.valid_to or _default_end(record.assessed_on, area_code=area_code),
        item_scores=dict(record.item_scores),
        total=total,
        adjusted_for=[str(each) for each in record.adjustments],
        assessor=record.assessor,
        recorded_at=at,
    )
    session().add(row)
    journal.append("assessment.added", actor=actor, at=at, subject_id=elder_id, assessment_id=str(row.id))
    session().flush()  # gives the record its new version
    return replace(_show(row), version=elder.version)


def list_assessments(elder_id: UUID, *, actor: Actor, on: date, ties: Ties) -> list[AssessmentCard]:
    """
    List the assessments of an elder, in order.

    Raises
    ------
    ElderNotFoundError
        For whoever does not see the whole record.

    """
    if get_elder(elder_id, actor=actor, on=on, ties=ties).view is not View.FULL:
        raise ElderNotFoundError(elder_id=elder_id)
    rows = session().scalars(
        sa.select(Assessment)
        .where(Assessment.elder_id == elder_id, as_known(Assessment, None))
        .order_by(Assessment.assessed_on, Assessment.id)
    )
    return [_show(row) for row in rows]


def get_grade(elder_id: UUID, *, actor: Actor, on: date, ties: Ties, as_of: date | None = None) -> Grade:
    """
    Give the ability grade in force today (`on`), or on the day `as_of`, to those who may see it today.

    Raises
    ------
    ElderNotFoundError
        Where the actor may not.
    AssessmentExpiredError, AssessmentMissingError
        As for `require_grade`.

    """
    if get_elder(elder_id, actor=actor, on=on, ties=ties).view not in {View.FULL, View.REQUEST}:
        raise ElderNotFoundError(elder_id=elder_id)
    return require_grade(elder_id, on=as_of or on)


def require_grade(elder_id: UUID, *, on: date) -> Grade:
    """
    Give the ability grade in force on a date: what admission, subsidies and services with grades rest on.

    Raises
    ------
    AssessmentExpiredError
        Where the latest one is past its validity.
    AssessmentMissingError
        Where there is none.

    """
    latest = session().scalars(
        sa.select(Assessment)
        .where(Assessment.elder_id == elder_id, Assessment.assessed_on <= on, as_known(Assessment, None))
        .order_by(Assessment.assessed_on.desc(), Assessment.valid_to.desc())
        .limit(1)
    )
    row = latest.one_or_none()
    if row is None:
        raise AssessmentMissingError(elder_id=elder_id)
    if row.valid_to <= on:
        raise AssessmentExpiredError(elder_id=elder_id, valid_to=row.valid_to)
    return Grade(row.grade)


def _check(record: NewAssessment, *, on: date) -> None:
    faults: dict[str, list[Words | str]] = {
        f"item_scores.{name}": [_score_words(highest)]
        for name, highest in find_score_faults(record.item_scores).items()
    }
    if record.assessed_on > on:
        faults["assessed_on"] = [STILL_TO_COME]
    if record.valid_to is not None and record.valid_to <= record.assessed_on:
        faults["valid_to"] = [ENDS_EARLY]
    if faults:
        raise InvalidElderError(fields=faults)


def _score_words(highest: int) -> Words:
    if highest < 0:
        return UNKNOWN_ITEM
    return Words(SCORE.zh.format(highest=highest), SCORE.en.format(highest=highest))


def _default_end(assessed_on: date, *, area_code: str | None) -> date:
    rule = areas.find_rule(area_code, rule_key=VALIDITY_KEY, on=assessed_on) if area_code else None
    months = int(rule.value) if rule else VALIDITY_MONTHS
    year, month = divmod(assessed_on.year * MONTHS + assessed_on.month - 1 + months, MONTHS)
    try:
        return assessed_on.replace(year=year, month=month + 1)
    except ValueError:  # the month has no such day: valid to its end
        return assessed_on.replace(year=year, month=month + 2, day=1)


def _show(row: Assessment) -> AssessmentCard:
    return AssessmentCard(
        assessment_id=row.id,
        standard=row.standard,
        item_scores=row.item_scores,
        total=row.total,
        adjustments=tuple(Adjustment(each) for each in row.adjusted_for or ()),
        grade=Grade(row.grade),
        assessor=row.assessor,
        assessed_on=row.assessed_on,
        valid_to=row.valid_to,
        recorded_at=row.recorded_at,
    )
