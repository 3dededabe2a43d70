"""Giving a register of elders out as rows: each as far as the reader may see it, and each look written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import journal
from dispatch.actor import Role
from dispatch.elders.models import Elder, Membership, OfElder, Residence, RiskLevel
from dispatch.elders.operations.contacts import list_ladders
from dispatch.elders.operations.identifying import open_id_no
from dispatch.elders.operations.reading import AREA_ROLES, load_cards
from dispatch.elders.queries import is_under, load_elders, load_residences
from dispatch.elders.rules import CONTACTS, judge_view, row_of, show_card
from dispatch.elders.values import ResidenceKind, View
from dispatch.errors import InvalidError, NotAllowedError
from dispatch.storage import as_known, in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch import sheets
    from dispatch.actor import Actor
    from dispatch.elders.values import ElderCard, Ties

AT_ONCE = 1_000  # elders in one transaction
SHORTEST_REASON = 10  # characters, as for emergency access


class ElderExportRefusedError(NotAllowedError):
    """The account has no area of which it may see elders."""

    slug = "elder-export-refused"
    title = Words("这个账号没有可导出的老人", "This account has no elders to export")
    detail = Words(
        "可以导出的人：按地区授权的区工作人员、社区工作者、话务员。",
        "Officers, community workers and operators who are granted an area may export.",
    )


class ExportReasonMissingError(InvalidError):
    """Whole ID numbers leave the house only for a reason that somebody can check."""

    slug = "export-reason-missing"
    title = Words("没有写明为什么要完整身份证号码", "Why are whole ID numbers needed?")
    detail = Words(
        "用 --reason 写明原因，至少 10 个字；不写原因则导出遮盖后的号码。",
        "Say why with --reason, in at least 10 characters; without it the numbers are masked.",
    )


def export_elders(
    *,
    actor: Actor,
    unit: sheets.Unit,
    at: datetime,
    on: date,
    ties: Ties,
    route: str,
    area_prefix: str = "",
    reason: str | None = None,
) -> Iterator[dict[str, sheets.Cell]]:
    """
    Give the elders within the actor's areas as rows of `LAYOUT`, sorted by id.

    Who may not see identity is given it masked, without birth date, address and what is sensitive. Officers who give
    a reason are given whole ID numbers. Every elder given out leaves an access line, in the transaction that reads
    the record and before it is given; the journal says who exported which area, and why.

    Parameters
    ----------
    actor : Actor
        Whose rights count.
    unit : Unit
        Opens the transaction of some elders at a time, so that others may write in between.
    at, on, ties
        When, the day whose homes and grades are given, and to whom work ties the actor that day.
    route : str
        What the access lines say of the way out.
    area_prefix : str
        Only who lives in this area.
    reason : str, optional
        Why whole ID numbers are needed.

    Raises
    ------
    ElderExportRefusedError
        Where the account is granted no area of elders.
    ExportReasonMissingError
        Where the reason says nothing.

    """
    prefixes = actor.area_prefixes(*AREA_ROLES)
    if not prefixes:
        raise ElderExportRefusedError
    if reason is not None and len(reason.strip()) < SHORTEST_REASON:
        raise ExportReasonMissingError
    with unit():
        journal.append(
            "elder.exported",
            actor=actor,
            at=at,
            subject_id=actor.account_id or "system",
            reason=reason,
            area_code=area_prefix,
            with_id_no=reason is not None and actor.has_role(Role.DISTRICT_OFFICER),
        )
    return _rows(actor, unit=unit, at=at, on=on, ties=ties, route=route, area_prefix=area_prefix, reason=reason)


def _rows(
    actor: Actor,
    *,
    unit: sheets.Unit,
    at: datetime,
    on: date,
    ties: Ties,
    route: str,
    area_prefix: str,
    reason: str | None,
) -> Iterator[dict[str, sheets.Cell]]:
    last: UUID | None = None
    while True:
        with unit():
            ids = _find_ids(actor, on=on, area_prefix=area_prefix, after=last)
            cards = {
                elder_id: show_card(card, view=view)
                for elder_id, card in load_cards(ids, on=on).items()
                if (view := judge_view(actor, elder_id=elder_id, area_code=card.area_code, ties=ties)) is not View.NONE
            }
            _log(cards, actor=actor, at=at, route=route)
            rows = _with_parts(
                [cards[elder_id] for elder_id in sorted(cards)],
                on=on,
                whole_id_no=_of_office(cards.values(), actor=actor) if reason is not None else frozenset(),
            )
        yield from rows
        if len(ids) < AT_ONCE:
            return
        last = ids[-1]


def _find_ids(actor: Actor, *, on: date, area_prefix: str, after: UUID | None) -> Sequence[UUID]:
    scopes = [is_under(Residence.area_code, prefix) for prefix in actor.area_prefixes(*AREA_ROLES)]
    query = (
        sa.select(Elder.id)
        .join(Residence, Residence.elder_id == Elder.id)
        .where(
            Residence.kind == ResidenceKind.MAIN,
            in_force(Residence, on),
            is_under(Residence.area_code, area_prefix),
            sa.or_(*scopes),
        )
        .order_by(Elder.id)
        .limit(AT_ONCE)
    )
    if after is not None:
        query = query.where(Elder.id > after)
    return session().scalars(query).all()


def _log(cards: Mapping[UUID, ElderCard], *, actor: Actor, at: datetime, route: str) -> None:
    """Leave a line for each elder, of the office that opens the record."""
    officers = _of_office(cards.values(), actor=actor)
    areas_of = {elder_id: card.area_code or "-" for elder_id, card in cards.items()}
    for purpose, shown in (
        (journal.AccessPurpose.SUPERVISION, [each for each in cards if each in officers]),
        (journal.AccessPurpose.CARE, [each for each in cards if each not in officers]),
    ):
        journal.log_access(shown, actor=actor, at=at, purpose=purpose, route=route, area_codes=areas_of)


def _of_office(cards: Iterable[ElderCard], *, actor: Actor) -> frozenset[UUID]:
    """Give the elders of whose area the actor is an officer; who is shown for another reason is not among them."""
    return frozenset(card.elder_id for card in cards if actor.covers_area(card.area_code or "-", Role.DISTRICT_OFFICER))


def _with_parts(cards: Sequence[ElderCard], *, on: date, whole_id_no: frozenset[UUID]) -> list[dict[str, sheets.Cell]]:
    """Add to the records that are shown in full what a file holds beside them."""
    full = [card.elder_id for card in cards if card.view is View.FULL]
    people, homes = load_elders(full), load_residences(full)
    groups, risks = _standing(Membership, full), _standing(RiskLevel, full)
    ladders = list_ladders(full, most=CONTACTS)
    rows = []
    for card in cards:
        person = people.get(card.elder_id)
        if person is None:
            rows.append(row_of(card))
            continue
        home = next(
            (
                row
                for row in reversed(homes.get(card.elder_id, []))
                if row.kind == ResidenceKind.MAIN and row.valid_from <= on
            ),
            None,
        )
        risk = next(
            (
                row
                for row in risks.get(card.elder_id, [])
                if row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
            ),
            None,
        )
        rows.append(
            row_of(
                card,
                source_ref=person.source_ref,
                id_no=open_id_no(person) if card.elder_id in whole_id_no else card.id_no_masked,
                home=(home.valid_from, home.source_crs, home.source_raw) if home else None,
                categories=[(row.category, row.valid_from, row.valid_to) for row in groups.get(card.elder_id, [])],
                basis=next((row.basis for row in groups.get(card.elder_id, []) if row.basis), None),
                risk=(risk.level, risk.reason, risk.valid_from) if risk else None,
                contacts=ladders.get(card.elder_id, ()),
            )
        )
    return rows


def _standing(model: type[OfElder], elder_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    query = sa.select(model).where(model.elder_id.in_(elder_ids), as_known(model, None)).order_by(model.valid_from)
    for row in session().scalars(query):
        found.setdefault(row.elder_id, []).append(row)
    return found
