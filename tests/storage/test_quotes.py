"""What a request is said to cost: prices, rules in force on the date, drafts, and what changed in between."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dispatch import intake, journal, storage, subsidies
from dispatch.actor import SYSTEM, Role
from dispatch.intake import Channel, QuoteWish, RequestStatus
from dispatch.jobs.deadlines import FIRINGS
from tests.factories.intake import NOW, ZONE, local, move, submit, wish
from tests.factories.subsidies import put_rules, rule_record
from tests.storage.test_intake import actor_as
from tests.worlds.tiny_day import make_tiny_day

S = RequestStatus
JUNE = local("2026-06-26 09:00")
WEEK = tuple(date(2026, 6, 29) + timedelta(days=day) for day in range(6))
MEAL = {"window": ("11:00", "12:00")}


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with two canteens at 1,500 and 2,000 cents a meal, and both rules of the worked example."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("食堂", price=("meal", 1500))
        made.provider("小馆", price=("meal", 2000))
        put_rules()
        yield made


@pytest.fixture
def daughter(app, town):
    return actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])


def quote(town, *dates: date, at=JUNE, actor=SYSTEM, name: str | None = "食堂", service: str = "meals"):
    provider = town.offers[name] if name else None
    return intake.make_quote(QuoteWish(town.elder_id, service, dates, provider), actor=actor, now=at)


def sums(found) -> tuple[int | None, int | None, int | None]:
    return found.gross_cents, found.subsidy_cents, found.own_share_cents


def draft(town, actor, **fields):
    asked = wish(town.elder_id, "meal_dine_in", **MEAL, is_draft=True, **fields)
    return intake.draft_request(asked, actor=actor, now=NOW, zone=ZONE)


def confirm(card, actor, *, quote_id=None, at=NOW):
    return intake.submit_draft(card.id, quote_id=quote_id or card.quote_id, actor=actor, now=at, zone=ZONE)


@pytest.mark.feature("R9")
def test_the_worked_week_comes_out_of_prices_and_rules_on_record(town):
    found = quote(town, *WEEK)

    # domain.md section 5 (Quote): gross 9,000; 2 × 300 + 3 × 400 + sixth 0 = 1,800; own 7,200
    assert sums(found) == (9000, 1800, 7200)
    assert found.rule_versions == ("EX-1", "EX-2")
    assert (found.basis, found.lines[0].price_cents) == (intake.PriceBasis.PROVIDER, 1500)
    assert all(line.price_id for line in found.lines)
    assert [each.kind for each in journal.find_entries(found.id)] == ["quote.made"]


@pytest.mark.feature("R9")
def test_requests_on_their_way_count_against_the_week_and_canceled_ones_do_not(town):
    for on in WEEK[:5]:
        last = submit(wish(town.elder_id, "meal_dine_in", **MEAL, on=on.isoformat()), now=JUNE)

    assert sums(quote(town, WEEK[5])) == (1500, 0, 1500)

    intake.cancel_request(last.id, reason=intake.CancelReason.NOT_NEEDED, actor=SYSTEM, now=JUNE)
    assert sums(quote(town, WEEK[5])) == (1500, 400, 1100)


def test_without_a_provider_it_is_the_areas_reference_and_says_so(town):
    found = quote(town, WEEK[0], name=None)

    # the lower median of 1,500 and 2,000
    assert (found.basis, found.gross_cents) == (intake.PriceBasis.AREA_REFERENCE, 1500)
    assert (found.service_at_site_id, found.lines[0].price_id) == (None, None)


def test_no_price_is_null_with_a_reason_and_never_zero(town):
    town.provider("浴", service="bathing_home", delivery="home")
    town.provider("托", service="day_care", price=("month", 90000))

    silent = quote(town, WEEK[0], name="浴", service="bathing_home")
    monthly = quote(town, WEEK[0], name="托", service="day_care")

    assert (sums(silent), silent.reason) == ((None, None, None), intake.NoPrice.NOT_STATED)
    assert (sums(monthly), monthly.reason) == ((None, None, None), intake.NoPrice.BY_MONTH)


def test_an_hours_price_is_for_the_minutes_of_the_visit(town):
    town.provider("洁", service="cleaning", delivery="home", visit_min=90, price=("hour", 3001))

    # 3,001 × 90 / 60 = 4,501.5, rounded up to a cent
    assert quote(town, WEEK[0], name="洁", service="cleaning").gross_cents == 4502


@pytest.mark.parametrize("dates", [(), WEEK[:1] * 2, tuple(WEEK[0] + timedelta(days=day) for day in range(32))])
def test_dates_must_be_some_and_each_once(town, dates):
    with pytest.raises(intake.InvalidQuoteError) as told:
        quote(town, *dates)

    assert list(told.value.fields) == ["service_dates"]


def test_a_provider_of_another_service_is_refused(town):
    with pytest.raises(intake.InvalidQuoteError):
        quote(town, WEEK[0], name="食堂", service="bathing")


@pytest.mark.feature("R9")
def test_an_old_request_is_computed_again_by_the_rule_in_force_on_its_date(town):
    asked = wish(town.elder_id, "meal_dine_in", **MEAL, on="2026-06-30", service_at_site_id=town.offers["食堂"])
    card = submit(asked, now=JUNE)
    later = local("2026-08-01 09:00")
    put_rules(rule_record("EX-3", amount_cents=900, valid_from=date(2026, 8, 1)), at=later)

    stand = intake.find_quote_of_request(card.id, actor=SYSTEM, now=later)

    assert stand.quote == card.quote
    assert sums(stand.recomputed) == sums(stand.quote) == (1500, 300, 1200)
    assert stand.recomputed.rule_versions == ("EX-1",)


@pytest.mark.feature("R9")
def test_a_draft_shows_its_quote_asks_nobody_and_is_confirmed_with_it(town, daughter):
    made = draft(town, daughter)

    assert (made.status, sums(made.quote)) == (S.DRAFT, (1500, 300, 1200))
    assert deadlines(made.id) == {intake.DRAFT_EXPIRY}

    asked = confirm(made, daughter)

    assert (asked.status, asked.quote_id) == (S.SUBMITTED, made.quote_id)
    assert deadlines(made.id) >= {intake.OFFERING, intake.ACCEPT_BREACH}
    assert intake.DRAFT_EXPIRY not in deadlines(made.id)
    assert confirm(made, daughter).version == asked.version  # a double tap
    assert intake.rebuild_state(journal.find_entries(made.id)).status is S.SUBMITTED


def deadlines(request_id) -> set[str]:
    """Give the kinds of what is still due for a request, however far ahead."""
    found = storage.find_due_deadlines(at=NOW + timedelta(days=90), limit=1000)
    return {each.kind for each in found if str(request_id) in each.key}


@pytest.mark.feature("R9")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rule": rule_record("EX-1", amount_cents=500)}, ["rule"]),
        ({"rule": rule_record("NEW", amount_cents=500)}, ["rule"]),
        ({"later": timedelta(hours=24)}, ["over"]),
        ({"meals": 5}, ["conditions"]),
    ],
)
def test_what_changed_between_quote_and_confirmation_is_named_and_nothing_is_stored(town, daughter, change, told):
    made = draft(town, daughter, service_at_site_id=town.offers["食堂"])
    if "rule" in change:
        subsidies.put_rules([change["rule"]], actor=SYSTEM, at=NOW)
    for day in range(change.get("meals", 0)):
        submit(wish(town.elder_id, "meal_delivery", **MEAL, on=f"2026-04-0{day + 1}" if day else "2026-03-30"))

    with pytest.raises(intake.QuoteChangedError) as error:
        confirm(made, daughter, at=NOW + change.get("later", timedelta()))

    assert error.value.facts["changed"] == told
    assert error.value.facts["quote"]["gross_cents"] == 1500
    present = intake.get_request(made.id, actor=daughter)
    assert (present.status, present.quote_id) == (S.DRAFT, made.quote_id)


def test_a_new_quote_confirms_what_the_old_one_could_not(town, daughter):
    made = draft(town, daughter)
    put_rules(rule_record("NEW", amount_cents=500))
    wanted = QuoteWish(town.elder_id, "meal_dine_in", (made.service_on,))
    fresh = intake.make_quote(wanted, actor=daughter, now=NOW)

    assert sums(confirm(made, daughter, quote_id=fresh.id).quote) == (1500, 500, 1000)


def test_a_quote_of_another_elder_or_service_confirms_nothing(town, daughter):
    made = draft(town, daughter)
    other = quote(town, made.service_on, at=NOW, name=None, service="meal_delivery")

    with pytest.raises(intake.QuoteChangedError) as told:
        confirm(made, daughter, quote_id=other.id)
    with pytest.raises(intake.QuoteNotFoundError):
        confirm(made, daughter, quote_id=made.id)

    assert told.value.facts["changed"] == ["service"]


def test_a_draft_that_nobody_confirms_ends_by_itself_and_stands_in_nobodys_way(app, town, daughter):
    made = draft(town, daughter)
    operator = actor_as(app, Role.OPERATOR, area="120198")
    spoken = {"channel": Channel.PHONE, "on_behalf_of": "女儿"}
    asked = submit(wish(town.elder_id, "meal_dine_in", **MEAL, **spoken), actor=operator)

    with pytest.raises(intake.CareRequestRepeatedError) as told:
        confirm(made, daughter)
    [due] = [
        each
        for each in storage.find_due_deadlines(at=NOW + timedelta(hours=24), limit=99)
        if each.kind == intake.DRAFT_EXPIRY
    ]
    FIRINGS[due.kind](due, NOW + timedelta(hours=24))
    FIRINGS[due.kind](due, NOW + timedelta(hours=25))

    assert told.value.facts["care_request_id"] == asked.id
    last = journal.find_entries(made.id)[-1]
    assert (last.kind, last.reason, last.actor_id) == ("care_request.canceled", "not_confirmed", None)
    assert intake.get_request(made.id, actor=daughter).status is S.CANCELED


def test_an_operator_confirms_what_the_daughter_drafted(app, town, daughter):
    operator = actor_as(app, Role.OPERATOR, area="120198")

    assert confirm(draft(town, daughter), operator).status is S.SUBMITTED


def test_a_confirmed_draft_is_no_draft_any_more(town, daughter):
    made = draft(town, daughter)
    confirm(made, daughter)
    move(made.id, S.UNMATCHED)

    with pytest.raises(intake.IllegalMoveError):
        confirm(made, daughter)
