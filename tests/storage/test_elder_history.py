"""Nothing dated is overwritten: a figure of a past month, as known at a time, is the same after corrections."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from dispatch import elders, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.elders import EventKind, Part
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import SINCE, elder_record, make_id_no, put_elders, put_places, put_set
from tests.factories.visits import put_caseload

AREA, OTHER, ELSEWHERE = "120198001001", "120198002001", "120199001001"
ON = date(2026, 4, 20)
BEFORE, LATER = datetime(2026, 4, 6, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
NOBODY = elders.Ties()
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def two():
    """Two elders of one set, in two subdistricts."""
    put_places(AREA, OTHER, ELSEWHERE)
    put_set("living_alone", "empty_nest")
    return put_elders(elder_record("living_alone", area=AREA), elder_record("living_alone", area=OTHER))


def due(known_at: datetime | None = None, area: str = "120198") -> int:
    return visits.compute_rate(area, month="2026-03", zone=ZONE, known_at=known_at).whole.due


def entries(elder_id, part, known_at=None):
    return elders.list_part(elder_id, part=part, actor=SYSTEM, on=ON, ties=NOBODY, known_at=known_at)


def correct(elder_id, part, record, *, at=LATER, version=None):
    [old] = entries(elder_id, part)
    asked = {"row_id": old.entry_id, "record": record, "version": version}
    return elders.correct_part(elder_id, part=part, **asked, actor=SYSTEM, at=at, on=ON, ties=NOBODY)


def add(elder_id, part, record, *, at=LATER):
    return elders.add_part(elder_id, part=part, record=record, actor=SYSTEM, at=at, on=ON, ties=NOBODY)


def befall(elder_id, kind, on, **more):
    record = elders.EventRecord(kind, on, **more)
    return elders.record_event(elder_id, record=record, actor=SYSTEM, at=LATER, on=ON, ties=NOBODY)


@pytest.mark.feature("I4")
@pytest.mark.feature("V1")
class TestAsKnown:
    def test_a_corrected_membership_leaves_the_rate_as_it_was_known(self, two):
        assert (due(), due(BEFORE)) == (2, 2)

        correct(two[0], Part.MEMBERSHIPS, elders.MembershipRecord("living_alone", SINCE, date(2026, 2, 1)))

        assert (due(), due(BEFORE), due(LATER)) == (1, 2, 1)

    def test_a_corrected_home_leaves_each_area_as_it_was_known(self, two):
        correct(two[0], Part.RESIDENCES, elders.ResidenceRecord("main", OTHER, "改正路1号", SINCE))

        assert (due(area=AREA), due(area=OTHER)) == (0, 2)
        assert (due(BEFORE, area=AREA), due(BEFORE, area=OTHER)) == (1, 1)
        assert due() == due(BEFORE) == 2  # the sum of the areas stays
        assert {home.area_code for home in elders.find_homes("120198", on=ON)} == {OTHER}
        assert {home.area_code for home in elders.find_homes("120198", on=ON, known_at=BEFORE)} == {AREA, OTHER}

    def test_a_changed_set_leaves_the_month_as_it_was_known(self, two):  # noqa: ARG002 - are counted
        record = elders.CategorySetRecord("test_visit", "120198", "visit", ("empty_nest",), SINCE, clause="test clause")

        elders.put_category_set(record, actor=SYSTEM, at=LATER)

        assert (due(), due(BEFORE)) == (0, 2)
        assert [each.members for each in elders.list_category_sets("120198", known_at=BEFORE)] == [
            {"living_alone", "empty_nest"}
        ]

    def test_todays_change_of_category_leaves_last_years_rate(self, two):
        correct(two[0], Part.MEMBERSHIPS, elders.MembershipRecord("living_alone", SINCE, ON))
        add(two[0], Part.MEMBERSHIPS, elders.MembershipRecord("empty_nest", ON))

        rate = visits.compute_rate("120198", month="2025-03", zone=ZONE)
        assert (rate.whole.due, set(rate.by_category)) == (2, {"living_alone"})

    def test_an_import_that_differs_supersedes_too(self, two):
        [old] = entries(two[0], Part.RESIDENCES)
        record = elder_record("living_alone", elder_id=two[0], area=OTHER)

        count = elders.register_elders([record], actor=SYSTEM, at=LATER)

        assert count == (0, 1, 0)
        [new] = entries(two[0], Part.RESIDENCES)
        [known] = entries(two[0], Part.RESIDENCES, BEFORE)
        assert (new.record.area_code, known.record.area_code) == (OTHER, AREA)
        assert (known.entry_id, known.superseded_at) == (old.entry_id, LATER)
        assert elders.get_elder(two[0], actor=SYSTEM, on=ON, ties=NOBODY).version == 2

    def test_a_record_reads_as_it_was_known(self, two):
        correct(two[0], Part.RESIDENCES, elders.ResidenceRecord("main", OTHER, "改正路1号", SINCE))

        now = elders.get_elder(two[0], actor=SYSTEM, on=ON, ties=NOBODY)
        then = elders.get_elder(two[0], actor=SYSTEM, on=ON, ties=NOBODY, known_at=BEFORE)

        assert (now.area_code, then.area_code) == (OTHER, AREA)

    def test_the_database_keeps_one_of_what_stands(self, two):
        copy = sa.text(
            "insert into membership (id, elder_id, category, basis, valid_from, recorded_at) "
            "select :id, elder_id, category, basis, valid_from, recorded_at from membership where elder_id = :elder"
        ).bindparams(sa.bindparam("id", type_=sa.Uuid()), sa.bindparam("elder", type_=sa.Uuid()))

        with pytest.raises(sa.exc.IntegrityError), storage.savepoint():
            storage.session().execute(copy, {"id": storage.new_id(), "elder": two[0]})


class TestParts:
    def test_what_overlaps_is_a_conflict_and_touching_is_not(self, two):
        add(two[0], Part.ABSENCES, elders.AbsenceRecord("hospital", date(2026, 3, 1), date(2026, 3, 5)))
        add(two[0], Part.ABSENCES, elders.AbsenceRecord("travel", date(2026, 3, 5), date(2026, 3, 9)))

        with pytest.raises(elders.PartOverlapError):
            add(two[0], Part.ABSENCES, elders.AbsenceRecord("family", date(2026, 3, 4)))

    def test_a_superseded_entry_cannot_be_corrected_again(self, two):
        [old] = entries(two[0], Part.MEMBERSHIPS)
        record = elders.MembershipRecord("living_alone", SINCE, ON)
        correct(two[0], Part.MEMBERSHIPS, record)

        with pytest.raises(elders.PartNotFoundError):
            elders.correct_part(
                two[0], part=Part.MEMBERSHIPS, row_id=old.entry_id, record=record, version=None, actor=SYSTEM,
                at=LATER, on=ON, ties=NOBODY,
            )  # fmt: skip

    def test_a_span_that_ends_before_it_begins_is_refused(self, two):
        with pytest.raises(elders.InvalidElderError):
            add(two[0], Part.NEEDS, elders.NeedRecord("meals", ON, ON))

    def test_a_phone_of_a_contact_is_sealed(self, two):
        record = elders.ContactRecord("李四", elders.Relation.CHILD, "13800002345", 1)

        card = elders.put_contact(two[0], record=record, actor=SYSTEM, at=LATER, on=ON, ties=NOBODY)

        kept = bytes(storage.session().scalars(sa.text("select phone_sealed from contact")).one())
        assert (card.phone, b"13800002345" in kept) == ("+8613800002345", False)
        assert "contact.phone" in {sealed.name for sealed in storage.find_sealed_columns()}
        version = elders.remove_contact(
            two[0], contact_id=card.contact_id, version=card.version, actor=SYSTEM, at=LATER, on=ON, ties=NOBODY
        )
        assert (elders.list_contacts(two[0], actor=SYSTEM, on=ON, ties=NOBODY), version) == ([], 3)


class TestEvents:
    def test_death_ends_home_and_categories_on_the_day(self, two):
        befall(two[0], EventKind.DIED, date(2026, 3, 15))

        assert due() == 2  # in the set until 14 March
        members = elders.find_members("120198", purpose="visit", from_on=date(2026, 3, 1), to_on=date(2026, 4, 1))
        assert {member.last_on for member in members if member.elder_id == two[0]} == {date(2026, 3, 14)}
        assert two[0] not in {home.elder_id for home in elders.find_homes("120198", on=ON)}
        assert [entry.kind for entry in journal.find_entries(two[0])][-1] == "elder.died"
        assert visits.compute_rate("120198", month="2026-04", zone=ZONE).whole.due == 1
        with pytest.raises(elders.EventRepeatedError):
            befall(two[0], EventKind.GRAVE_CHANGE, ON)

    def test_what_was_to_begin_after_death_does_not_begin(self, two):
        add(two[0], Part.NEEDS, elders.NeedRecord("meals", date(2026, 4, 1)))

        befall(two[0], EventKind.DIED, date(2026, 3, 15))

        assert entries(two[0], Part.NEEDS) == []
        assert len(entries(two[0], Part.MEMBERSHIPS, BEFORE)) == 1

    def test_who_leaves_for_another_city_is_at_home_nowhere(self, two):
        befall(two[0], EventKind.MOVED_OUT, date(2026, 3, 20), to_area_code="130200")

        assert [entry.record.valid_to for entry in entries(two[0], Part.MEMBERSHIPS)] == [date(2026, 3, 20)]
        assert visits.compute_rate("120198", month="2026-04", zone=ZONE).whole.due == 1

    @pytest.mark.feature("V11")
    def test_who_moves_to_a_community_of_ours_is_counted_there_from_then_on(self, two):
        put_set("living_alone", area="120199")

        befall(two[0], EventKind.MOVED_OUT, date(2026, 4, 1), to_area_code=ELSEWHERE)

        dues = {area: visits.compute_rate(area, month="2026-04", zone=ZONE).whole.due for area in ("120198", "120199")}
        assert dues == {"120198": 1, "120199": 1}
        assert (due(), due(area="120199")) == (2, 0)

    def test_who_is_admitted_keeps_the_home_and_leaves_the_set(self, two):
        befall(two[0], EventKind.ADMITTED, date(2026, 3, 6))

        assert two[0] in {home.elder_id for home in elders.find_homes("120198", on=ON)}
        assert visits.compute_rate("120198", month="2026-04", zone=ZONE).whole.due == 1

    def test_tomorrow_cannot_be_recorded(self, two):
        with pytest.raises(elders.InvalidElderError):
            befall(two[0], EventKind.DIED, date(2026, 4, 21))


@pytest.mark.feature("B3")
class TestAssessments:
    def assess(self, elder_id, **more):
        scores = dict(elders.ASSESSMENT_ITEMS) | more.pop("scores", {})
        record = elders.NewAssessment(scores, "评估员甲", more.pop("on", date(2025, 5, 1)), **more)
        return elders.add_assessment(elder_id, record=record, actor=SYSTEM, at=LATER, on=ON, ties=NOBODY)

    def test_total_grade_and_validity_follow_from_the_scores(self, two):
        card = self.assess(two[0], scores={"eating": 3})

        assert (card.total, card.grade, card.valid_to) == (89, elders.Grade.MILD, date(2026, 5, 1))
        assert elders.require_grade(two[0], on=date(2026, 4, 30)) is elders.Grade.MILD

    def test_a_grade_past_its_validity_supports_nothing(self, two):
        self.assess(two[0])

        with pytest.raises(elders.AssessmentExpiredError):
            elders.require_grade(two[0], on=date(2026, 5, 1))
        with pytest.raises(elders.AssessmentMissingError):
            elders.require_grade(two[1], on=ON)
        facts = elders.get_facts(two[0], on=date(2026, 5, 1))
        assert (facts.grade, facts.has_expired_grade) == (None, True)  # what matching decides on

    def test_a_score_that_cannot_be_is_named(self, two):
        with pytest.raises(elders.InvalidElderError) as fault:
            self.assess(two[0], scores={"stairs": 4})

        assert list(fault.value.fields) == ["item_scores.stairs"]


def test_only_what_is_named_changes_and_null_empties(two):
    number = make_id_no()

    def change(version: int, **facts) -> None:
        wish = elders.ElderChange(facts)
        elders.change_elder(two[0], change=wish, version=version, actor=SYSTEM, at=LATER, on=ON, ties=NOBODY)

    change(1, id_no=number, phone="13800002345")
    full = elders.get_elder(two[0], actor=SYSTEM, on=ON, ties=NOBODY)
    change(full.version, phone=None)

    card = elders.get_elder(two[0], actor=SYSTEM, on=ON, ties=NOBODY)
    assert (full.phone, card.phone, card.name) == ("+8613800002345", None, "张三丰")
    assert elders.find_by_id_no([number]) == {number: two[0]}
    with pytest.raises(storage.StaleVersionError):
        change(full.version, name="李")


def test_a_caseload_that_was_corrected_reads_as_it_was_known(two):
    first, second = put_carers(carer_record(), carer_record())
    put_caseload(first, two[0])
    record = visits.CaseloadRecord(elder_id=two[0], carer_id=second, valid_from=SINCE)

    visits.put_caseloads([record], actor=SYSTEM, at=LATER)

    now = visits.compute_rate("120198", month="2026-03", zone=ZONE).by_carer
    then = visits.compute_rate("120198", month="2026-03", zone=ZONE, known_at=BEFORE).by_carer
    assert (second in now, first in now) == (True, False)
    assert (second in then, first in then) == (False, True)
