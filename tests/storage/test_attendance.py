"""Services given at a site: the coordinator records who was there."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch import intake, journal, storage
from dispatch.intake import RequestStatus
from tests.factories.doing import as_coordinator, attend, status_of
from tests.factories.intake import local, move
from tests.worlds.tiny_day import make_tiny_day

S = RequestStatus
TWO_PM = local("2026-03-31 14:00")
NOON = local("2026-03-31 12:00")


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder, a team of two for baths, and a canteen."""
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        made.provider("食堂", capacity=(10, 10))
        yield made


@pytest.fixture
def bath(town):
    """A request for a bath that is scheduled for 14:20, with the visits of X and Y."""
    return town.assign(town.ask("bathing_home"), "浴")


@pytest.mark.feature("R10")
def test_a_service_at_a_site_is_completed_by_its_coordinator(app, town):
    request_id = town.ask("meal_dine_in")
    town.assign(request_id, "食堂")

    card = attend(request_id, at=NOON, actor=as_coordinator(app, town, "食堂"))

    assert status_of(request_id) is S.COMPLETED
    assert card.service_at_site_id == town.offers["食堂"]
    assert [each.facts["to_status"] for each in journal.find_entries(request_id)][-2:] == ["in_progress", "completed"]


def test_an_attendance_in_two_steps_and_repeated_is_one(town):
    request_id = town.ask("meal_dine_in")
    town.assign(request_id, "食堂")
    known = uuid4()
    only_start = {"finished_at": None, "outcome": None, "attendance_id": known}

    begun = [attend(request_id, at=NOON, **only_start) for _ in range(2)]
    between = status_of(request_id)
    ended = [attend(request_id, at=NOON, attendance_id=known) for _ in range(2)]

    assert begun[0] == begun[1]
    assert between is S.IN_PROGRESS
    assert ended[0] == ended[1]
    assert status_of(request_id) is S.COMPLETED
    with pytest.raises(intake.AttendanceRecordedError):
        attend(request_id, at=NOON)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"started_at": None}, "started_at"),
        ({"outcome": None}, "outcome"),
        ({"finished_at": None}, "finished_at"),
        ({"finished_at": NOON - timedelta(minutes=1)}, "finished_at"),
    ],
)
def test_a_missing_element_of_an_attendance_is_named(town, fields, fault):
    request_id = town.ask("meal_dine_in")
    town.assign(request_id, "食堂")

    with pytest.raises(intake.InvalidAttendanceError) as told:
        attend(request_id, at=NOON, **fields)

    assert list(told.value.fields) == [fault]


def test_attendance_is_for_sites_and_for_who_serves(app, town, bath):
    request_id = town.ask("meal_dine_in")
    with pytest.raises(intake.IllegalMoveError):
        attend(request_id, at=NOON)
    town.assign(request_id, "食堂")

    with pytest.raises(intake.CareRequestNotFoundError):
        attend(request_id, at=NOON, actor=as_coordinator(app, town, "浴"))
    with pytest.raises(intake.ServedByCarersError):
        attend(bath.care_request_id, at=TWO_PM)


@pytest.mark.feature("R10")
def test_at_a_site_start_end_place_and_provider_are_missing_until_attendance_is_recorded(town):
    request_id = town.ask("meal_dine_in")
    town.assign(request_id, "食堂")
    move(request_id, S.IN_PROGRESS)

    with pytest.raises(intake.ProofMissingError) as told:
        move(request_id, S.COMPLETED)

    assert set(told.value.fields) == {"started_at", "finished_at", "place", "provider"}
