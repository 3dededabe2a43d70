"""Requests that cannot be: each answer names the fact, and who can clear it."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch import directory, elders, intake, storage
from dispatch.actor import SYSTEM, Role
from dispatch.intake import Channel
from dispatch.words import Locale
from tests.factories.intake import NOW, ZONE, submit, wish
from tests.factories.subsidies import put_rules, rule_record
from tests.storage.test_intake import actor_as
from tests.worlds.tiny_day import AREA, OTHER_DISTRICT, make_tiny_day

ON = date(2026, 3, 30)  # Monday; the bath is asked for Tuesday


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with a provider of baths at home and one of care by telephone."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("浴", service="bathing_home", delivery="home")
        made.provider("话", service="monitoring", delivery="remote", price=("month", 3000))
        yield made


@pytest.fixture
def daughter(app, town):
    return actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])


@pytest.fixture
def operator(app, town):  # noqa: ARG001 - the area is the town's
    return actor_as(app, Role.OPERATOR, area="120198")


def befall(town, kind: str, on: date = ON, **fields) -> None:
    record = elders.EventRecord(kind, on, **fields)
    elders.record_event(town.elder_id, record=record, actor=SYSTEM, at=NOW, on=ON, ties=elders.Ties())


def be_away(town, *, until: date | None, kind: str = "hospital") -> None:
    record = elders.AbsenceRecord(kind, ON, until)
    made = {"part": elders.Part.ABSENCES, "actor": SYSTEM, "at": NOW, "on": ON, "ties": elders.Ties()}
    elders.add_part(town.elder_id, record=record, **made)


def spoken(town, service: str = "bathing_home", **fields):
    return wish(town.elder_id, service, channel=Channel.PHONE, on_behalf_of="女儿", **fields)


def test_an_elder_who_died_is_named_to_those_alone_who_may_ask(app, town, daughter):
    befall(town, "died")
    stranger = actor_as(app, Role.OPERATOR, area="120199")

    with pytest.raises(intake.ElderHasDiedError) as told:
        submit(wish(town.elder_id), actor=daughter)
    with pytest.raises(elders.ElderNotFoundError):
        submit(spoken(town), actor=stranger)

    assert told.value.facts["on"] == "2026-03-30"
    assert "民政干部" in told.value.text(Locale.ZH)
    assert "officer" in told.value.text(Locale.EN)


def test_who_moved_out_of_the_city_or_into_another_district(app, town, daughter, operator):
    befall(town, "moved_out", to_area_code=OTHER_DISTRICT)

    with pytest.raises(
        elders.ElderNotFoundError
    ):  # the operator of the old district has nothing to do with it any more
        submit(spoken(town), actor=operator)
    assert submit(wish(town.elder_id), actor=daughter).area_code == OTHER_DISTRICT
    assert submit(spoken(town, on="2026-04-01"), actor=actor_as(app, Role.OPERATOR, area="120199")).id


def test_who_left_for_a_place_that_is_none_of_ours(town, daughter):
    befall(town, "moved_out", to_area_code=None)

    with pytest.raises(intake.ElderHasLeftError) as told:
        submit(wish(town.elder_id), actor=daughter)

    assert told.value.facts["on"] == "2026-03-30"


@pytest.mark.parametrize("until", [None, date(2026, 4, 1)])
def test_an_elder_in_hospital_on_the_day_is_refused_and_who_can_end_it_is_named(town, daughter, until):
    be_away(town, until=until)

    with pytest.raises(intake.ElderAwayError) as told:
        submit(wish(town.elder_id), actor=daughter)

    assert (told.value.facts["kind"], told.value.facts["until"]) == ("hospital", until and until.isoformat())
    assert "住院" in told.value.text(Locale.ZH)
    assert "社区工作者或民政干部" in told.value.text(Locale.ZH)


def test_after_the_stay_in_hospital_one_may_ask(town, daughter):
    be_away(town, until=date(2026, 3, 31))

    assert submit(wish(town.elder_id), actor=daughter).service_on == date(2026, 3, 31)


def test_an_operator_is_told_from_when_to_when_and_not_where(town, operator):
    be_away(town, until=None)

    with pytest.raises(intake.ElderAwayError) as told:
        submit(spoken(town), actor=operator)

    assert told.value.facts["kind"] is None
    assert "住院" not in told.value.text(Locale.ZH)


@pytest.mark.parametrize(
    ("on", "window", "field"),
    [
        ("2026-03-29", ("14:00", "16:00"), "window_to_at"),  # the past
        ("2026-03-31", ("14:00", "14:05"), "window_to_at"),  # five minutes; a bath takes 60 (domain.md 3.4)
        ("2026-03-31", ("14:00", "14:59"), "window_to_at"),
        ("2026-05-30", ("14:00", "16:00"), "window_from_at"),  # 61 days ahead
    ],
)
def test_a_window_that_cannot_be(town, daughter, on, window, field):
    with pytest.raises(intake.InvalidCareRequestError) as told:
        submit(wish(town.elder_id, on=on, window=window), actor=daughter)

    assert list(told.value.fields) == [field]


def test_a_window_that_just_holds_the_service_is_enough(town, daughter):
    assert submit(wish(town.elder_id, window=("14:00", "15:00")), actor=daughter).id


def test_a_service_that_nobody_offers_is_refused_with_what_there_is(town, daughter):
    with pytest.raises(intake.ServiceNotOfferedError) as told:
        submit(wish(town.elder_id, "rehabilitation"), actor=daughter)

    assert told.value.facts["offered"] == "bathing_home, monitoring"
    assert "本区有这些服务：上门助浴、" in told.value.text(Locale.ZH)


def test_a_need_that_nobody_can_meet_goes_on_record_where_that_is_wanted_or_paid_for(town, daughter):
    wanted = submit(wish(town.elder_id, "rehabilitation", even_if_not_offered=True), actor=daughter)
    put_rules(rule_record(service_code="meals"))
    paid = submit(wish(town.elder_id, "meal_delivery"), actor=daughter)

    assert (wanted.service_code, paid.service_code) == ("rehabilitation", "meal_delivery")


def test_an_unknown_service_is_refused(town, daughter):
    with pytest.raises(directory.UnknownCodeError):
        submit(wish(town.elder_id, "massage"), actor=daughter)


def test_a_remote_service_can_be_asked_for_and_its_price_by_month_is_said(town, daughter):
    asked = wish(town.elder_id, "monitoring", service_at_site_id=town.offers["话"])

    card = submit(asked, actor=daughter)

    assert (card.carers_needed, card.quote.gross_cents, card.quote.reason) == (0, None, intake.NoPrice.BY_MONTH)


def test_drafts_are_judged_like_requests_and_again_when_confirmed(town, daughter):
    made = intake.draft_request(wish(town.elder_id, is_draft=True), actor=daughter, now=NOW, zone=ZONE)
    be_away(town, until=None)

    with pytest.raises(intake.ElderAwayError):
        intake.submit_draft(made.id, quote_id=made.quote_id, actor=daughter, now=NOW, zone=ZONE)

    assert made.area_code == AREA
