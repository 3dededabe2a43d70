"""What of a price is paid for an elder: by the subsidy rules of the area and the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from dispatch import elders, intake, subsidies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.elders import ElderFacts

ANY_PRICE: Final = 10**9  # cents; a subsidy is never more than the price, so this asks for all of it


class Subsidy(NamedTuple):
    """How much is paid for one use of a service at most, and by which version of which rule; None: nothing is."""

    amount_cents: int
    rule_version: str | None


def find_subsidies(
    request: intake.RequestCard, *, facts: ElderFacts, service_codes: Iterable[str]
) -> dict[str, Subsidy]:
    """
    Find what is paid for a request by the service that it is served with.

    What the elder had asked for in that week before, open or completed, counts against a week's limit: as in a quote.
    """
    person = {request.elder_id, *elders.find_absorbed([request.elder_id])}
    taken = intake.find_taken(person, dates=[request.service_on], before=request)
    found = {}
    for code in sorted(set(service_codes)):
        use = subsidies.Use(request.service_on, code, request.area_code, ANY_PRICE, facts)
        [line] = subsidies.compute_subsidies([use], taken=taken)
        amount_cents = line.subsidy_cents or 0
        found[code] = Subsidy(amount_cents, line.rule_version if amount_cents else None)
    return found
