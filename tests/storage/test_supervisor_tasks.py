"""What waits for a supervisor: raised once, closed when its cause is gone."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import intake, journal, storage
from dispatch.actor import SYSTEM
from dispatch.intake import CloseReason, TaskKind
from tests.factories.intake import NOW, raise_task, submit, wish
from tests.worlds.tiny_day import AREA, make_tiny_day


@pytest.fixture
def card(db):  # noqa: ARG001 - what is put is undone
    """A request that somebody has to look at."""
    with storage.transaction():
        yield submit(wish(make_tiny_day().elder_id, "meal_dine_in"))


def kinds_of(subject_id) -> list[str]:
    return [entry.kind for entry in journal.find_entries(subject_id)]


@pytest.mark.feature("R7")
def test_a_task_is_raised_once_for_a_request_and_kind(card):
    first = raise_task(card.id, kind=TaskKind.UNMATCHED, reason="no_pair")
    again = raise_task(card.id, kind=TaskKind.UNMATCHED)
    other = raise_task(card.id, kind=TaskKind.CARER_LOST)

    assert first == again != other
    [entry] = journal.find_entries(first)
    assert (entry.kind, entry.reason) == ("supervisor_task.raised", "no_pair")
    assert entry.facts == {"care_request_id": str(card.id), "task_kind": "unmatched", "area_code": AREA}


@pytest.mark.feature("R7")
def test_what_is_closed_can_be_raised_again(card):
    first = raise_task(card.id, kind=TaskKind.UNMATCHED)

    closed = intake.close_tasks(card.id, reason=CloseReason.REOPENED, actor=SYSTEM, at=NOW)
    second = raise_task(card.id, kind=TaskKind.UNMATCHED)

    assert (closed, first != second) == (1, True)
    assert kinds_of(first) == ["supervisor_task.raised", "supervisor_task.closed"]


def test_only_tasks_of_the_kinds_named_are_closed(card):
    lost = raise_task(card.id, kind=TaskKind.CARER_LOST)
    disputed = raise_task(card.id, kind=TaskKind.DISPUTED)

    closed = intake.close_tasks(
        card.id, kinds=[TaskKind.CARER_LOST], reason=CloseReason.SCHEDULED, actor=SYSTEM, at=NOW
    )

    assert closed == 1
    assert (kinds_of(lost)[-1], kinds_of(disputed)[-1]) == ("supervisor_task.closed", "supervisor_task.raised")
    assert intake.close_tasks(card.id, kinds=[], reason=CloseReason.SCHEDULED, actor=SYSTEM, at=NOW) == 0


def test_no_task_is_raised_for_a_request_that_is_none(db):  # noqa: ARG001
    with storage.transaction(), pytest.raises(intake.CareRequestNotFoundError):
        raise_task(uuid4(), kind=TaskKind.UNMATCHED)
