"""
The state machine of a care request, walked at random by everybody, through the operations and on both engines.

Whatever happens, the entries of the journal rebuild the present state, every refusal names what is allowed, and a
journal that lacks an entry or holds a changed one is told from a whole one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dispatch import assignment, intake, journal, storage, visits
from dispatch.actor import SYSTEM, Actor, Role
from dispatch.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from dispatch.intake import CancelReason, DisputeOutcome, DisputeReason, FailureReason, HoldReason, RequestState
from tests.factories.doing import as_carer, as_coordinator, attend, finish, start
from tests.factories.intake import ZONE, local, move, submit, wish
from tests.storage.test_confirming import actor_as
from tests.worlds.tiny_day import NETWORK, make_tiny_day

S = intake.RequestStatus
TWO_PM = local("2026-03-31 14:00")
OUTCOMES = st.sampled_from([visits.VisitOutcome.DONE, visits.VisitOutcome.DONE_PARTLY, visits.VisitOutcome.NOT_HOME])
SLOTS = st.integers(0, 1)
NAMES = ("family", "operator", "officer", "coordinator", "carer X", "carer Y", "nobody", "system")
ANYBODY = st.sampled_from(NAMES)
SERVICES = st.sampled_from(["bathing_home", "meal_dine_in"])


def state_of(card: intake.RequestCard) -> RequestState:
    return RequestState(card.status, card.status_before_hold)


class Requests(RuleBasedStateMachine):
    """One request at a time, to which everybody does what they like."""

    town = None
    actors: dict[str, Actor]

    @initialize(service=SERVICES)
    def ask(self, service):
        self.savepoint = storage.session().begin_nested()
        self.minutes = count()
        window = ("11:00", "13:00") if service == "meal_dine_in" else ("14:00", "16:00")
        self.provider = "食堂" if service == "meal_dine_in" else "浴"
        self.id = submit(wish(self.town.elder_id, service, window=window), actor=self.actors["family"]).id

    @rule(who=ANYBODY, to=st.sampled_from(S))
    def move(self, who, to):
        offer = self.town.offers[self.provider] if to is S.ACCEPTED else None
        self._try(
            lambda actor, now: intake.move_request(
                self.id, to=to, actor=actor, now=now, reason="not_needed", service_at_site_id=offer
            ),
            who=who,
            to=to,
        )

    @rule(who=ANYBODY)
    def assign(self, who):
        self._try(
            lambda actor, _: assignment.assign_request(
                self.id,
                service_at_site_id=self.town.offers[self.provider],
                actor=actor,
                network=NETWORK,
                now=TWO_PM - timedelta(hours=6),
                zone=ZONE,
            ),
            who=who,
        )

    @rule(who=ANYBODY, reason=st.sampled_from(HoldReason))
    def hold(self, who, reason):
        self._try(lambda actor, now: intake.hold_request(self.id, reason=reason, actor=actor, now=now), who=who)

    @rule(who=ANYBODY)
    def resume(self, who):
        self._try(lambda actor, now: intake.resume_request(self.id, actor=actor, now=now), who=who)

    @rule(who=ANYBODY, reason=st.sampled_from(CancelReason))
    def cancel(self, who, reason):
        self._try(lambda actor, now: intake.cancel_request(self.id, reason=reason, actor=actor, now=now), who=who)

    @rule(who=ANYBODY, reason=st.sampled_from(FailureReason))
    def fail(self, who, reason):
        self._try(lambda actor, now: intake.fail_request(self.id, reason=reason, actor=actor, now=now), who=who)

    @rule(who=ANYBODY, slot=SLOTS)
    def start(self, who, slot):
        self._visit(slot, lambda visit_id, actor: start(visit_id, at=TWO_PM, actor=actor), who=who)

    @rule(who=ANYBODY, slot=SLOTS, outcome=OUTCOMES)
    def finish(self, who, slot, outcome):
        self._visit(
            slot,
            lambda visit_id, actor: finish(
                visit_id, at=TWO_PM + timedelta(hours=1), started_at=TWO_PM, actor=actor, outcome=outcome
            ),
            who=who,
        )

    @rule(slot=SLOTS)
    def lose_carer(self, slot):
        self._visit(slot, lambda visit_id, _: intake.lose_carer(visit_id, codes=["no_shift"], now=TWO_PM), who="system")

    @rule(who=ANYBODY, slot=SLOTS, name=st.sampled_from(["X", "Y"]))
    def give(self, who, slot, name):
        self._visit(
            slot,
            lambda visit_id, actor: intake.give_visit(
                visit_id, carer_id=self.town.carers[name], start_at=TWO_PM, actor=actor, now=TWO_PM
            ),
            who=who,
        )

    @rule(who=ANYBODY)
    def attend(self, who):
        self._try(lambda actor, _: attend(self.id, at=local("2026-03-31 12:00"), actor=actor), who=who)

    @rule(who=ANYBODY)
    def confirm(self, who):
        self._try(lambda actor, now: intake.confirm_request(self.id, rating=3, actor=actor, now=now), who=who)

    @rule(who=ANYBODY)
    def dispute(self, who):
        self._try(
            lambda actor, now: intake.dispute_request(self.id, reason=DisputeReason.CONDUCT, actor=actor, now=now),
            who=who,
        )

    @rule(who=ANYBODY, outcome=st.sampled_from(DisputeOutcome))
    def close(self, who, outcome):
        self._try(lambda actor, now: intake.close_dispute(self.id, outcome=outcome, actor=actor, now=now), who=who)

    @invariant()
    def the_events_rebuild_the_present_state(self):
        if not hasattr(self, "id"):
            return
        present = intake.get_request(self.id, actor=SYSTEM)
        entries = journal.find_entries(self.id)
        assert intake.rebuild_state(entries) == state_of(present)
        moved = [each for each in entries if each.kind not in intake.NOTES]
        for missing in range(len(moved) - 1):  # without the last one the state is another, or the number is
            with pytest.raises(ValueError, match=r"starts from|move|no entries|says no state"):
                intake.rebuild_state([*moved[:missing], *moved[missing + 1 :]])

    @invariant()
    def what_is_completed_is_proven(self):
        if hasattr(self, "id") and intake.get_request(self.id, actor=SYSTEM).status is S.COMPLETED:
            assert intake.find_missing_proofs(self.id) == []

    def teardown(self):
        if hasattr(self, "savepoint"):
            storage.session().expire_all()
            self.savepoint.rollback()

    def _visit(self, slot, act, *, who):
        visit_ids = intake.get_request(self.id, actor=SYSTEM).visit_ids
        if len(visit_ids) > slot:
            self._try(lambda actor, _: act(visit_ids[slot], actor), who=who)

    def _try(self, act, *, who, to=None):
        before = intake.get_request(self.id, actor=SYSTEM)
        length = len(journal.find_entries(self.id))
        now = TWO_PM + timedelta(hours=2, minutes=next(self.minutes))
        try:
            with storage.savepoint():
                act(self.actors[who], now)
        except (ConflictError, InvalidError, NotAllowedError, NotFoundError) as error:
            refusal = error
        else:
            return
        if to is not None and isinstance(refusal, intake.IllegalMoveError):
            assert to.value not in refusal.facts["allowed"]
            assert refusal.facts["allowed"] == sorted(each.value for each in before.next_states)
        storage.session().expire_all()
        assert intake.get_request(self.id, actor=SYSTEM) == before
        assert len(journal.find_entries(self.id)) == length


@pytest.mark.feature("R2")
def test_whatever_everybody_does_the_events_rebuild_the_state(app, db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        town = make_tiny_day()
        town.bath_team()
        town.provider("食堂", capacity=(10, 10))
        actors = {
            "family": actor_as(app, Role.FAMILY, elder_id=town.elder_id),
            "operator": actor_as(app, Role.OPERATOR, area="120198"),
            "officer": actor_as(app, Role.DISTRICT_OFFICER, area="120198"),
            "coordinator": as_coordinator(app, town, "浴"),
            "carer X": as_carer(app, town, "X"),
            "carer Y": as_carer(app, town, "Y"),
            "nobody": actor_as(app, Role.DISTRICT_OFFICER, area="120199"),
            "system": SYSTEM,
        }
    made = type("Made", (Requests,), {"town": town, "actors": actors})

    run_state_machine_as_test(
        made,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.feature("R2")
def test_a_missing_or_changed_entry_is_found(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        town = make_tiny_day()
        request_id = submit(wish(town.elder_id)).id
        move(request_id, S.OFFERED, S.OFFERED, S.OFFERED, S.ACCEPTED, service_at_site_id=town.provider("食堂"))
        whole = journal.find_entries(request_id)
        present = state_of(intake.get_request(request_id, actor=SYSTEM))

    assert intake.rebuild_state(whole) == present
    for missing in range(len(whole)):
        without = [*whole[:missing], *whole[missing + 1 :]]
        if missing == len(whole) - 1:
            assert intake.rebuild_state(without) != present
            continue
        with pytest.raises(ValueError, match=r"starts from|is followed by"):
            intake.rebuild_state(without)
    changes = [
        {"to_status": "canceled"},
        {"from_status": "draft"},
        {"to_status": "nonsense"},
        {"to_status": None},
        {"move_no": 9},
    ]
    for change in changes:
        changed = [*whole[:2], replace(whole[2], facts=whole[2].facts | change), *whole[3:]]
        with pytest.raises(ValueError, match=r"starts from|is followed by|says no state|no move"):
            intake.rebuild_state(changed)
    with pytest.raises(ValueError, match="moves nothing"):
        intake.rebuild_state(
            [*whole, replace(whole[0], kind="care_request.confirmed", facts={"from_status": "accepted"})]
        )
