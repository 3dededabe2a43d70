"""ID numbers and phones on record: sealed, found, one person each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import elders, journal, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.factories.elders import AT, elder_record, make_id_no, put_elders, put_places

ON = date(2026, 3, 31)
ID_NO, PHONE = make_id_no(), "138 0000 2345"
pytestmark = pytest.mark.usefixtures("db")


def officer(area: str) -> Actor:
    return Actor(account_id=uuid4(), grants=(Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, area),))


@pytest.fixture
def record():
    put_places("120198001001", "120199001001")
    made = elder_record(id_no=ID_NO, phone=PHONE)
    put_elders(made)
    return made


def test_the_table_holds_neither_in_the_clear(record):
    row = storage.session().execute(sa.text("select * from elder")).mappings().one()

    held = b"|".join(bytes(value) for name, value in row.items() if name.endswith(("_sealed", "_index")))
    assert ID_NO.encode() not in held
    assert b"13800002345" not in held
    card = elders.get_elder(record.id, actor=SYSTEM, on=ON, ties=elders.Ties())
    assert (card.phone, card.id_no_masked) == ("+8613800002345", f"1201**********{ID_NO[-4:]}")


def test_the_same_again_changes_nothing_and_leaving_them_out_leaves_them(record):
    again = elders.register_elders([record], actor=SYSTEM, at=AT)
    without = elders.register_elders([replace(record, id_no=None, phone=None)], actor=SYSTEM, at=AT)

    assert again == without == (0, 0, 1)
    assert elders.find_by_id_no([ID_NO.lower(), "x"]) == {ID_NO.lower(): record.id}


def test_a_corrected_number_takes_the_place_of_the_old_one(record):
    other = make_id_no(number=9)

    count = elders.register_elders([replace(record, id_no=other)], actor=SYSTEM, at=AT)

    assert count == (0, 1, 0)
    assert elders.find_by_id_no([ID_NO, other]) == {other: record.id}
    assert [entry.kind for entry in journal.find_entries(record.id)] == ["elder.registered", "elder.changed"]


def test_a_number_that_another_elder_has_is_a_conflict(record):
    with pytest.raises(elders.IdNumberTakenError) as within:
        elders.register_elders([elder_record(id_no=ID_NO)], actor=officer("120198"), at=AT)
    with pytest.raises(elders.IdNumberTakenError) as elsewhere:
        elders.register_elders([elder_record(id_no=ID_NO, area="120199001001")], actor=officer("120199"), at=AT)

    assert within.value.facts == {"elder_id": record.id}
    assert elsewhere.value.facts == {}
    for fault in (within.value, elsewhere.value):
        assert ID_NO not in str(fault) + str(fault.fields)


def test_two_elders_with_one_number_in_one_batch_are_a_conflict(record):  # noqa: ARG001 - the places
    number = make_id_no(number=5)

    with pytest.raises(elders.IdNumberTakenError):
        put_elders(elder_record(id_no=number), elder_record(id_no=number))


def test_the_database_itself_refuses_the_second(record, monkeypatch):  # noqa: ARG001 - is on record
    """Two callers at once: both looked before either wrote."""
    monkeypatch.setattr("dispatch.elders.operations.identifying.find_indexes", lambda _: {})

    with pytest.raises(elders.IdNumberTakenError), storage.savepoint():
        put_elders(elder_record(id_no=ID_NO))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id_no": make_id_no(born_on=date(1944, 5, 7))}, "id_no"),
        ({"born_on": date(2030, 1, 1)}, "born_on"),
        ({"phone": "12349"}, "phone"),
    ],
)
def test_what_cannot_be_is_refused_by_field_without_a_value(wrong, field):
    put_places("120198001001")

    with pytest.raises(elders.InvalidElderError) as fault:
        put_elders(elder_record(**wrong))

    assert list(fault.value.fields) == [field]
    assert not any(str(value) in str(vars(fault.value)) for value in wrong.values())


def test_a_masked_reader_sees_the_phone_masked_and_no_number(record):
    worker = Actor(account_id=uuid4(), grants=(Grant(Role.COMMUNITY_WORKER, ScopeKind.AREA, "120198"),))

    card = elders.get_elder(record.id, actor=worker, on=ON, ties=elders.Ties())

    assert (card.view, card.phone, card.id_no_masked) == (elders.View.MASKED, "138****2345", None)
