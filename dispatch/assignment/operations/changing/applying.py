"""Making a change by hand in a proposed plan, taking it back, and what was changed so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import sqlalchemy as sa

from dispatch import accounts, journal, planner
from dispatch.assignment.models import Plan, PlanChange
from dispatch.assignment.operations.changing.checking import (
    answer_of,
    as_if,
    ask_planner,
    check_changeable,
    rejoined,
)
from dispatch.assignment.operations.changing.standing import Placing
from dispatch.assignment.operations.changing.telling import tell_day
from dispatch.assignment.operations.days.deciding import IllegalPlanMoveError
from dispatch.assignment.operations.days.parts import own_changes
from dispatch.assignment.operations.days.scope import load_own_plan, load_plan, refuse_past
from dispatch.assignment.operations.days.storing import plan_facts, put_tours
from dispatch.assignment.queries import plan_card
from dispatch.assignment.values import (
    ChangeAnswer,
    ChangeRecord,
    DayAnswer,
    MadeChange,
    PlanChangeKind,
    PlanStatus,
)
from dispatch.errors import ConflictError, InvalidError
from dispatch.storage import session
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.operations.changing.standing import Laid
    from dispatch.assignment.values import ChangeWish, PlanCard, Rule

LONGEST_REASON: Final = 500
REASON_NEEDED: Final = Words("写明为什么改。", "Say why it is changed.")
SOMEBODY: Final = "—"


class PlanChangedError(ConflictError):
    """Somebody else changed the plan since it was read; the facts say who, when, and the present version."""

    slug = "plan-changed"
    title = Words("这份计划刚被别人改过", "The plan was changed by somebody else")
    detail = Words(
        "{by_name} 改过，现在是第 {version} 版。重新读取，再在新的计划上改。",
        "{by_name} changed it; it is at version {version} now. Read it again and make your change there.",
    )


class ChangeBlockedError(ConflictError):
    """A hard rule keeps the change from being made; nothing was changed."""

    slug = "plan-change-blocked"
    title = Words("不能这样排", "It cannot be planned like that")
    detail = Words("{rule}", "{rule}")  # the rule's own sentence: see `text`

    def __init__(self, rule: Rule | None, *, plan_id: UUID) -> None:
        """Keep the rule, to say it in the reader's language."""
        self.rule = rule
        super().__init__(
            plan_id=plan_id,
            code=rule.code if rule else None,
            visit_id=rule.visit_id if rule else None,
            carer_id=rule.carer_id if rule else None,
        )

    def text(self, locale: Locale) -> str:
        """Say the rule, and the smallest change that would lift it."""
        if self.rule is None:
            return self.title.text(locale)
        said = [self.rule.words, *([self.rule.remedy_words] if self.rule.remedy_words else [])]
        return ("；" if locale is not Locale.EN else "; ").join(each.text(locale) for each in said)


class ReasonNeededError(InvalidError):
    """A change needs a reason."""

    slug = "plan-change-reason"
    title = Words("写明修改的理由", "The change needs a reason")


class NothingToUndoError(ConflictError):
    """No change is left that could be taken back."""

    slug = "nothing-to-undo"
    title = Words("没有可以撤销的修改", "There is no change to undo")


