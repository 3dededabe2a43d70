"""Saying what a service costs, by the prices and rules in force on its dates, and keeping what was said."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from dispatch import directory, elders, journal, subsidies
from dispatch.errors import ConflictError, InvalidError, NotFoundError
from dispatch.intake.models import Quote
from dispatch.intake.operations.scope import load_visible
from dispatch.intake.operations.vetting import find_area_offers, find_standing
from dispatch.intake.queries import find_quotes, find_taken
from dispatch.intake.rules import MOST_DATES, REQUESTERS, add_up, find_changes, line_of, price_of, reference_price
from dispatch.intake.values import CHANGE_WORDS, QuoteStand, QuoteWish
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from typing import Any
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders import ElderFacts
    from dispatch.intake.models import CareRequest
    from dispatch.intake.values import DayPrice, QuoteCard

DATES = Words("给出 1 到 31 个不同的日期。", "Give 1 to 31 different dates.")
NOT_THAT_SERVICE = Words("这个站点的这项服务不是所要的服务。", "What this site gives is not the service asked for.")


class InvalidQuoteError(InvalidError):
    """No quote can be made of this: dates, or a provider that gives another service."""

    slug = "quote-invalid"
    title = Words("报价请求填写有误", "The quote cannot be made of this")


class QuoteNotFoundError(NotFoundError):
    """There is no such quote for this elder."""

    slug = "quote-not-found"
    title = Words("没有这份报价，或者不归你管", "No such quote, or not for this elder")


class QuoteChangedError(ConflictError):
    """What the quote says no longer holds; the facts name what changed and what it would cost now."""

    slug = "quote-changed"
    title = Words("报价已经变了，请重新确认", "The quote no longer holds; confirm it anew")
    detail = Words(
        "变了的是：{changed_zh}。新的金额在 facts.quote 里，还没有保存；请把它给申请人看过，再用 POST /v1/quotes "
        "取一份新报价来确认。",
        "What changed: {changed_en}. The new amounts are in facts.quote and are not kept; show them to whoever asks, "
        "then confirm with a new quote of POST /v1/quotes.",
    )


def make_quote(wish: QuoteWish, *, actor: Actor, now: datetime) -> QuoteCard:
    """
    Say what a service costs an elder on some dates, and keep what was said; journal: quote.made.

    Raises
    ------
    ElderNotFoundError, ElderHasDiedError, ElderHasLeftError, ElderWithoutHomeError
        As for a request.
    InvalidQuoteError
        Where there are no dates, too many, or one twice; or the provider gives another service.
    UnknownCodeError, ServiceAtSiteNotFoundError

    """
    wish = replace(wish, elder_id=elders.find_merged([wish.elder_id]).get(wish.elder_id, wish.elder_id))
    if not 1 <= len(wish.service_dates) <= MOST_DATES or len(set(wish.service_dates)) < len(wish.service_dates):
        raise InvalidQuoteError(fields={"service_dates": [DATES]})
    facts = {
        on: find_standing(wish.elder_id, actor=actor, on=on, allowed=REQUESTERS).facts
        for on in sorted(wish.service_dates)
    }
    directory.service_needs(wish.service_code)
    return keep_quote(compute_quote(wish, facts=facts, at=now), actor=actor)


def compute_quote(
    wish: QuoteWish, *, facts: Mapping[date, ElderFacts], at: datetime, before: CareRequest | None = None
) -> QuoteCard:
    """
    Compute what a service costs by the prices and rules in force on each date; nothing is kept.

    Parameters
    ----------
    wish : QuoteWish
        For whom, what and when.
    facts : mapping
        The elder on each date, with a home.
    at : datetime
        Now.
    before : CareRequest, optional
        A request that is computed again: what came after it does not count against its week.

    Raises
    ------
    ServiceAtSiteNotFoundError, InvalidQuoteError
        Where there is no such provider, or it gives another service.

    """
    dates = sorted(wish.service_dates)
    areas = {on: home.area_code for on in dates if (home := facts[on].home)}
    prices = {on: _price(wish, area_code=areas[on], on=on) for on in dates}
    uses = [
        subsidies.Use(on, service_code, areas[on], prices[on][0].gross_cents, facts[on])
        for on in dates
        for service_code in [prices[on][1]]
    ]
    person = {wish.elder_id, *elders.find_absorbed([wish.elder_id])}
    taken = find_taken(person, dates=dates, before=before)
    lines = subsidies.compute_subsidies(uses, taken=taken)
    return add_up(
        [line_of(line, price=prices[line.service_on][0]) for line in lines],
        elder_id=wish.elder_id,
        area_code=areas[dates[0]],
        service_code=wish.service_code,
        service_at_site_id=wish.service_at_site_id,
        at=at,
    )


def _price(wish: QuoteWish, *, area_code: str, on: date) -> tuple[DayPrice, str]:
    """Give the price on a date with the code of the service that it is for: a provider's own, or the one asked for."""
    if wish.service_at_site_id is None:
        offers = find_area_offers(wish.service_code, area_code=area_code, on=on)
        return reference_price(offers, minutes=directory.service_needs(wish.service_code).visit_min), wish.service_code
    found = directory.find_offers(service_codes=None, on=on, offer_ids=[wish.service_at_site_id])
    if not found:
        raise directory.ServiceAtSiteNotFoundError
    [offer] = found
    if offer.service_code not in directory.service_with_children(wish.service_code):
        raise InvalidQuoteError(fields={"service_at_site_id": [NOT_THAT_SERVICE]})
    return price_of(offer), offer.service_code


