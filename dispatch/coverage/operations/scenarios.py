"""Scenarios on record: made, read as far as one may, changed by one planner at a time, shared and put away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, journal, storage
from dispatch.actor import Role
from dispatch.coverage.models import Scenario as ScenarioRow
from dispatch.coverage.models import ScenarioChange as ChangeRow
from dispatch.coverage.models import ScenarioVersion
from dispatch.coverage.operations.placing import place_changes
from dispatch.coverage.operations.reading import RunNotFoundError, get_run, service_code_of
from dispatch.coverage.operations.running import check_wish
from dispatch.coverage.operations.scenario_reading import ScenarioNotFoundError, get_scenario
from dispatch.coverage.queries.scenarios import find_scenario, find_version
from dispatch.coverage.rules.scenarios import hash_changes
from dispatch.coverage.values import RunWish
from dispatch.coverage.values.scenarios import MOVES, PlacedChanges, PlacedScenario, ScenarioStatus
from dispatch.errors import ConflictError, NotAllowedError, NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values.scenarios import ChangeWish, Scenario, ScenarioChange, ScenarioWish
    from dispatch.streets import Network


class ScenarioChangedError(storage.StaleVersionError):
    """Somebody else changed the scenario; `facts` hold both versions: `yours` and `present`."""

    slug = "scenario-changed"
    title = Words("另一位规划员刚改过这个方案", "Another planner changed this scenario")
    detail = Words(
        "你改的是第 {expected} 版，现在是第 {version} 版。两版内容都附在后面，在现在这一版上再改一次。",
        "You changed version {expected}; it stands at version {version}. Both are in the facts (yours, present): "
        "make your change to the present one.",
    )


class ScenarioFinishedError(ConflictError):
    """The scenario does not go there from where it stands; `facts.allowed` says where to it may go."""

    slug = "scenario-finished"
    title = Words("方案的状态不允许这样做", "The scenario's state does not allow this")
    detail = Words(
        "方案现在是 {status}，可以转到：{allowed}。要接着改，另建一个方案。",
        "The scenario is {status}; it may become: {allowed}. To go on changing, make another scenario.",
    )


class ScenarioEmptyError(ConflictError):
    """There is nothing to share or to adopt."""

    slug = "scenario-empty"
    title = Words("方案里还没有改动", "The scenario holds no changes")
    detail = Words("先加入至少一项改动。", "Enter a change first.")


class NotOwnerError(NotAllowedError):
    """Only the owner of a scenario shares it."""

    slug = "not-scenario-owner"
    title = Words("只有方案的建立者可以这样做", "Only the scenario's owner may do this")


class ScenarioChangeNotFoundError(NotFoundError):
    """The scenario holds no such change."""

    slug = "scenario-change-not-found"
    title = Words("方案里没有这项改动", "The scenario holds no such change")


def prepare_scenario(wish: ScenarioWish, *, network: Network, actor: Actor, today: date) -> PlacedScenario:
    """
    Hold a wanted scenario against runs, register and streets; call it inside a reading, as `prepare_changes`.

    Raises
    ------
    RunNotFoundError
        The base run does not exist or is not the actor's.
    areas.AreaNotFoundError, directory.UnknownCodeError, RunOutOfRangeError
        As `prepare_run`.
    InvalidChangesError
        As `prepare_changes`.

    """
    if wish.base_run_id is not None:
        base = get_run(wish.base_run_id, actor=actor)
        if base.scenario_id is not None:  # a supposition is no base
            raise RunNotFoundError(run_id=base.id)
        wish = replace(
            wish,
            area_code=base.area_code,
            service_code=base.service_code,
            speed_mps=base.speed_mps,
            limit_min=base.limit_s // 60,
            as_of=base.as_of,
        )
    on = wish.as_of or today
    check_wish(
        RunWish(wish.area_code, wish.service_code, on, speed_mps=wish.speed_mps, limit_min=wish.limit_min), actor=actor
    )
    _writer(wish.area_code, actor=actor)
    service_code = service_code_of(wish.service_code)
    placed = place_changes(
        wish.changes,
        before=(),
        kept=(),
        area_code=wish.area_code,
        service_code=service_code,
        on=on,
        network=network,
    )
    return PlacedScenario(replace(wish, service_code=service_code), changes=tuple(placed))


def create_scenario(placed: PlacedScenario, *, actor: Actor, at: datetime) -> Scenario:
    """Create a scenario as a draft of the actor's. Journal: scenario.created."""
    wish = placed.wish
    row = ScenarioRow(
        id=storage.new_id(),
        name=wish.name,
        area_code=wish.area_code,
        service_code=wish.service_code,
        speed_mps=wish.speed_mps,
        limit_min=wish.limit_min,
        as_of=wish.as_of,
        base_run_id=wish.base_run_id,
        owner_id=actor.account_id,
        status=ScenarioStatus.DRAFT.value,
        version=1,
        created_at=at,
        changed_at=at,
        changed_by=actor.account_id,
        changes_hash=hash_changes(()),
    )
    storage.session().add(row)
    storage.session().flush()  # changes point at it
    _write(row, changes=placed.changes)
    journal.append("scenario.created", actor=actor, at=at, subject_id=row.id, area_code=row.area_code)
    return _read(row.id)