def make_change(laid: Laid, *, wish: ChangeWish) -> MadeChange:
    """
    Compute a change and the whole day as it is then; nothing is stored yet, and no database is asked.

    Raises what `check_change` raises, and ChangeBlockedError.
    """
    check_changeable(laid)
    told = {
        name: _plain(value)
        for name in ("visit_id", "carer_id", "start_at", "other_visit_id", "other_start_at", "other_carer_id")
        if (value := getattr(wish, name)) is not None
    }
    joined = rejoined(laid, wish=wish)
    if joined is not None:
        answer, after = joined
        if answer.blocked is not None:
            raise ChangeBlockedError(answer.blocked, plan_id=laid.card.plan_id)
        pair = sorted(str(each.visit_id) for each in laid.day.slots[laid.jobs[wish.visit_id][0]])
        return _as_laid(
            after, answer=answer, kind=wish.kind, told=told | {"pins_before": pair, "pins_of": pair}, of=pair
        )
    outcome = ask_planner(laid, wish=wish)
    answer = answer_of(laid, wish=wish, outcome=outcome)
    if isinstance(outcome, planner.Blocked):
        raise ChangeBlockedError(answer.blocked, plan_id=laid.card.plan_id)
    job, _ = laid.jobs[wish.visit_id]
    pins = {visit_id for visit_id in laid.pinned if visit_id in laid.jobs}
    for each, pin in outcome.pins:
        own = {visit.visit_id for visit in laid.day.slots[each]}
        pins = pins | own if pin is not None else pins - own
    touched = {job, *(each for each, _ in outcome.pins)}
    changed = {visit.visit_id for each in touched for visit in laid.day.slots[each]}
    told |= {"pins_before": sorted(map(str, changed & laid.pinned)), "pins_of": sorted(map(str, changed))}
    return MadeChange(
        answer=answer,
        kind=wish.kind,
        told=told,
        day=_answer(
            laid, problem=outcome.problem, plan=outcome.plan, pinned=frozenset(pins), touched=changed | _moved(answer)
        ),
    )


def make_undo(laid: Laid, *, last: ChangeRecord) -> MadeChange:
    """
    Compute the day without the last change: what it moved stands again where it stood; nothing is stored yet.

    Raises ChangeBlockedError where it does not fit there any more.
    """
    answer, undone = as_if(laid, placed=_placed_before(laid, last=last))
    if answer.blocked is not None:
        raise ChangeBlockedError(answer.blocked, plan_id=laid.card.plan_id)
    return _as_laid(
        undone, answer=answer, kind=PlanChangeKind.UNDO, told={"undoes": last.seq}, of=last.change["pins_of"]
    )


def _as_laid(
    laid: Laid, *, answer: ChangeAnswer, kind: PlanChangeKind, told: dict[str, Any], of: Iterable[str]
) -> MadeChange:
    """Give a change after which the plan stands as it is laid out."""
    touched = {UUID(each) for each in of} | _moved(answer)
    return MadeChange(
        answer=answer,
        kind=kind,
        told=told,
        day=_answer(laid, problem=laid.day.problem, plan=laid.plan, pinned=laid.pinned, touched=touched),
    )


def _placed_before(laid: Laid, *, last: ChangeRecord) -> dict[UUID, Placing]:
    """Give where everybody stood before a change: what it moved where it stood, what it pinned as it was pinned."""
    placed = dict(laid.placed)
    for each in last.effect["moved"]:
        visit_id = UUID(each["visit_id"])
        placed.pop(visit_id, None)
        if each["carer_before"] and each["start_before"]:
            start_at = datetime.fromisoformat(each["start_before"])
            placed[visit_id] = Placing(UUID(each["carer_before"]), start_at, start_at, start_at, 0, is_pinned=False)
    held = {UUID(each) for each in last.change["pins_before"]}
    for visit_id in {UUID(each) for each in last.change["pins_of"]} & placed.keys():
        placed[visit_id] = replace(placed[visit_id], is_pinned=visit_id in held)
    return placed


