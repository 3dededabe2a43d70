"""What becomes of offers stands in the log of unmet demand, and an area's limits hold for offers too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dispatch import assignment, intake, storage
from dispatch.actor import SYSTEM
from tests.factories import offers
from tests.factories.areas import put_rule
from tests.factories.intake import NOW
from tests.worlds.tiny_day import AREA, make_tiny_day


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with two canteens."""
    with storage.transaction():
        made = make_tiny_day()
        for name, x in (("近", 1100), ("远", 1500)):
            made.provider(name, at=(x, 500), capacity=(10, 10))
        yield made


@pytest.mark.feature("R11")
def test_a_declined_and_an_expired_offer_stand_in_the_log_and_the_request_counts_once(town):
    request_id = town.ask()
    first = offers.offer_next(request_id)
    assignment.decline_offer(first.id, reason=assignment.DeclineReason.TOO_FAR, actor=SYSTEM, received_at=NOW)
    second = offers.offer_next(request_id)
    assert assignment.expire_offer(second.id, at=second.expires_at) is not None
    assert offers.offer_next(request_id, at=second.expires_at) is None
    storage.session().flush()

    [found] = intake.count_unmet(
        AREA, service_codes=["meal_dine_in"], from_on=date(2026, 3, 1), to_on=date(2026, 4, 30)
    )

    assert (found.unmatched, found.failed) == (1, 0)
    assert found.events == {"declined": 1, "expired": 1, "unmatched": 1}
    assert found.event_reasons["declined"] == {"too_far": 1}


@pytest.mark.feature("R7")
def test_an_areas_rule_shortens_its_offers(town):
    put_rule({"urgent": {"offer_min": 4}}, area_code="120198", rule_key="request.urgency")

    made = offers.offer_next(town.ask(urgency=intake.Urgency.URGENT))

    assert made.expires_at == made.made_at + timedelta(minutes=4)
