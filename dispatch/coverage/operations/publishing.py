"""
Publishing a run: from then on everybody may see its counts by area, the small ones hidden.

In steps, so that no write transaction spans the choosing: `draft_publication` inside `storage.reading()`,
`hide_counts` inside nothing, `store_publication` inside `storage.transaction()`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from dispatch import journal
from dispatch.actor import Role
from dispatch.coverage import queries
from dispatch.coverage.models import CoveragePublication, CoverageRun
from dispatch.coverage.operations.reading import RunNotFoundError, get_run, service_code_of
from dispatch.coverage.rules import publishing
from dispatch.coverage.values import Draft, RunStatus
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import new_id, session
from dispatch.suppression import UnprotectableError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import Hiding, Publication


class PublicationNotFoundError(NotFoundError):
    """No such publication, or, for who would withdraw it, one of an area outside the caller's own."""

    slug = "publication-not-found"
    title = Words("没有这次公布", "No such publication")


class AlreadyPublishedError(ConflictError):
    """The run is published and was not withdrawn."""

    slug = "already-published"
    title = Words("这次计算已经公布", "This run is published already")


class AlreadyWithdrawnError(ConflictError):
    """A publication is withdrawn once."""

    slug = "already-withdrawn"
    title = Words("这次公布已经撤回", "This publication was withdrawn already")


class PublishedMeanwhileError(ConflictError):
    """Another run was published while this one's counts were chosen: together they might tell too much."""

    slug = "published-meanwhile"
    title = Words("选择隐藏数字期间有另一次公布，请重试", "Another run was published meanwhile; try again")


class NoSafePublicationError(ConflictError):
    """With what is published already, a small count could be found whatever is hidden now."""

    slug = "no-safe-publication"
    title = Words("公布后会让人推算出 1 至 4 人的数字", "A count of 1 to 4 people could be worked out")
    detail = Words(
        "与此前公布的数字合在一起，无论隐藏哪些格都保不住小于五人的数字；请换一个时间上限或等下一次计算。",
        "Together with what was published before, a count below five could be found whatever is hidden; "
        "choose another limit or wait for the next run.",
    )


class ScenarioNotPublishedError(ConflictError):
    """A run of a scenario tells what would be, not what is."""

    slug = "scenario-not-published"
    title = Words("方案的计算不能公布", "A run of a scenario is not published")
    detail = Words(
        "它算的是设想，不是现状；方案采纳后重新计算，再公布那一次。",
        "It tells what would be, not what is. Once the scenario is adopted, compute again and publish that run.",
    )


def draft_publication(run_id: UUID, *, actor: Actor) -> Draft:
    """
    Read a run of the actor's area and everything published before that overlaps it; call it inside a reading.

    Raises RunNotFoundError, also for who is no officer of the area; AlreadyPublishedError, ScenarioNotPublishedError.
    """
    run = get_run(run_id, actor=actor)
    if not actor.covers_area(run.area_code, Role.DISTRICT_OFFICER):
        raise RunNotFoundError(run_id=run_id)
    if run.scenario_id is not None:
        raise ScenarioNotPublishedError(run_id=run_id)
    if run.status == RunStatus.PUBLISHED:
        raise AlreadyPublishedError(run_id=run_id)
    return Draft(
        run=run,
        page=queries.find_page(run),
        earlier=tuple(queries.find_published_pages(run.area_code)),
        number=queries.count_publications() + 1,
    )


def hide_counts(draft: Draft) -> Hiding:
    """Choose what stays hidden, or raise NoSafePublicationError. Computes up to some seconds for a district."""
    try:
        return publishing.choose_hidden(draft)
    except UnprotectableError as fault:
        raise NoSafePublicationError(run_id=draft.run.id) from fault


def store_publication(draft: Draft, *, hiding: Hiding, actor: Actor, at: datetime) -> Publication:
    """
    Publish a run as it was drafted. Journal: coverage.published.

    Raises AlreadyPublishedError, and PublishedMeanwhileError where the draft does not know the newest publication.
    """
    row = session().get(CoverageRun, draft.run.id, with_for_update=True)
    if row is None or row.status == RunStatus.PUBLISHED:
        raise AlreadyPublishedError(run_id=draft.run.id)
    if queries.count_publications() + 1 != draft.number:
        raise PublishedMeanwhileError
    row.status = RunStatus.PUBLISHED
    publication_id = new_id()
    session().add(
        CoveragePublication(
            id=publication_id,
            number=draft.number,
            run_id=row.id,
            published_at=at,
            published_by=actor.account_id,
            rule=hiding.rule,
            is_least=hiding.is_least,
            hidden=sorted([code, measure] for code, measure in hiding.hidden),
        )
    )
    try:
        session().flush()
    except IntegrityError as fault:  # the other one was stored between our count and our row
        raise PublishedMeanwhileError from fault
    journal.append(
        "coverage.published",
        actor=actor,
        at=at,
        subject_id=publication_id,
        area_code=row.area_code,
        run_id=str(row.id),
        hidden=len(hiding.hidden),
        rule=hiding.rule,
    )
    return get_publication(publication_id)


def withdraw_publication(publication_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Publication:
    """
    Take a publication back: its rows are shown no more; that it was, and why it is not, stays.

    Journal: coverage.withdrawn.

    What was seen is seen: whatever is published later is still chosen with it in mind.
    Raises PublicationNotFoundError, AlreadyWithdrawnError.
    """
    row = session().get(CoveragePublication, publication_id, with_for_update=True)
    run = None if row is None else session().get_one(CoverageRun, row.run_id)
    if row is None or run is None or not actor.covers_area(run.area_code, Role.DISTRICT_OFFICER):
        raise PublicationNotFoundError(publication_id=publication_id)
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawnError(publication_id=publication_id)
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = at, actor.account_id, reason
    run.status = RunStatus.DONE
    journal.append(
        "coverage.withdrawn", actor=actor, at=at, subject_id=row.id, area_code=run.area_code, run_id=str(run.id)
    )
    session().flush()
    return get_publication(publication_id)


def get_publication(publication_id: UUID) -> Publication:
    """Give a publication as everybody sees it, its rows in the order of codes, or raise PublicationNotFoundError."""
    found = queries.find_publications(publication_id=publication_id)
    if not found:
        raise PublicationNotFoundError(publication_id=publication_id)
    [publication] = found
    if publication.withdrawn_at is not None:
        return _as_shown(publication)
    areas = queries.find_areas(publication.run, with_boundaries=False)
    return replace(_as_shown(publication), rows=publishing.make_rows(areas, hidden=publication.hidden))


def find_publications(
    *, area_code: str | None = None, service_code: str | None = None, skip: int = 0, limit: int = 50
) -> list[Publication]:
    """Find publications of an area and a service (code or label), the newest first, without their rows."""
    code = None if service_code is None else service_code_of(service_code)
    found = queries.find_publications(area_code=area_code, service_code=code, skip=skip, limit=limit)
    return [_as_shown(each) for each in found]


def _as_shown(publication: Publication) -> Publication:
    """Leave out what of a run is not published: its totals, and the fingerprints of the registers."""
    run = publication.run
    assumptions = {name: value for name, value in run.assumptions.items() if name != "hashes"}
    return replace(publication, run=replace(run, totals={}, assumptions=assumptions))
