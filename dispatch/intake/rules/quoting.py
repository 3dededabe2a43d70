"""What a quote adds up to, which price stands for an area, and what is no longer as a quote says. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch.directory import PriceUnit
from dispatch.intake.values import DayPrice, NoPrice, PriceBasis, QuoteCard, QuoteChange, QuoteLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.directory import Offer
    from dispatch.subsidies import Line

QUOTE_VALID_FOR: Final = timedelta(hours=24)  # P: a night to think it over
MOST_DATES: Final = 31  # P: a month of meals
USUAL_MIN: Final = 60  # domain.md section 1, service: where neither the service nor its code says how long
HOUR_MIN: Final = 60


def price_of(offer: Offer) -> DayPrice:
    """Give the price of a provider on the date that the offer was read for."""
    if offer.price_cents is None or offer.price_unit is None:
        return DayPrice(PriceBasis.NONE, reason=NoPrice.NOT_STATED)
    return _priced(
        PriceBasis.PROVIDER, cents=offer.price_cents, unit=offer.price_unit, minutes=offer.visit_min, id_=offer.price_id
    )


def reference_price(offers: Iterable[Offer], *, minutes: int | None) -> DayPrice:
    """
    Give an area's reference price: the lower median of the prices stated there, in the unit that most are stated in.

    Prices by month count only where there are no others.
    """
    by_unit: dict[PriceUnit, list[int]] = defaultdict(list)
    for offer in offers:
        if offer.price_cents is not None and offer.price_unit is not None:
            by_unit[offer.price_unit].append(offer.price_cents)
    if not by_unit:
        return DayPrice(PriceBasis.NONE, reason=NoPrice.NOT_STATED)
    order = list(PriceUnit)
    unit = min(by_unit, key=lambda each: (each is PriceUnit.MONTH, -len(by_unit[each]), order.index(each)))
    prices = sorted(by_unit[unit])
    cents = prices[(len(prices) - 1) // 2]
    return _priced(PriceBasis.AREA_REFERENCE, cents=cents, unit=unit, minutes=minutes, id_=None)


def _priced(basis: PriceBasis, *, cents: int, unit: PriceUnit, minutes: int | None, id_: UUID | None) -> DayPrice:
    """Give the price with what one use comes to: an hour's price for the minutes of a visit, rounded up to a cent."""
    if unit is PriceUnit.MONTH:
        return DayPrice(basis, cents, unit.value, id_, None, NoPrice.BY_MONTH)
    gross = -(-cents * (minutes or USUAL_MIN) // HOUR_MIN) if unit is PriceUnit.HOUR else cents
    return DayPrice(basis, cents, unit.value, id_, gross)


def line_of(line: Line, *, price: DayPrice) -> QuoteLine:
    """Put a date's price and what is paid for it together."""
    return QuoteLine(
        service_on=line.service_on,
        basis=price.basis,
        price_cents=price.price_cents,
        price_unit=price.unit,
        price_id=price.price_id,
        gross_cents=line.gross_cents,
        subsidy_cents=line.subsidy_cents,
        own_share_cents=line.own_share_cents,
        outcome=line.outcome,
        rule_id=line.rule_id,
        rule_version=line.rule_version,
        reason=price.reason,
    )


def add_up(
    lines: Sequence[QuoteLine],
    *,
    elder_id: UUID,
    area_code: str,
    service_code: str,
    service_at_site_id: UUID | None,
    at: datetime,
) -> QuoteCard:
    """Add the lines of a quote up; where one has no amount there are no sums, and the reason is told."""
    reason = next((each.reason for each in lines if each.reason), None)
    bases = {each.basis for each in lines}
    rules = {each.rule_id: each.rule_version for each in lines if each.rule_id}
    return QuoteCard(
        id=None,
        elder_id=elder_id,
        area_code=area_code,
        service_code=service_code,
        service_at_site_id=service_at_site_id,
        basis=PriceBasis.NONE if PriceBasis.NONE in bases else lines[0].basis,
        gross_cents=None if reason else sum(each.gross_cents or 0 for each in lines),
        subsidy_cents=None if reason else sum(each.subsidy_cents or 0 for each in lines),
        own_share_cents=None if reason else sum(each.own_share_cents or 0 for each in lines),
        rule_version_ids=tuple(rules),
        rule_versions=tuple(sorted({each for each in rules.values() if each})),
        lines=tuple(lines),
        reason=reason,
        made_at=at,
        valid_until_at=at + QUOTE_VALID_FOR,
    )


def find_changes(quote: QuoteCard, *, fresh: QuoteCard, now: datetime) -> tuple[QuoteChange, ...]:
    """
    Say what is no longer as a quote says; empty where it still holds.

    What the person was told decides: a rule that was worded anew with the same outcome is no change.
    """
    found = []
    if now >= quote.valid_until_at:
        found.append(QuoteChange.OVER)
    if quote.service_code != fresh.service_code:
        found.append(QuoteChange.SERVICE)
    if _dates(quote) != _dates(fresh):
        found.append(QuoteChange.DATES)
    if QuoteChange.SERVICE not in found and QuoteChange.DATES not in found:
        pairs = list(zip(quote.lines, fresh.lines, strict=True))
        if any((old.gross_cents, old.basis) != (new.gross_cents, new.basis) for old, new in pairs):
            found.append(QuoteChange.PRICE)
        if any(_paid(old) != _paid(new) for old, new in pairs):
            is_ruled = any(old.rule_version != new.rule_version or old.outcome is new.outcome for old, new in pairs)
            found.append(QuoteChange.RULE if is_ruled else QuoteChange.CONDITIONS)
    return tuple(found)


def _dates(quote: QuoteCard) -> list[date]:
    return [each.service_on for each in quote.lines]


def _paid(line: QuoteLine) -> tuple[object, ...]:
    return line.outcome, line.rule_version, line.subsidy_cents