def store_change(
    plan_id: UUID,
    *,
    made: MadeChange,
    reason: str,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    expected_version: int,
) -> tuple[PlanCard, ChangeRecord]:
    """
    Keep a change that was computed: the tours as they are then, and who changed what, when and why.

    Journal: plan.changed.

    Raises
    ------
    PlanNotFoundError, PlanNotYoursError, IllegalPlanMoveError
        Where it is not the actor's, or was signed, rejected or replaced by now.
    PlanDayOverError
    PlanChangedError
        Where it is not at the version that the change was computed from, or that the actor read.
    ReasonNeededError
        Where there is no reason.

    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonNeededError(fields={"reason": [REASON_NEEDED]})
    row = load_own_plan(plan_id, actor=actor)
    if row.status != PlanStatus.PROPOSED:
        raise IllegalPlanMoveError(plan_id=plan_id, status=row.status, allowed=[])
    refuse_past(row, now=now, zone=zone)
    if row.version != expected_version or row.version != made.answer.version:
        raise _changed(row)
    put_tours(row, answer=made.day)
    last = session().scalar(sa.select(sa.func.max(PlanChange.seq)).where(PlanChange.plan_id == plan_id)) or 0
    change = PlanChange(
        plan_id=plan_id,
        seq=last + 1,
        kind=made.kind.value,
        by=actor.account_id,
        at=now,
        reason=reason.strip(),
        change=made.told,
        effect=_effect(made.answer),
    )
    session().add(change)
    journal.append(
        "plan.changed",
        actor=actor,
        at=now,
        subject_id=plan_id,
        change=made.kind.value,
        seq=change.seq,
        moved=len(made.answer.moved),
        **plan_facts(row),
    )
    session().flush()  # the version that the answer carries
    return plan_card(row), _records([change])[0]


def find_changes(plan_id: UUID, *, actor: Actor) -> list[ChangeRecord]:
    """Give what was changed in a plan by hand, the first first; PlanNotFoundError outside the actor's scope."""
    row = load_plan(plan_id, actor=actor)
    query = sa.select(PlanChange).where(PlanChange.plan_id == plan_id).order_by(PlanChange.seq)
    return own_changes(_records(list(session().scalars(query))), plan=row, actor=actor)


def find_last_change(plan_id: UUID, *, actor: Actor) -> ChangeRecord:
    """Give the change that an undo would take back; NothingToUndoError where none is left."""
    for each in reversed(find_changes(plan_id, actor=actor)):
        if not each.is_undone and each.kind is not PlanChangeKind.UNDO:
            return each
    raise NothingToUndoError(plan_id=plan_id)


def _changed(row: Plan) -> PlanChangedError:
    query = sa.select(PlanChange).where(PlanChange.plan_id == row.id).order_by(PlanChange.seq.desc()).limit(1)
    last = session().scalars(query).one_or_none()
    by = last.by if last else row.decided_by or row.made_by
    at = last.at if last else row.decided_at or row.made_at
    names = accounts.find_account_names([by] if by else [])
    return PlanChangedError(
        plan_id=row.id,
        version=row.version,
        by=by,
        by_name=names.get(by, SOMEBODY) if by else SOMEBODY,
        at=at.isoformat(timespec="minutes"),
    )


def _records(rows: list[PlanChange]) -> list[ChangeRecord]:
    names = accounts.find_account_names({row.by for row in rows if row.by})
    undone = {row.change.get("undoes") for row in rows if row.kind == PlanChangeKind.UNDO}
    return [
        ChangeRecord(
            seq=row.seq,
            kind=PlanChangeKind(row.kind),
            by=row.by,
            by_name=names.get(row.by) if row.by else None,
            at=row.at,
            reason=row.reason,
            change=row.change,
            effect=row.effect,
            is_undone=row.seq in undone,
        )
        for row in rows
    ]


def _moved(answer: ChangeAnswer) -> set[UUID]:
    return {each.visit_id for each in answer.moved}


def _answer(
    laid: Laid, *, problem: planner.Problem, plan: planner.Plan, pinned: frozenset[UUID], touched: set[UUID]
) -> DayAnswer:
    """Give the whole day as it is after a change, with why everybody goes where they go."""
    case = replace(
        laid.case,
        visits=tuple(replace(each, is_pinned=each.visit_id in pinned) for each in laid.case.visits),
    )
    known = {each.visit_id: each for each in case.visits}
    day = replace(
        laid.day,
        problem=problem,
        slots=tuple(tuple(known[each.visit_id] for each in group) for group in laid.day.slots),
    )
    return tell_day(
        laid.card,
        case=case,
        day=day,
        plan=plan,
        touched={laid.jobs[each][0] for each in touched if each in laid.jobs},
        known=laid.reasons,
        iterations=laid.card.iterations or 0,
    )


def _effect(answer: ChangeAnswer) -> dict[str, Any]:
    return {
        "moved": [{name: _plain(value) for name, value in each._asdict().items()} for each in answer.moved],
        "extra_travel_min": answer.extra_travel_min,
        "cost_before": answer.cost_before,
        "cost_after": answer.cost_after,
        "breaks": [each.code for each in answer.breaks],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
