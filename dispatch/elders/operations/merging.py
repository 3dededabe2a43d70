"""Two records of one person become one: what the one that stays lacks comes over, the other ends and stays readable."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.dates import free_spans
from dispatch.elders.models import Assessment, Contact, Elder, ElderEvent
from dispatch.elders.operations.befalling import end_parts
from dispatch.elders.operations.identifying import TABLE, open_id_no, open_phone
from dispatch.elders.operations.opening import open_elder
from dispatch.elders.operations.parts import TABLES
from dispatch.elders.queries import ID_NO, PHONE, find_area_codes
from dispatch.elders.rules import judge_identity
from dispatch.elders.rules.changing import IDENTITY
from dispatch.elders.values import EventKind, MergeObstacle, Part, Ties
from dispatch.errors import ConflictError
from dispatch.storage import Place, as_known, blind_index, new_id, seal, session
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor

OBSTACLES = {
    MergeObstacle.SAME: Words("不能并入自己", "a record cannot go into itself"),
    MergeObstacle.MERGED: Words("其中一份已并入别的档案", "one of them was merged before"),
    MergeObstacle.DIED: Words("其中一位登记为已去世", "one of them is on record as dead"),
    MergeObstacle.NO_HOME: Words("保留的档案没有现住址", "the record that stays has no present home"),
    MergeObstacle.OTHER_ID_NO: Words(
        "两份档案的身份证号码不同，或与性别、出生日期不符",
        "their ID numbers differ, or contradict sex or birth date",
    ),
    MergeObstacle.OPEN_REQUESTS: Words(
        "被并入的档案还有未结的需求，先办结或取消", "the one that goes has open requests: end or cancel them first"
    ),
    MergeObstacle.PLANNED_VISITS: Words(
        "被并入的档案还有未做的服务安排，先完成或取消",
        "the one that goes has visits ahead: finish or cancel them first",
    ),
}
# the main home is the winner's own; what it lacks of these comes over
TAKEN_OVER = tuple(part for part in Part if part is not Part.RESIDENCES)


class ElderMergeImpossibleError(ConflictError):
    """The two are not one person, or something stands in the way; the facts say what."""

    slug = "elder-merge-impossible"
    title = Words("这两份档案不能合并", "These two records cannot be merged")
    detail = Words("原因：{obstacles}。", "Because {obstacles}.")

    def text(self, locale: Locale) -> str:
        """Name the obstacles in the reader's language; the facts hold their codes."""
        comma = "；" if locale is Locale.ZH else "; "
        told = comma.join(OBSTACLES[MergeObstacle(each)].text(locale) for each in self.facts["obstacles"])
        return self.detail.text(locale, obstacles=told)


def merge_record(
    elder_id: UUID,
    *,
    into_id: UUID,
    version: int | None,
    find_obstacles: Callable[[], Collection[MergeObstacle]],
    actor: Actor,
    at: datetime,
    on: date,
) -> dict[str, int]:
    """
    End a record from the first of this month, and let the other have what it lacks; the counts by part come back.

    Earlier months count as they were published; from this month on there is one person. `find_obstacles` looks for
    those of other rooms.

    Raises
    ------
    ElderNotFoundError, ElderNotYoursError, StaleVersionError
        Where the actor is no officer of both, or read another version of the one that goes.
    ElderMergeImpossibleError

    """
    versions = {elder_id: version}
    rows = {  # in one order, so that two merges wait for each other
        each: open_elder(
            each,
            part=IDENTITY,
            is_new=False,
            actor=actor,
            on=on,
            ties=Ties(),
            version=versions.get(each),
            may_be_merged=True,
        )
        for each in sorted({elder_id, into_id})
    }
    loser, winner = rows[elder_id], rows[into_id]
    found = {*find_obstacles(), *_find_obstacles(loser, winner, on=on)}  # both records are held by now
    if found:
        raise ElderMergeImpossibleError(obstacles=[each.value for each in MergeObstacle if each in found])
    first = on.replace(day=1)
    counts = Counter(_take_identity(loser, winner))
    for part in TAKEN_OVER:
        counts[part.value] += _take_part(part, loser.id, winner.id, from_on=first, at=at)
    counts["contacts"] += _take_contacts(loser.id, winner.id)
    counts["assessments"] += _take_assessment(loser.id, winner.id, on=on, at=at)
    end_parts(loser.id, parts=tuple(Part), on=first, at=at)
    loser.merged_into_id, loser.merged_at = winner.id, at
    session().flush()
    return {part: count for part, count in counts.items() if count}


