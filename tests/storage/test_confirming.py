"""Confirming, rating and disputing what was completed, and what of it is paid for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dispatch import areas, intake, journal, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.errors import InvalidError
from dispatch.intake import ConfirmedBy, DisputeOutcome, DisputeReason, RequestStatus
from dispatch.intake.models import CareRequest, Quote, SupervisorTask
from dispatch.jobs.deadlines import confirm_by_silence
from tests.factories.accounts import make_account
from tests.factories.doing import as_coordinator, attend
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local, move
from tests.worlds.tiny_day import AREA, OTHER_AREA, make_tiny_day, point_ll

S = RequestStatus
NOON = local("2026-03-31 12:00")
END = NOON + timedelta(minutes=30)
LATER = END + timedelta(hours=2)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder and a canteen."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("食堂")
        yield made


@pytest.fixture
def meal(town):
    """A meal that was completed on 31 March 2026 at 12:30."""
    return serve(town)


def serve(town, **fields):
    request_id = town.ask("meal_dine_in", **fields)
    town.assign(request_id, "食堂")
    attend(request_id, at=NOON)
    return request_id


def actor_as(app, role: Role, *, elder_id=None, area=None) -> Actor:
    scope = {"elder_ids": [elder_id]} if elder_id else {"area": area}
    account_id = make_account(app, role=role, **scope)
    kind = ScopeKind.ELDER if elder_id else ScopeKind.AREA
    return Actor(account_id, (Grant(role, kind, str(elder_id or area)),))


def confirm(request_id, *, actor=SYSTEM, rating=None, now=LATER):
    return intake.confirm_request(request_id, rating=rating, actor=actor, now=now)


def dispute(request_id, *, actor=SYSTEM, reason=DisputeReason.NOT_SERVED, now=LATER):
    return intake.dispute_request(request_id, reason=reason, actor=actor, now=now)


def close(request_id, outcome, *, actor=SYSTEM, now=LATER):
    return intake.close_dispute(request_id, outcome=outcome, actor=actor, now=now)


def totals(actor=SYSTEM, **fields):
    made = {"month": "2026-03", "service_code": None, "by": intake.TotalsBy.SERVICE} | fields
    return intake.compute_totals(made.pop("area", "120198"), actor=actor, **made)


def tasks_of(request_id) -> list[tuple[str, str | None, str]]:
    """Give kind, reason and status of a request's tasks."""
    task = SupervisorTask
    rows = storage.session().execute(
        sa.select(task.kind, task.reason, task.status).where(task.care_request_id == request_id)
    )
    return [tuple(row) for row in rows]


@pytest.mark.feature("R10")
@pytest.mark.parametrize(("role", "by_area"), [(Role.ELDER, False), (Role.FAMILY, False), (Role.OPERATOR, True)])
def test_the_elder_the_family_or_an_operator_for_them_confirms_with_a_rating(app, town, meal, role, by_area):
    who = actor_as(app, role, **({"area": "120198"} if by_area else {"elder_id": town.elder_id}))

    card = confirm(meal, actor=who, rating=5)

    assert (card.confirmed_by, card.rating, card.role) == (ConfirmedBy.PERSON, 5, role)
    last = journal.find_entries(meal)[-1]
    assert (last.kind, last.actor_id, last.facts["to_status"]) == (
        "care_request.confirmed",
        who.account_id,
        "completed",
    )
    assert "rating" not in last.facts


@pytest.mark.feature("R10")
@pytest.mark.parametrize("state", [S.SUBMITTED, S.SCHEDULED, S.IN_PROGRESS, S.FAILED])
def test_before_completion_nothing_is_confirmed_or_disputed_and_the_state_is_named(town, state):
    request_id = town.ask("meal_dine_in")
    if state is not S.SUBMITTED:
        town.assign(request_id, "食堂")
    if state in {S.IN_PROGRESS, S.FAILED}:
        move(request_id, state, reason="not_home")

    for act in (confirm, dispute):
        with pytest.raises(intake.NotCompletedError) as told:
            act(request_id)
        assert told.value.facts["status"] == state.value


def test_a_request_is_confirmed_once(meal):
    confirm(meal, rating=4)

    with pytest.raises(intake.AlreadyConfirmedError) as told:
        confirm(meal, rating=1)

    assert told.value.facts["confirmed_by"] == "person"


def test_the_officer_and_who_serves_confirm_nothing(app, town, meal):
    for who in (actor_as(app, Role.DISTRICT_OFFICER, area="120198"), as_coordinator(app, town, "食堂")):
        with pytest.raises(intake.MoveNotAllowedError):
            confirm(meal, actor=who)
        with pytest.raises(intake.MoveNotAllowedError):
            dispute(meal, actor=who)