def prepare_changes(
    scenario_id: UUID,
    *,
    changes: Sequence[ChangeWish],
    version: int,
    network: Network,
    actor: Actor,
    today: date,
    adds: bool = False,
) -> PlacedChanges:
    """
    Hold wanted changes against the register and the streets; call it inside a reading, so that nobody waits for it.

    They are to be all changes of the scenario, or with `adds` to come after those that it has. What is as before
    keeps its id.

    Raises
    ------
    ScenarioNotFoundError, ScenarioFinishedError
        It is not the actor's to change, or adopted or archived.
    ScenarioChangedError
        It was changed since `version`; the facts hold both.
    InvalidChangesError
        A site that is unknown or outside the area, a point farther than 200 m from every street, changes that exclude
        each other, more than 200 of them.

    """
    found = get_scenario(scenario_id, actor=actor)
    _check_change(found, version=version, actor=actor)
    placed = place_changes(
        changes,
        before=found.changes if adds else (),
        kept=() if adds else found.changes,
        area_code=found.area_code,
        service_code=found.service_code,
        on=found.as_of or today,
        network=network,
    )
    return PlacedChanges(scenario_id, version=version, changes=tuple(placed))


def put_changes(
    placed: PlacedChanges, *, actor: Actor, at: datetime, name: str | None = None, drops_base: bool = False
) -> Scenario:
    """
    Let these be the changes of a scenario, all of them. Journal: scenario.changed.

    `drops_base` lets go of the run that it rests on; its question and date stay. Raises ScenarioNotFoundError,
    ScenarioFinishedError and ScenarioChangedError, as `prepare_changes`: somebody may have been quicker.
    """
    row = _row_to_change(placed.scenario_id, version=placed.version, actor=actor)
    row.name = row.name if name is None else name
    row.base_run_id = None if drops_base else row.base_run_id
    _write(row, changes=placed.changes)
    return _changed(row, actor=actor, at=at)


def remove_change(scenario_id: UUID, *, change_id: UUID, version: int, actor: Actor, at: datetime) -> Scenario:
    """Take one change out; raises as `put_changes`, and ScenarioChangeNotFoundError."""
    row = _row_to_change(scenario_id, version=version, actor=actor)
    present = _read(row.id).changes
    if all(one.id != change_id for one in present):
        raise ScenarioChangeNotFoundError(change_id=change_id)
    _write(row, changes=[one for one in present if one.id != change_id])
    return _changed(row, actor=actor, at=at)


def share_scenario(scenario_id: UUID, *, version: int, actor: Actor, at: datetime) -> Scenario:
    """
    Show a draft to all planners and officers of its area. Journal: scenario.shared.

    Raises ScenarioNotFoundError, NotOwnerError, ScenarioFinishedError, ScenarioChangedError, ScenarioEmptyError.
    """
    found = get_scenario(scenario_id, actor=actor)
    if not actor.is_system and found.owner_id != actor.account_id:
        raise NotOwnerError
    row = row_to_move(found, to=ScenarioStatus.SHARED, version=version)
    if not found.changes:
        raise ScenarioEmptyError
    return moved(row, to=ScenarioStatus.SHARED, actor=actor, at=at)


def archive_scenario(scenario_id: UUID, *, version: int, actor: Actor, at: datetime) -> Scenario:
    """
    Put a scenario away; its owner may, and an officer of the area. Journal: scenario.archived.

    Raises ScenarioNotFoundError, NotOwnerError, ScenarioFinishedError, ScenarioChangedError.
    """
    found = get_scenario(scenario_id, actor=actor)
    is_officer = actor.covers_area(found.area_code, Role.DISTRICT_OFFICER)
    if not is_officer and found.owner_id != actor.account_id:
        raise NotOwnerError
    row = row_to_move(found, to=ScenarioStatus.ARCHIVED, version=version)
    return moved(row, to=ScenarioStatus.ARCHIVED, actor=actor, at=at)