def _find_obstacles(loser: Elder, winner: Elder, *, on: date) -> set[MergeObstacle]:
    if loser.id == winner.id:
        return {MergeObstacle.SAME}
    dead = sa.select(ElderEvent.id).where(
        ElderEvent.elder_id.in_([loser.id, winner.id]), ElderEvent.kind == EventKind.DIED
    )
    looked_at = {
        MergeObstacle.MERGED: loser.merged_into_id is not None or winner.merged_into_id is not None,
        MergeObstacle.DIED: session().scalar(dead.limit(1)) is not None,
        MergeObstacle.NO_HOME: winner.id not in find_area_codes([winner.id], on=on),
        MergeObstacle.OTHER_ID_NO: not _is_id_no_fitting(loser, winner, on=on),
    }
    return {each for each, is_there in looked_at.items() if is_there}


def _is_id_no_fitting(loser: Elder, winner: Elder, *, on: date) -> bool:
    id_no = open_id_no(loser)
    if id_no is None:
        return True
    if winner.id_no_index is not None:
        return False  # the register keeps each number once
    return not judge_identity(id_no=id_no, phone=None, sex=winner.sex, born_on=winner.born_on, on=on).faults


def _take_identity(loser: Elder, winner: Elder) -> dict[str, int]:
    """Let the winner have what identifies the loser, where it has none itself; a seal is a row's own and made anew."""
    taken = {}
    for name, purpose, text in (("id_no", ID_NO, open_id_no(loser)), ("phone", PHONE, open_phone(loser))):
        if text is None or getattr(winner, f"{name}_index") is not None:
            continue
        setattr(loser, f"{name}_sealed", None)
        setattr(loser, f"{name}_index", None)
        session().flush()  # the register keeps each ID number once
        setattr(winner, f"{name}_sealed", seal(text, place=Place(TABLE, name, winner.id)))
        setattr(winner, f"{name}_index", blind_index(text, purpose=purpose))
        taken[name] = 1
    if winner.source is None and loser.source is not None:
        source, ref = loser.source, loser.source_ref
        loser.source = loser.source_ref = None
        session().flush()  # as above
        winner.source, winner.source_ref = source, ref
    for name in ("registered_area_code", "has_lift_access"):
        if getattr(winner, name) is None:
            setattr(winner, name, getattr(loser, name))
    return taken


def _take_part(part: Part, loser_id: UUID, winner_id: UUID, *, from_on: date, at: datetime) -> int:
    """Add what holds of the loser from a day on, for the days on which nothing that excludes it holds of the winner."""
    table = TABLES[part]
    model: Any = table.model  # each table has columns of its own
    stands = sa.select(model).where(as_known(model, None), sa.or_(model.valid_to.is_(None), model.valid_to > from_on))
    own = list(session().scalars(stands.where(model.elder_id == winner_id)))
    taken = 0
    for row in session().scalars(stands.where(model.elder_id == loser_id).order_by(model.valid_from)).all():
        rivals = [each for each in own if all(getattr(each, key) == getattr(row, key) for key in table.keys)]
        span = (max(row.valid_from, from_on), row.valid_to)
        for start, end in free_spans(span, taken=[(each.valid_from, each.valid_to) for each in rivals]):
            own.append(_copy(row, elder_id=winner_id, valid_from=start, valid_to=end, recorded_at=at))
            taken += 1
    session().flush()
    return taken


def _take_contacts(loser_id: UUID, winner_id: UUID) -> int:
    """Let the winner have whom it does not call yet; the same phone is not kept twice."""
    rows = session().scalars(sa.select(Contact).where(Contact.elder_id.in_([loser_id, winner_id]))).all()
    own = {row.phone_index for row in rows if row.elder_id == winner_id}
    steps = {row.ladder_order for row in rows if row.elder_id == winner_id}
    taken = 0
    for row in rows:
        if row.elder_id == winner_id:
            continue
        if row.phone_index in own:
            session().delete(row)
            continue
        row.elder_id = winner_id
        if row.ladder_order in steps:
            row.ladder_order = None
        taken += 1
    return taken


def _take_assessment(loser_id: UUID, winner_id: UUID, *, on: date, at: datetime) -> int:
    """Let the winner have the loser's grade where it has none in force, or an older one."""
    valid = (
        sa.select(Assessment)
        .where(as_known(Assessment, None), Assessment.assessed_on <= on, Assessment.valid_to > on)
        .order_by(Assessment.assessed_on.desc(), Assessment.id)
        .limit(1)
    )
    theirs = session().scalar(valid.where(Assessment.elder_id == loser_id))
    own = session().scalar(valid.where(Assessment.elder_id == winner_id))
    if theirs is None or (own is not None and own.assessed_on >= theirs.assessed_on):
        return 0
    _copy(theirs, elder_id=winner_id, recorded_at=at)
    return 1


def _copy(row: Any, **changed: Any) -> Any:  # noqa: ANN401 - a row of any dated table
    model = type(row)
    names = {column.key for column in sa.orm.class_mapper(model).column_attrs} - {"id", "superseded_at"}
    made = model(id=new_id(), **{name: getattr(row, name) for name in names} | changed)
    session().add(made)
    return made