@pytest.mark.feature("R10")
def test_a_week_of_silence_counts_as_confirmed_and_says_so(meal):
    due = [
        each for each in storage.find_due_deadlines(at=END + timedelta(days=7), limit=99) if each.kind == intake.SILENCE
    ]
    early = [
        each
        for each in storage.find_due_deadlines(at=END + timedelta(days=7, seconds=-1), limit=99)
        if each.kind == intake.SILENCE
    ]

    confirm_by_silence(due[0], END + timedelta(days=7))
    confirm_by_silence(due[0], END + timedelta(days=8))  # fired twice, it confirms once

    assert (len(due), early) == (1, [])
    entries = [each for each in journal.find_entries(meal) if each.kind == "care_request.confirmed"]
    assert [(each.reason, each.actor_id) for each in entries] == [("silence", None)]
    with pytest.raises(intake.AlreadyConfirmedError) as told:
        confirm(meal)
    assert told.value.facts["confirmed_by"] == "silence"


@pytest.mark.parametrize("outcome", [None, DisputeOutcome.UPHELD])
def test_silence_confirms_nothing_that_is_disputed(meal, outcome):
    dispute(meal)
    if outcome:
        close(meal, outcome)

    assert not intake.confirm_by_silence(meal, now=END + timedelta(days=30))


def test_after_a_rejected_dispute_silence_counts_from_the_closing_on(meal):
    dispute(meal)
    close(meal, DisputeOutcome.REJECTED, now=LATER + timedelta(days=3))

    waiting = [
        each.due_at
        for each in storage.find_due_deadlines(at=LATER + timedelta(days=30), limit=99)
        if each.kind == intake.SILENCE
    ]
    assert waiting == [LATER + timedelta(days=10)]
    assert intake.confirm_by_silence(meal, now=LATER + timedelta(days=10))


@pytest.mark.feature("R10")
def test_a_disputed_request_is_left_out_of_what_is_paid_until_it_is_closed(meal):
    before = totals().whole
    dispute(meal)
    during = totals().whole
    close(meal, DisputeOutcome.REJECTED)
    after = totals().whole

    def parts(row):
        return (row.completed, row.paid.requests, row.disputed.requests, row.upheld.requests)

    assert [parts(each) for each in (before, during, after)] == [(1, 1, 0, 0), (1, 0, 1, 0), (1, 1, 0, 0)]


@pytest.mark.feature("R10")
def test_an_upheld_dispute_stays_out_of_what_is_paid(meal):
    confirm(meal, rating=2)
    dispute(meal)
    close(meal, DisputeOutcome.UPHELD)

    whole = totals().whole

    assert (whole.paid.requests, whole.disputed.requests, whole.upheld.requests, whole.confirmed) == (0, 0, 1, 0)
    assert (whole.rated, whole.rating_mean) == (1, 2.0)


def test_a_dispute_asks_a_supervisor_to_look_until_it_is_closed(app, town, meal):
    daughter = actor_as(app, Role.FAMILY, elder_id=town.elder_id)

    card = dispute(meal, actor=daughter, reason=DisputeReason.WRONG_AMOUNT)
    again = dispute(meal, actor=daughter, reason=DisputeReason.WRONG_AMOUNT)
    with pytest.raises(intake.DisputeOpenError):
        dispute(meal, actor=daughter, reason=DisputeReason.CONDUCT)
    with pytest.raises(intake.DisputeOpenError):
        confirm(meal, actor=daughter)

    assert card == again
    assert tasks_of(meal) == [("disputed", "wrong_amount", "open")]
    close(meal, DisputeOutcome.REJECTED, actor=actor_as(app, Role.DISTRICT_OFFICER, area="120198"))
    assert tasks_of(meal) == [("disputed", "wrong_amount", "closed")]


def test_a_closed_dispute_is_not_opened_again(meal):
    with pytest.raises(intake.NoDisputeError):
        close(meal, DisputeOutcome.UPHELD)
    dispute(meal)
    close(meal, DisputeOutcome.UPHELD)

    for act in (dispute, lambda request_id: close(request_id, DisputeOutcome.REJECTED)):
        with pytest.raises(intake.DisputeClosedError) as told:
            act(meal)
        assert told.value.facts["outcome"] == "upheld"


def test_a_dispute_is_in_time_for_thirty_days(meal):
    until_at = END + intake.DISPUTE_WITHIN

    with pytest.raises(intake.DisputeTooLateError) as told:
        dispute(meal, now=until_at + timedelta(seconds=1))

    assert told.value.facts["until_at"] == until_at.isoformat()
    assert dispute(meal, now=until_at).reason is DisputeReason.NOT_SERVED


