"""The log of unmet demand: one line for each time, and what is still unmet beside what happened."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import intake, storage
from dispatch.intake import RequestStatus, UnmetKind
from dispatch.intake.models import UnmetDemand
from tests.factories.intake import NOW, move, record_unmet, submit, wish
from tests.worlds.tiny_day import AREA, make_tiny_day

S = RequestStatus


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder and one provider of meals."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("食堂", capacity=(10, 10))
        yield made


def ask(town, *, day: int = 31):
    return submit(wish(town.elder_id, "meal_dine_in", on=f"2026-03-{day}")).id


def counted() -> intake.UnmetCount:
    storage.session().flush()
    span = {"from_on": date(2026, 3, 1), "to_on": date(2026, 4, 1)}
    [found] = intake.count_unmet(AREA, service_codes=["meal_dine_in"], **span)
    return found


@pytest.mark.feature("R11")
def test_a_request_that_finds_nobody_is_logged_with_its_place_service_week_and_reasons(town):
    request_id = ask(town)

    move(request_id, S.UNMATCHED, reason="no_candidate", told={"reason_counts": {"no_skill": 2, "full": 1}})

    storage.session().flush()
    [row] = storage.session().scalars(sa.select(UnmetDemand))
    assert (row.care_request_id, row.kind, row.reasons, row.at) == (request_id, "unmatched", "full,no_skill", NOW)
    # Tuesday, 31 March 2026, lies in the week of Monday the 30th
    assert (row.area_code, row.service_code, row.week_on) == (AREA, "meal_dine_in", date(2026, 3, 30))


@pytest.mark.feature("R11")
def test_what_was_taken_up_again_leaves_the_count_and_stays_in_the_log(town):
    request_id = ask(town)
    move(request_id, S.UNMATCHED, reason="no_shift")
    before = counted()

    move(request_id, S.SUBMITTED)
    move(request_id, S.ACCEPTED, service_at_site_id=town.offers["食堂"])

    after = counted()
    assert (before.unmatched, before.reasons, before.events) == (1, {"unmatched": {"no_shift": 1}}, {"unmatched": 1})
    assert (after.unmatched, after.reasons) == (0, {})
    assert (after.events, after.event_reasons) == ({"unmatched": 1}, {"unmatched": {"no_shift": 1}})


@pytest.mark.feature("R11")
def test_who_found_nobody_twice_counts_once_for_the_newest_reason(town):
    request_id = ask(town)
    move(request_id, S.UNMATCHED, reason="no_shift")
    move(request_id, S.SUBMITTED)
    move(request_id, S.UNMATCHED, now=NOW.replace(hour=2), reason="full")

    found = counted()

    assert (found.unmatched, found.reasons["unmatched"], found.events["unmatched"]) == (1, {"full": 1}, 2)


@pytest.mark.feature("R11")
def test_declined_and_expired_offers_are_logged_once_and_add_to_no_request(town):
    request_id, offer_id = ask(town), uuid4()

    for _ in range(2):
        record_unmet(request_id, kind=UnmetKind.DECLINED, reasons=["too_far"], offer_id=offer_id)
    record_unmet(request_id, kind=UnmetKind.EXPIRED, offer_id=uuid4())

    found = counted()
    assert (found.unmatched, found.failed, found.reasons) == (0, 0, {})
    assert found.events == {"declined": 1, "expired": 1}
    assert found.event_reasons == {"declined": {"too_far": 1}, "expired": {}}


@pytest.mark.feature("R11")
def test_a_request_that_failed_is_logged_and_counted_by_its_side(town):
    request_id = ask(town)
    move(request_id, S.ACCEPTED, service_at_site_id=town.offers["食堂"])
    move(request_id, S.SCHEDULED)
    move(request_id, S.FAILED, reason="not_home")

    found = counted()

    assert (found.unmatched, found.failed, found.reasons) == (0, 1, {"failed": {"not_home": 1}})


def test_what_is_counted_of_two_areas_adds_up(town):
    move(ask(town), S.UNMATCHED, reason="full")
    move(ask(town, day=30), S.UNMATCHED, reason="no_shift")

    both = counted() + counted()

    assert (both.unmatched, both.events) == (4, {"unmatched": 4})
    assert both.reasons == {"unmatched": {"full": 2, "no_shift": 2}}


def test_nothing_is_logged_of_a_request_that_is_none(town):  # noqa: ARG001
    with pytest.raises(intake.CareRequestNotFoundError):
        record_unmet(uuid4(), kind=UnmetKind.FAILED)