def row_to_move(found: Scenario, *, to: ScenarioStatus, version: int) -> ScenarioRow:
    """Give the locked row of a scenario that may go from where it stands to another state, at this version."""
    row = _locked(found.id)
    status = ScenarioStatus(row.status)
    if to not in MOVES[status]:
        raise _finished(status)
    _check_version(row.id, stands=row.version, expected=version)
    return row


def moved(row: ScenarioRow, *, to: ScenarioStatus, actor: Actor, at: datetime, **facts: Any) -> Scenario:  # noqa: ANN401 - facts of the journal
    """Let a scenario stand in another state, with a line in the journal."""
    row.status = to.value
    _next_version(row, actor=actor, at=at)
    journal.append(
        f"scenario.{to.value}",
        actor=actor,
        at=at,
        subject_id=row.id,
        area_code=row.area_code,
        version=row.version,
        changes_hash=row.changes_hash,
        **facts,
    )
    return _read(row.id)


def _writer(area_code: str, *, actor: Actor) -> None:
    if not actor.covers_area(area_code, Role.PLANNER):
        raise areas.AreaNotFoundError(area_code=area_code)


def _row_to_change(scenario_id: UUID, *, version: int, actor: Actor) -> ScenarioRow:
    found = get_scenario(scenario_id, actor=actor)
    row = _locked(scenario_id)
    _check_change(replace(found, status=ScenarioStatus(row.status), version=row.version), version=version, actor=actor)
    return row


def _check_change(found: Scenario, *, version: int, actor: Actor) -> None:
    if not actor.covers_area(found.area_code, Role.PLANNER):
        raise ScenarioNotFoundError(scenario_id=found.id)
    if not MOVES[found.status]:
        raise _finished(found.status)
    _check_version(found.id, stands=found.version, expected=version)


def _locked(scenario_id: UUID) -> ScenarioRow:
    row = storage.session().get(ScenarioRow, scenario_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ScenarioNotFoundError(scenario_id=scenario_id)
    return row


def _finished(status: ScenarioStatus) -> ScenarioFinishedError:
    allowed = [to.value for to in MOVES[status]]
    return ScenarioFinishedError(status=status.value, allowed=allowed)


def _check_version(scenario_id: UUID, *, stands: int, expected: int) -> None:
    if stands != expected:
        raise ScenarioChangedError(
            version=stands,
            expected=expected,
            yours=find_version(scenario_id, version=expected),
            present=find_version(scenario_id, version=stands),
        )


def _write(row: ScenarioRow, *, changes: Sequence[ScenarioChange]) -> None:
    session = storage.session()
    session.execute(sa.delete(ChangeRow).where(ChangeRow.scenario_id == row.id))
    ordered = [replace(one, position=place) for place, one in enumerate(changes, start=1)]
    session.add_all(
        ChangeRow(
            id=one.id,
            scenario_id=row.id,
            position=one.position,
            kind=one.kind.value,
            site_id=one.site_id,
            payload=one.payload,
            seen=one.seen,
        )
        for one in ordered
    )
    row.changes_hash = hash_changes(ordered)
    if row.version == 1 and session.get(ScenarioVersion, (row.id, 1)) is None:
        _keep_version(row, changes=ordered)
    session.flush()  # what follows reads them


def _changed(row: ScenarioRow, *, actor: Actor, at: datetime) -> Scenario:
    _next_version(row, actor=actor, at=at)
    journal.append(
        "scenario.changed",
        actor=actor,
        at=at,
        subject_id=row.id,
        area_code=row.area_code,
        version=row.version,
        changes_hash=row.changes_hash,
    )
    return _read(row.id)


def _next_version(row: ScenarioRow, *, actor: Actor, at: datetime) -> None:
    row.version += 1
    row.changed_at, row.changed_by = at, actor.account_id
    storage.session().flush()  # the version that is kept is the one that stands
    _keep_version(row, changes=_read(row.id).changes)


def _keep_version(row: ScenarioRow, *, changes: Sequence[ScenarioChange]) -> None:
    storage.session().add(
        ScenarioVersion(
            scenario_id=row.id,
            version=row.version,
            name=row.name,
            status=row.status,
            changes=[
                {"id": str(one.id), "kind": one.kind.value, "site_id": one.site_id and str(one.site_id), **one.payload}
                for one in changes
            ],
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        )
    )


def _read(scenario_id: UUID) -> Scenario:
    found = find_scenario(scenario_id)
    if found is None:
        raise ScenarioNotFoundError(scenario_id=scenario_id)
    return found
