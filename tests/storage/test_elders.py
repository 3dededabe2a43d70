"""Elders on record: what is put, what is read, what leaves a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from dispatch import areas, directory, elders, geo, journal, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.factories.elders import AT, HOME_LL, SINCE, elder_record, put_elders, put_places, put_set

ON = date(2026, 3, 31)
pytestmark = pytest.mark.usefixtures("db")


def officer(area: str = "120198") -> Actor:
    return Actor(account_id=uuid4(), grants=(Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, area),))


def test_same_records_again_change_nothing() -> None:
    record = elder_record(
        "living_alone", assessments=(elders.AssessmentRecord("GB/T 42195-2022", "severe", SINCE, date(2030, 1, 1)),)
    )
    with storage.transaction():
        put_places("120198001001")

        first = elders.register_elders([record], actor=SYSTEM, at=AT)
        second = elders.register_elders([record], actor=SYSTEM, at=AT)

    assert (first, second) == ((1, 0, 0), (0, 0, 1))
    with storage.reading():
        assert [entry.kind for entry in journal.find_entries(record.id)] == ["elder.registered"]


def test_changed_record_changes_what_differs_and_keeps_history() -> None:
    record = elder_record("living_alone")
    ended = elders.MembershipRecord("living_alone", SINCE, date(2026, 3, 9), "test")
    with storage.transaction():
        put_places("120198001001")
        put_elders(record)

        count = elders.register_elders(
            [
                replace(
                    record, name="张三", memberships=(ended, elders.MembershipRecord("empty_nest", date(2026, 3, 9)))
                )
            ],
            actor=SYSTEM,
            at=AT,
        )

    assert count == (0, 1, 0)
    with storage.reading():
        card = elders.get_elder(record.id, actor=SYSTEM, on=ON, ties=elders.Ties())
        before = elders.get_facts(record.id, on=date(2026, 3, 8))
        kinds = [entry.kind for entry in journal.find_entries(record.id)]
    assert (card.name, [each.category for each in card.memberships]) == ("张三", ["empty_nest"])
    assert before.categories == {"living_alone"}
    assert kinds == ["elder.registered", "elder.changed", "membership.changed"]


def test_two_main_residences_on_one_day_are_refused() -> None:
    home = elder_record().residences[0]
    second = replace(home, valid_from=date(2026, 3, 12))

    with storage.transaction():
        put_places("120198001001")

        with pytest.raises(elders.InvalidElderError):
            put_elders(elder_record(residences=(home, second)))


def test_overlap_with_what_is_on_record_is_refused_too() -> None:
    record = elder_record("living_alone")
    again = elders.MembershipRecord("living_alone", date(2026, 1, 1))

    with storage.transaction():
        put_places("120198001001")
        put_elders(record)

        with pytest.raises(elders.InvalidElderError):
            put_elders(replace(record, memberships=(again,)))


def test_unknown_area_and_unknown_category_are_refused_by_name() -> None:
    with storage.transaction():
        put_places("120198001001")

        with pytest.raises(areas.UnknownAreaError) as area_fault:
            put_elders(elder_record(area="120198001009"))
        with pytest.raises(directory.UnknownCodeError) as code_fault:
            put_elders(elder_record("lonely"))

    assert "120198001009" in str(area_fault.value)
    assert "living_alone" in code_fault.value.facts["allowed"]


def test_home_in_another_reference_system_is_kept_in_wgs84_with_its_source() -> None:
    record = elder_record()
    sent = geo.from_wgs84(HOME_LL, crs=geo.ReferenceSystem.GCJ02)
    shifted = replace(record.residences[0], lon=sent[0], lat=sent[1], crs="gcj02")
    with storage.transaction() as session:
        put_places("120198001001")
        put_elders(replace(record, residences=(shifted,)))

        kept = session.execute(sa.text("select lon, lat, source_crs from residence")).one()
        home = elders.find_homes("120198", on=ON)[0]

    assert (kept.lon, kept.lat) == pytest.approx(HOME_LL, abs=1e-7)
    assert kept.source_crs == "gcj02"
    assert (home.lon, home.lat) == (kept.lon, kept.lat)


def test_facts_of_a_date_hold_age_home_categories_and_grade() -> None:
    record = elder_record(
        "living_alone",
        born_on=date(1946, 4, 1),
        registered_area_code="120198",
        assessments=(elders.AssessmentRecord("GB/T 42195-2022", "severe", date(2025, 3, 1), date(2026, 3, 1)),),
    )
    with storage.transaction():
        put_places("120198001001")
        put_elders(record)

        february, march = (elders.get_facts(record.id, on=on) for on in (date(2026, 2, 28), ON))

    assert (march.age, march.registered_area_code, march.categories) == (79, "120198", {"living_alone"})
    assert (march.home.area_code, march.home.lon, march.home.lat) == ("120198001001", *HOME_LL)
    assert (february.grade, february.has_expired_grade) == (elders.Grade.SEVERE, False)
    assert (march.grade, march.has_expired_grade) == (None, True)


def test_facts_of_nobody_are_not_found() -> None:
    with pytest.raises(elders.ElderNotFoundError), storage.reading():
        elders.get_facts(uuid4(), on=ON)


def test_homes_of_an_area_are_those_of_the_day_in_one_query(db) -> None:
    moved = elder_record(
        residences=(
            elders.ResidenceRecord("main", "120198001001", "旧", SINCE, date(2026, 3, 12)),
            elders.ResidenceRecord("main", "120199001001", "新", date(2026, 3, 12)),
        )
    )
    statements = []
    with storage.transaction():
        put_places("120198001001", "120199001001")
        stayed, gone = put_elders(elder_record(), moved)
        db.flush()
        event.listen(db.connection(), "before_cursor_execute", lambda *args: statements.append(args[2]))

        before = elders.find_homes("120198", on=date(2026, 3, 11))
        after = elders.find_homes("120198", on=date(2026, 3, 12))
        asked = [each for each in statements if each.startswith("SELECT")]

    assert len(asked) == 2
    assert {home.elder_id: home.lon for home in before} == {stayed: HOME_LL[0], gone: None}
    assert [home.elder_id for home in after] == [stayed]


def test_prefix_of_one_area_does_not_reach_its_neighbor() -> None:
    with storage.transaction():
        put_places("120198001001", "120198001009", "120198002001", "120199001001")
        first, last, *_ = put_elders(
            *(elder_record(area=code) for code in ("120198001001", "120198001009", "120198002001", "120199001001"))
        )

        found = [home.elder_id for home in elders.find_homes("120198001", on=ON)]
        everybody = elders.find_homes("", on=ON)

    assert sorted(found) == sorted([first, last])
    assert len(everybody) == 4


@pytest.mark.feature("V1")
def test_sets_of_two_districts_live_together_and_drafts_do_not_count() -> None:
    with storage.transaction():
        put_places("12", "120117001001", "120116001001", "120101")
        put_set("empty_nest", "left_behind", area="12", key="city_visit")
        put_set("empty_nest", area="120117", key="ninghe_visit", valid_from=date(2022, 1, 1))
        put_set("no_family", "living_alone", area="120116", key="binhai_visit", status="draft")

        keys = [
            elders.find_category_set(code, purpose="visit", on=on).set_key
            for code, on in (
                ("120117001001", ON),
                ("120117001001", date(2021, 12, 31)),
                ("120116001001", ON),
                ("120101", ON),
            )
        ]

    # the draft of 120116 stays unused: the city's own set is in force there (domain, section 7)
    assert keys == ["ninghe_visit", "city_visit", "city_visit", "city_visit"]


def test_two_sets_at_once_for_one_area_are_refused() -> None:
    with storage.transaction():
        put_places("120198")
        put_set("empty_nest", valid_from=date(2026, 1, 1))

        with pytest.raises(elders.InvalidCategorySetError):
            put_set("living_alone", valid_from=date(2026, 2, 1))


def test_list_shows_who_is_in_scope_page_by_page() -> None:
    with storage.transaction():
        put_places("120198001001", "120199001001")
        inside = put_elders(*(elder_record() for _ in range(5)))
        put_elders(elder_record(area="120199001001"))

        first = elders.find_elders(officer(), on=ON, ties=elders.Ties(), limit=3)
        rest = elders.find_elders(officer(), on=ON, ties=elders.Ties(), limit=3, after=first[-1].elder_id)

    assert [card.elder_id for card in first + rest] == sorted(inside)
    assert {card.view for card in first} == {elders.View.FULL}


def test_list_is_masked_for_an_operator_and_found_by_the_first_character() -> None:
    operator = Actor(account_id=uuid4(), grants=(Grant(Role.OPERATOR, ScopeKind.AREA, "120198"),))
    with storage.transaction():
        put_places("120198001001")
        put_elders(elder_record(name="张三丰"), elder_record(name="李白"), elder_record(name="%"))

        found = elders.find_elders(operator, on=ON, ties=elders.Ties(), surname="张")
        wild = elders.find_elders(operator, on=ON, ties=elders.Ties(), surname="%")

    assert [card.name for card in found] == ["张**"]
    assert [card.name for card in wild] == ["%**"]


def test_elder_outside_the_scope_does_not_exist() -> None:
    with storage.transaction():
        put_places("120198001001")
        [elder_id] = put_elders(elder_record())

        with pytest.raises(elders.ElderNotFoundError):
            elders.get_elder(elder_id, actor=officer("120199"), on=ON, ties=elders.Ties())
        with pytest.raises(elders.ElderNotFoundError):
            elders.get_elder(uuid4(), actor=officer(), on=ON, ties=elders.Ties())


def test_errors_and_journal_hold_nothing_personal() -> None:
    record = elder_record("living_alone")
    with storage.transaction():
        put_places("120198001001")
        put_elders(record)

        facts = [entry.facts for entry in journal.find_entries(record.id)]

    assert "张三丰" not in str(facts)
    assert "测试路" not in str(facts)
    assert "living_alone" not in str(facts)