def test_only_an_officer_of_the_area_closes(app, town, meal):
    dispute(meal)

    with pytest.raises(intake.MoveNotAllowedError):
        close(meal, DisputeOutcome.UPHELD, actor=actor_as(app, Role.FAMILY, elder_id=town.elder_id))
    with pytest.raises(intake.CareRequestNotFoundError):
        close(meal, DisputeOutcome.UPHELD, actor=actor_as(app, Role.DISTRICT_OFFICER, area="120199"))


def test_totals_are_for_officers_coordinators_of_their_own_and_nobody_else(app, town, meal):  # noqa: ARG001 - it is counted
    town.provider("别家", at=(1200, 500))
    officer = actor_as(app, Role.DISTRICT_OFFICER, area="120198")

    assert totals(officer).whole.completed == 1
    assert totals(as_coordinator(app, town, "食堂")).whole.completed == 1
    assert totals(as_coordinator(app, town, "别家")).whole.completed == 0
    assert totals(officer, month="2026-04").whole.completed == 0
    assert totals(officer, service_code="meals").whole.completed == 1
    assert totals(officer, service_code="bathing").whole.completed == 0
    with pytest.raises(areas.AreaNotFoundError):
        totals(actor_as(app, Role.DISTRICT_OFFICER, area="120199"))


@pytest.mark.parametrize(
    ("by", "key"),
    [
        (intake.TotalsBy.AREA, lambda _: AREA),
        (intake.TotalsBy.SERVICE, lambda _: "meal_dine_in"),
        (intake.TotalsBy.ORGANIZATION, lambda town: str(town.organizations["食堂"])),
    ],
)
def test_rows_are_made_by_area_service_or_organization(town, meal, by, key):  # noqa: ARG001 - it is counted
    [row] = totals(by=by).rows

    assert (row.key, row.completed) == (key(town), 1)


@pytest.mark.feature("X4")
def test_a_planner_sees_no_small_count_and_no_money(app, town):
    others = put_elders(*(elder_record(area=AREA, point_ll=point_ll(1000, 500)) for _ in range(6)))
    for elder_id in others[:2]:
        serve(town, elder_id=elder_id)
    planner = actor_as(app, Role.PLANNER, area="120198")
    few = totals(planner)
    for elder_id in others[2:]:
        serve(town, elder_id=elder_id)
    enough = totals(planner)

    assert (few.is_public, few.whole.completed, few.rows[0].completed) == (True, None, None)
    assert (enough.whole.completed, enough.rows[0].completed) == (6, 6)
    assert enough.whole.paid.requests is None
    assert enough.whole.paid.money.unknown_because is intake.NoMoney.COUNTS_ONLY


@pytest.mark.feature("R10")
def test_a_planner_cannot_subtract_one_total_from_another(app, town):
    people = put_elders(*(elder_record(area=AREA, point_ll=point_ll(1000, 500)) for _ in range(12)))
    neighbors = put_elders(*(elder_record(area=OTHER_AREA, point_ll=point_ll(1000, 500)) for _ in range(3)))
    for elder_id in (*people, *neighbors):
        serve(town, elder_id=elder_id)
    planner = actor_as(app, Role.PLANNER, area="120198")

    district = totals(planner, by=intake.TotalsBy.AREA)
    part = totals(planner, by=intake.TotalsBy.AREA, area=AREA[:9])

    # 12 + 3 = 15: the 12 of the one subdistrict would give away the 3 of the other, whichever area is asked for
    assert (district.whole.completed, [row.completed for row in district.rows]) == (15, [None, None])
    assert (part.whole.completed, [row.completed for row in part.rows]) == (None, [None])
    for narrow in ({"service_code": "meals"}, {"area": AREA}, {"area": AREA, "by": intake.TotalsBy.ORGANIZATION}):
        with pytest.raises(InvalidError) as refused:
            totals(planner, **narrow)
        assert refused.value.slug == "totals-too-narrow"


@pytest.mark.feature("R10")
def test_money_is_that_of_the_stored_quote_for_the_day(meal):
    line = {"service_on": "2026-03-31", "gross_cents": 1500, "subsidy_cents": 300, "own_share_cents": 1200}
    other = line | {"service_on": "2026-04-01", "gross_cents": 9000, "own_share_cents": 8700}
    row = storage.session().get(CareRequest, meal)
    quote = Quote(
        elder_id=row.elder_id,
        area_code=row.area_code,
        service_code=row.service_code,
        basis=next(iter(intake.PriceBasis)).value,
        gross_cents=10500,
        subsidy_cents=600,
        own_share_cents=9900,
        rule_version_ids=[],
        lines=[other, line],
        made_at=NOON,
        valid_until_at=LATER,
    )
    storage.session().add(quote)
    storage.session().flush()
    row.quote_id = quote.id

    money = totals().whole.paid.money

    assert (money.gross_cents, money.subsidy_cents, money.own_share_cents) == (1500, 300, 1200)
    assert money.unknown_because is None
