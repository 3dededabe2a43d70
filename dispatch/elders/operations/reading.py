"""Reading elders' records, which is work: the edge that shows one leaves an access line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.actor import Role, ScopeKind
from dispatch.elders.models import Assessment, Elder, Membership, Residence
from dispatch.elders.operations.identifying import open_id_no, open_phone
from dispatch.elders.queries import (
    find_homes_of,
    find_memberships,
    find_merged,
    find_sets,
    find_stays,
    is_under,
    load_assessments,
    load_elders,
    load_memberships,
    load_residences,
)
from dispatch.elders.rules import (
    DISTRICT_DIGITS,
    age_band,
    age_on,
    judge_member,
    judge_view,
    mask_id_no,
    nearest_set,
    show_card,
)
from dispatch.elders.values import (
    AssessmentFacts,
    ElderCard,
    ElderFacts,
    Grade,
    LocatedBy,
    MembershipFacts,
    ResidenceKind,
    Sex,
    Ties,
    View,
)
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import as_known, in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import CategorySetFacts, Member

AREA_ROLES = (Role.DISTRICT_OFFICER, Role.COMMUNITY_WORKER, Role.OPERATOR)


class ElderNotFoundError(NotFoundError):
    """There is no such elder, or the reader may not know of them."""

    slug = "elder-not-found"
    title = Words("没有这位老人，或者不归你管", "No such elder, or outside your area")


class ElderMergedError(ConflictError):
    """What is written goes into the record that stays."""

    slug = "elder-merged"
    title = Words("这份档案已并入另一份", "This record went into another one")
    detail = Words("改写保留的那份：{into_id}。", "Write to the record that stays: {into_id}.")


def check_not_merged(elder_id: UUID) -> None:
    """Raise ElderMergedError for a record that went into another one."""
    into_id = find_merged([elder_id]).get(elder_id)
    if into_id is not None:
        raise ElderMergedError(into_id=into_id)


def get_elder(
    elder_id: UUID, *, actor: Actor, on: date, ties: Ties, as_of: date | None = None, known_at: datetime | None = None
) -> ElderCard:
    """
    Give an elder's record, as far as the reader may see it.

    Parameters
    ----------
    elder_id, actor, ties
        Whose record, who reads it, and what work ties the reader to it.
    on : date
        Today: where the elder lives by what is known now decides who may read, whatever day is asked for.
    as_of : date, optional
        The day of which the record is shown; without it today's.
    known_at : datetime, optional
        Show it as it was on record then.

    Raises
    ------
    ElderNotFoundError
        Where there is none, or it is outside the reader's scope.

    """
    person = find_merged([elder_id]).get(elder_id, elder_id)  # whoever may read the one that stays
    card = load_cards([person], on=on).get(person)
    if card is None:
        raise ElderNotFoundError(elder_id=elder_id)
    view = judge_view(actor, elder_id=person, area_code=card.area_code, ties=ties)
    if view is View.NONE or (person != elder_id and view is not View.FULL):
        raise ElderNotFoundError(elder_id=elder_id)
    if as_of is not None or known_at is not None or person != elder_id:
        card = load_cards([elder_id], on=as_of or on, known_at=known_at)[elder_id]
        if card.born_on is not None and (as_of or on) < card.born_on:
            raise ElderNotFoundError(elder_id=elder_id)
    return show_card(card, view=view)


def get_in_care(elder_id: UUID, *, actor: Actor, on: date, ties: Ties) -> ElderCard:
    """
    Give the record of an elder whom the actor has in care: as an officer of the area, or as the worker who answers.

    What the actor is shown otherwise, as a relative or for somebody's request, does not count.

    Raises
    ------
    ElderNotFoundError
        Where it is neither.
    ElderMergedError
        Where the record went into another one.

    """
    office = replace(actor, grants=tuple(each for each in actor.grants if each.scope_kind is not ScopeKind.ELDER))
    card = get_elder(elder_id, actor=office, on=on, ties=Ties(caseload=ties.caseload))
    if card.view is not View.FULL:
        raise ElderNotFoundError(elder_id=elder_id)
    check_not_merged(elder_id)
    return card


def find_elders(
    actor: Actor,
    *,
    on: date,
    ties: Ties,
    surname: str | None = None,
    area_prefix: str = "",
    after: UUID | None = None,
    limit: int = 50,
) -> list[ElderCard]:
    """
    Find the elders whom the reader may see, each as far as they may; sorted by id.

    Parameters
    ----------
    actor : Actor
        Who asks.
    on : date
        The day whose residences, categories and grades are shown.
    ties : Ties
        The elders to whom work ties the reader that day.
    surname : str, optional
        The first character of the name, which a masked record shows too.
    area_prefix : str
        Only who lives within this area.
    after : UUID, optional
        Only ids behind this one.
    limit : int
        At most so many.

    """
    bound = actor.elder_ids(Role.ELDER, Role.FAMILY) | ties.visited_today | ties.requested | ties.opened
    scopes = [is_under(Residence.area_code, prefix) for prefix in actor.area_prefixes(*AREA_ROLES)]
    query = (
        sa.select(Elder.id)
        .join(Residence, Residence.elder_id == Elder.id)
        .where(
            Residence.kind == ResidenceKind.MAIN,
            in_force(Residence, on),
            is_under(Residence.area_code, area_prefix),
            sa.or_(*scopes, Elder.id.in_(sorted(bound))),
        )
        .order_by(Elder.id)
        .limit(limit)
    )
    if surname:
        query = query.where(Elder.name.startswith(surname[:1], autoescape=True))
    if after:
        query = query.where(Elder.id > after)
    cards = load_cards(session().scalars(query).all(), on=on)
    seen = [
        (card, judge_view(actor, elder_id=elder_id, area_code=card.area_code, ties=ties))
        for elder_id, card in sorted(cards.items())
    ]
    return [show_card(card, view=view) for card, view in seen if view is not View.NONE]


def get_facts(elder_id: UUID, *, on: date) -> ElderFacts:
    """
    Give what decides whom a service is for, on a date.

    Raises
    ------
    ElderNotFoundError
        Where there is no such elder.

    """
    row = session().get(Elder, elder_id)
    if row is None:
        raise ElderNotFoundError(elder_id=elder_id)
    homes = find_homes_of([elder_id], on=on)
    categories = session().scalars(
        sa.select(Membership.category).where(Membership.elder_id == elder_id, in_force(Membership, on))
    )
    latest = session().scalars(
        sa.select(Assessment)
        .where(Assessment.elder_id == elder_id, Assessment.assessed_on <= on, as_known(Assessment, None))
        .order_by(Assessment.assessed_on.desc(), Assessment.valid_to.desc())
        .limit(1)
    )
    assessed = latest.one_or_none()
    return ElderFacts(
        elder_id=elder_id,
        on=on,
        born_on=row.born_on,
        age=age_on(row.born_on, on=on),
        sex=Sex(row.sex),
        registered_area_code=row.registered_area_code,
        has_lift_access=row.has_lift_access,
        home=homes[0] if homes else None,
        categories=frozenset(categories),
        grade=Grade(assessed.grade) if assessed and on < assessed.valid_to else None,
        has_expired_grade=bool(assessed and assessed.valid_to <= on),
    )


def find_category_set(area_code: str, *, purpose: str, on: date) -> CategorySetFacts | None:
    """Find the adopted set in force on a date in the area or in the nearest one above that has one."""
    return nearest_set(
        find_sets(area_code, purpose=purpose, from_on=on, to_on=on + timedelta(days=1)),
        area_code=area_code,
        on=on,
    )


def find_members(
    area_prefix: str,
    *,
    purpose: str,
    from_on: date,
    to_on: date,
    known_at: datetime | None = None,
    elder_ids: Collection[UUID] | None = None,
) -> list[Member]:
    """
    Find who was in a set of a purpose on at least one day of a half-open span, where they lived last.

    Each elder stands once for each district; those who lived within `area_prefix` on their last day in the
    set come back, so that the members of neighboring areas add up. With `known_at` it is what was known at that
    time, whatever was recorded or corrected since; with `elder_ids` only these are looked at, some thousands at most.
    """
    district = area_prefix[:DISTRICT_DIGITS]  # a move inside the district is judged over the whole of it
    sets = find_sets(district, purpose=purpose, from_on=from_on, to_on=to_on, known_at=known_at)
    stays = find_stays(district, from_on=from_on, to_on=to_on, known_at=known_at, elder_ids=elder_ids)
    categories = {category for each in sets for category in each.members}
    memberships = find_memberships(
        district, categories=categories, from_on=from_on, to_on=to_on, known_at=known_at, elder_ids=elder_ids
    )
    members = [
        member
        for elder_id, held in sorted(memberships.items())
        for member in judge_member(
            elder_id, stays=stays[elder_id], memberships=held, sets=sets, from_on=from_on, to_on=to_on
        )
    ]
    return [member for member in members if member.area_code.startswith(area_prefix)]


def load_cards(elder_ids: Iterable[UUID], *, on: date, known_at: datetime | None = None) -> dict[UUID, ElderCard]:
    """Load whole records on a date; whoever shows one asks first how much of it may be seen."""
    wanted = list(elder_ids)
    residences, memberships, assessments = (
        load_residences(wanted, known_at=known_at),
        load_memberships(wanted, known_at=known_at),
        load_assessments(wanted, known_at=known_at),
    )
    return {
        elder_id: _card(
            row,
            residence=_residence_on(residences.get(elder_id, []), on=on),
            memberships=memberships.get(elder_id, []),
            assessments=[each for each in assessments.get(elder_id, []) if each.assessed_on <= on],
            on=on,
        )
        for elder_id, row in load_elders(wanted).items()
    }


def _residence_on(residences: list[Residence], *, on: date) -> Residence | None:
    """Give the main residence in force or, where an elder has left, the last one."""
    begun = [row for row in residences if row.kind == ResidenceKind.MAIN and row.valid_from <= on]
    return begun[-1] if begun else None


def _card(
    row: Elder,
    *,
    residence: Residence | None,
    memberships: list[Membership],
    assessments: list[Assessment],
    on: date,
) -> ElderCard:
    age = age_on(row.born_on, on=on)
    last = assessments[-1] if assessments else None
    id_no = open_id_no(row)
    return ElderCard(
        elder_id=row.id,
        view=View.FULL,
        name=row.name,
        sex=Sex(row.sex),
        age_band=age_band(age),
        area_code=residence.area_code if residence else None,
        lon=residence.lon if residence else None,
        lat=residence.lat if residence else None,
        born_on=row.born_on,
        age=age,
        address=residence.address if residence else None,
        located_by=LocatedBy(residence.located_by) if residence and residence.located_by else None,
        registered_area_code=row.registered_area_code,
        has_lift_access=row.has_lift_access,
        phone=open_phone(row),
        id_no_masked=mask_id_no(id_no) if id_no else None,
        version=row.version,
        memberships=tuple(
            MembershipFacts(each.category, each.valid_from, each.valid_to)
            for each in memberships
            if each.valid_from <= on and (each.valid_to is None or on < each.valid_to)
        ),
        assessment=AssessmentFacts(last.standard, Grade(last.grade), last.assessed_on, last.valid_to) if last else None,
    )
