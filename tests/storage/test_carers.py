"""Carers on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from dispatch import carers, journal, storage
from dispatch.actor import SYSTEM
from tests.factories.carers import AT, SINCE, carer_record, put_carers, put_organization
from tests.factories.elders import put_places

MONDAY = date(2026, 3, 30)
pytestmark = pytest.mark.usefixtures("db")


def test_same_carers_again_change_nothing() -> None:
    record = carer_record("lifting", exceptions=(carers.ExceptionRecord(MONDAY, "off"),))
    with storage.transaction():
        put_places("120198")
        put_organization()

        counts = [carers.register_carers([record], actor=SYSTEM, at=AT) for _ in range(2)]
        kinds = [entry.kind for entry in journal.find_entries(record.id)]

    assert counts == [(1, 0, 0), (0, 0, 1)]
    assert kinds == ["carer.registered"]


def test_plain_tuples_are_records_too() -> None:
    record = carer_record(
        qualifications=(("lifting", 3, SINCE, None),), shifts=((0, time(8), time(12), 0, SINCE, None),)
    )
    with storage.transaction():
        put_places("120198")
        put_carers(record)

        [facts] = carers.find_carers(on=MONDAY)

    assert facts.skills == {"lifting": 3}
    assert len(carers.work_spans(facts, zone=ZoneInfo("Asia/Shanghai"))) == 1


def test_facts_hold_what_is_in_force_on_the_date() -> None:
    expired = carers.QualificationRecord("nursing", 2, SINCE, MONDAY)
    record = carer_record("lifting")
    record = replace(
        record,
        qualifications=(*record.qualifications, expired),
        exceptions=(carers.ExceptionRecord(MONDAY, "sick"), carers.ExceptionRecord(date(2026, 3, 31), "off")),
    )
    with storage.transaction():
        put_places("120198")
        put_carers(record)

        [facts] = carers.find_carers(on=MONDAY)
        [before] = carers.find_carers(on=date(2026, 3, 29))

    assert set(facts.skills) == {"lifting"}
    assert set(before.skills) == {"lifting", "nursing"}
    assert [each.kind for each in facts.exceptions] == ["sick"]


def test_carers_who_left_are_not_found() -> None:
    with storage.transaction():
        put_places("120198")
        [stayed, _] = put_carers(carer_record(), carer_record(status="left"))

        found = [each.carer_id for each in carers.find_carers(on=MONDAY)]

    assert found == [stayed]


def test_number_of_queries_does_not_grow_with_the_carers(db) -> None:
    statements = []
    with storage.transaction():
        put_places("120198")
        put_carers(*(carer_record("lifting") for _ in range(20)))
        db.flush()
        event.listen(db.connection(), "before_cursor_execute", lambda *args: statements.append(args[2]))

        found = carers.find_carers(on=MONDAY, organization_ids=[carer_record().organization_id])
        asked = [each for each in statements if each.startswith("SELECT")]

    assert (len(found), len(asked)) == (20, 4)


def test_skill_held_twice_at_once_is_refused() -> None:
    record = carer_record("lifting")
    twice = (*record.qualifications, carers.QualificationRecord("lifting", 4, date(2026, 1, 1)))

    with storage.transaction():
        put_places("120198")

        with pytest.raises(carers.InvalidCarerError):
            put_carers(replace(record, qualifications=twice))