def keep_quote(quote: QuoteCard, *, actor: Actor) -> QuoteCard:
    """Keep a quote as it was said; it has an id then. Journal: quote.made."""
    kept = replace(quote, id=new_id())
    session().add(
        Quote(
            id=kept.id,
            elder_id=kept.elder_id,
            area_code=kept.area_code,
            service_code=kept.service_code,
            service_at_site_id=kept.service_at_site_id,
            basis=kept.basis.value,
            gross_cents=kept.gross_cents,
            subsidy_cents=kept.subsidy_cents,
            own_share_cents=kept.own_share_cents,
            reason=kept.reason.value if kept.reason else None,
            rule_version_ids=[str(each) for each in kept.rule_version_ids],
            lines=plain_lines(kept),
            made_at=kept.made_at,
            valid_until_at=kept.valid_until_at,
        )
    )
    session().flush()  # a request that refers to it comes after it
    journal.append(
        "quote.made",
        actor=actor,
        at=kept.made_at,
        subject_id=str(kept.id),
        elder_id=str(kept.elder_id),
        service_code=kept.service_code,
        rule_version_ids=[str(each) for each in kept.rule_version_ids],
    )
    return kept


def get_quote(quote_id: UUID, *, elder_id: UUID) -> QuoteCard:
    """Give an elder's quote, or raise QuoteNotFoundError."""
    quote = find_quotes([quote_id]).get(quote_id)
    if quote is None or quote.elder_id != elder_id:
        raise QuoteNotFoundError(quote_id=quote_id)
    return quote


def judge_quote(quote: QuoteCard, *, fresh: QuoteCard, now: datetime) -> None:
    """
    Let a quote pass that still holds.

    Raises
    ------
    QuoteChangedError
        Where it is over, or service, dates, price, rule or conditions are no longer what it says; with what it is now.

    """
    changes = find_changes(quote, fresh=fresh, now=now)
    if changes:
        words = [CHANGE_WORDS[each] for each in changes]
        raise QuoteChangedError(
            quote_id=quote.id,
            changed=[each.value for each in changes],
            changed_zh="、".join(each.zh for each in words),
            changed_en=", ".join(each.en for each in words),
            quote=_told(fresh),
        )


def find_quote_of_request(request_id: UUID, *, actor: Actor, now: datetime) -> QuoteStand:
    """
    Give the quote with which a request was asked, and compute it again by the rules in force on its service's date.

    Where somebody serves it by now it is computed with their price, else as it was asked.

    Raises
    ------
    CareRequestNotFoundError
        Where there is none in the actor's scope.

    """
    row, _ = load_visible(request_id, actor=actor)
    kept = find_quotes([row.quote_id]).get(row.quote_id) if row.quote_id else None
    provider = row.service_at_site_id or (kept.service_at_site_id if kept else None)
    wish = QuoteWish(row.elder_id, row.service_code, (row.service_on,), provider)
    facts = elders.get_facts(row.elder_id, on=row.service_on)
    if facts.home is None or not facts.home.area_code:  # who died or left since: where they lived when it was asked
        facts = replace(facts, home=elders.Home(row.elder_id, row.area_code, None, None))
    fresh = compute_quote(wish, facts={row.service_on: facts}, at=now, before=row)
    return QuoteStand(elder_id=row.elder_id, area_code=row.area_code, quote=kept, recomputed=fresh)


def plain_lines(quote: QuoteCard) -> list[dict[str, Any]]:
    """Give the lines of a quote as JSON keeps them."""
    return [
        {name: value if value is None or isinstance(value, int) else str(value) for name, value in asdict(each).items()}
        for each in quote.lines
    ]


def _told(quote: QuoteCard) -> dict[str, Any]:
    """Give what a quote comes to, for a problem's facts."""
    return {
        "gross_cents": quote.gross_cents,
        "subsidy_cents": quote.subsidy_cents,
        "own_share_cents": quote.own_share_cents,
        "basis": quote.basis.value,
        "reason": quote.reason.value if quote.reason else None,
        "rule_versions": list(quote.rule_versions),
        "lines": plain_lines(quote),
    }
