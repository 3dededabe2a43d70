"""Two records of one person become one: what comes over, what is counted, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dispatch import accounts, assignment, elders, intake, journal, privacy, storage, visits
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.elders import MergeObstacle, Part
from dispatch.elders.models import Elder
from tests.factories.accounts import make_account
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, make_id_no, put_elders, put_places, put_set
from tests.factories.intake import submit, wish
from tests.factories.visits import ZONE, local, log_entry, new_visit, put_caseload, record_logs

AREA = "120198001001"
NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
ON, FIRST = date(2026, 3, 20), date(2026, 3, 1)
OFFICER = Actor(storage.new_id(), (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))
SON = elders.ContactRecord("张小明", elders.Relation.CHILD, "13900002345", 1)
GRADE = elders.AssessmentRecord("GB/T 42195-2022", "severe", date(2025, 1, 1), date(2028, 1, 1))
FULL = {
    "id_no": make_id_no(),
    "phone": "13800002345",
    "registered_area_code": AREA,
    "assessments": (GRADE,),
}
NEED = elders.NeedRecord("meals", date(2025, 1, 1), per_month=20)
HIGH = elders.RiskRecord("high", "跌倒", date(2025, 1, 1))
pytestmark = pytest.mark.usefixtures("db")


def merge(loser, winner, *, actor=OFFICER, version=None):
    return privacy.merge_elder(loser, into_id=winner, version=version, actor=actor, at=NOW, on=ON)


def rate(month="2026-03", known_at=None):
    return visits.compute_rate("120198", month=month, zone=ZONE, known_at=known_at)


def add(elder_id, *records):
    terms = {"actor": SYSTEM, "at": NOW, "on": ON, "ties": elders.Ties()}
    parts = {elders.NeedRecord: Part.NEEDS, elders.RiskRecord: Part.RISK_LEVELS}
    for record in records:
        if isinstance(record, elders.ContactRecord):
            elders.put_contact(elder_id, record=record, **terms)
        else:
            elders.add_part(elder_id, part=parts[type(record)], record=record, **terms)


def part_of(elder_id, part):
    found = elders.list_part(elder_id, part=part, actor=OFFICER, on=ON, ties=elders.Ties())
    return [(row.record, row.record.valid_from, row.record.valid_to) for row in found]


@pytest.fixture
def pair(db):  # noqa: ARG001 - opens the database
    """Give two records of one person: one that was made in a hurry, and one with everything on it."""
    with storage.transaction():
        put_places(AREA)
        put_set("living_alone", "no_family")
        found = put_elders(elder_record("living_alone", **FULL), elder_record("no_family", name="张三风"))
        add(found[0], NEED, HIGH, SON)
        return found


@pytest.mark.feature("D8")
def test_what_the_record_that_stays_lacks_comes_over(pair):
    loser, winner = pair
    with storage.transaction():
        taken = merge(loser, winner)

    expected = {
        "id_no": 1,
        "phone": 1,
        "memberships": 1,
        "needs": 1,
        "risk_levels": 1,
        "contacts": 1,
        "assessments": 1,
    }
    assert taken == expected
    with storage.reading():
        card = elders.get_elder(winner, actor=OFFICER, on=ON, ties=elders.Ties())
        held = {record.category: (start, end) for record, start, end in part_of(winner, Part.MEMBERSHIPS)}
        facts = elders.get_facts(winner, on=ON)
        [called] = elders.list_contacts(winner, actor=OFFICER, on=ON, ties=elders.Ties())
        found = elders.find_by_id_no([FULL["id_no"]])
    assert (card.name, card.phone) == ("张三风", "+8613800002345")
    assert held == {"living_alone": (FIRST, None), "no_family": (date(2020, 1, 1), None)}
    assert (facts.grade, facts.registered_area_code) == (elders.Grade.SEVERE, AREA)
    assert (called.name, called.phone) == ("张小明", "+8613900002345")
    assert list(found.values()) == [winner]


@pytest.mark.usefixtures("pair")
def test_what_it_says_itself_stays():
    with storage.transaction():
        one, other = put_elders(
            elder_record("living_alone", phone="13800001111"), elder_record("living_alone", phone="13800002222")
        )
        add(one, HIGH, SON)
        add(other, elders.RiskRecord("general", "走访", date(2026, 1, 1)), SON)
        taken = merge(one, other)

    assert taken == {}
    with storage.reading():
        assert elders.get_elder(other, actor=OFFICER, on=ON, ties=elders.Ties()).phone == "+8613800002222"
        assert [record.level for record, _, _ in part_of(other, Part.RISK_LEVELS)] == ["general"]
        assert len(elders.list_contacts(other, actor=OFFICER, on=ON, ties=elders.Ties())) == 1


@pytest.mark.feature("D8")
def test_both_histories_stay_readable_and_the_old_one_ends_with_the_month_before(pair):
    loser, winner = pair
    with storage.transaction():
        merge(loser, winner)

    with storage.reading():
        assert [(start, end) for _, start, end in part_of(loser, Part.RESIDENCES)] == [(date(2020, 1, 1), FIRST)]
        assert [(start, end) for _, start, end in part_of(loser, Part.MEMBERSHIPS)] == [(date(2020, 1, 1), FIRST)]
        listed = elders.find_elders(OFFICER, on=ON, ties=elders.Ties())
        entry = journal.find_entries(loser)[-1]
    assert [card.elder_id for card in listed] == [winner]
    assert (entry.kind, entry.facts["into_id"]) == ("elder.merged", str(winner))


@pytest.mark.feature("V2")
def test_the_person_is_due_once_and_every_visit_counts_whichever_id_it_was_logged_under(pair):
    loser, winner = pair
    with storage.transaction():
        [worker] = put_carers(carer_record())
        record_logs(log_entry(loser, carer_id=worker, started_at=local("2026-02-10 09:00")))
        record_logs(log_entry(loser, carer_id=worker, started_at=local("2026-03-05 09:00")))
    with storage.reading():
        before = rate(), rate("2026-02")
    with storage.transaction():
        merge(loser, winner)
    with storage.reading():
        after, february = rate(), rate("2026-02")
        as_known, known_february = (rate(month, known_at=NOW - timedelta(hours=1)) for month in ("2026-03", "2026-02"))

    assert [(each.whole.due, each.whole.visited) for each in before] == [(2, 1), (2, 1)]
    assert (after.whole.due, after.whole.visited, after.standings[0].elder_id) == (1, 1, winner)
    assert [february, as_known, known_february] == [before[1], *before]


def test_a_phone_that_was_offline_still_logs_under_the_old_id(pair):
    loser, winner = pair
    with storage.transaction():
        [worker] = put_carers(carer_record())
        put_caseload(worker, loser)
        planned = visits.plan_visits(
            [new_visit(loser, start_at=local("2026-03-18 09:00"), carer_id=worker)], actor=SYSTEM, at=NOW
        )[0]
        entry = log_entry(loser, carer_id=worker, started_at=local("2026-03-18 09:00"), visit_id=planned.visit_id)
        merge(loser, winner)
        first, again = (record_logs(entry, received_at=NOW)[0] for _ in range(2))

    assert (first.status, first.log.elder_id) == (visits.LogStatus.CREATED, loser)
    assert again.status is visits.LogStatus.REPEATED
    assert visits.get_visit(planned.visit_id).status is visits.VisitStatus.FINISHED
    with storage.reading():
        assert (rate().whole.due, rate().whole.visited) == (1, 1)
        assert [log.log_id for log in visits.find_logs(zone=ZONE, elder_id=winner)] == [entry.log_id]


def test_worker_family_and_wishes_come_over_and_codes_end(pair, app):
    loser, winner = pair
    family = make_account(app, role=Role.FAMILY, elder_ids=[loser])
    with storage.transaction():
        [worker, carer] = put_carers(carer_record(), carer_record())
        put_caseload(worker, loser)
        refused = assignment.PreferenceRecord(loser, carer, assignment.PreferenceKind.REFUSED, date(2026, 1, 1))
        assignment.put_preferences([refused], actor=SYSTEM, at=NOW)
        code = accounts.issue_link_code(loser, role=Role.FAMILY, actor=OFFICER, at=NOW)
        taken = merge(loser, winner)

    assert {part: taken[part] for part in ("caseload", "preferences", "accounts")} == {
        "caseload": 1,
        "preferences": 1,
        "accounts": 1,
    }
    with storage.reading():
        assert visits.find_caseload(worker, on=ON) == {winner}
        assert accounts.find_actor(family, on=ON).elder_ids() == {winner}
    with pytest.raises(accounts.CodeRefusedError), storage.transaction():
        accounts.redeem_link_code(code.code, account_id=family, address=None, at=NOW, on=ON)


def test_requests_for_the_old_id_are_for_the_one_that_stays(pair):
    loser, winner = pair
    with storage.transaction():
        merge(loser, winner)
        assert submit(wish(loser)).elder_id == winner


def test_what_was_merged_before_is_one_hop_away(pair):
    first, second = pair
    with storage.transaction():
        [third] = put_elders(elder_record())
        merge(first, second)
        merge(second, third)

    with storage.reading():
        assert elders.find_merged([first, second, third]) == {first: third, second: third}


@pytest.mark.parametrize(
    ("prepare", "obstacle"),
    [
        (lambda one, _: (one, one), MergeObstacle.SAME),
        (lambda one, other: merge(one, other) and (one, other), MergeObstacle.MERGED),
        (lambda one, other: _befall(one, "died") or (one, other), MergeObstacle.DIED),
        (lambda one, other: _befall(other, "moved_out") or (one, other), MergeObstacle.NO_HOME),
        (lambda one, _: (one, _person(id_no=make_id_no(number=2))), MergeObstacle.OTHER_ID_NO),
        (lambda one, _: (one, _person(born_on=date(1950, 1, 1))), MergeObstacle.OTHER_ID_NO),
        (lambda one, other: submit(wish(one)) and (one, other), MergeObstacle.OPEN_REQUESTS),
        (lambda one, other: _plan(one) and (one, other), MergeObstacle.PLANNED_VISITS),
    ],
    ids=lambda each: each.value if isinstance(each, MergeObstacle) else "",
)
def test_what_stands_in_the_way_is_named_and_nothing_changes(pair, prepare, obstacle):
    with storage.transaction():
        loser, winner = prepare(*pair)
    entries = len(journal.find_entries(loser))

    with pytest.raises(elders.ElderMergeImpossibleError) as told, storage.transaction():
        merge(loser, winner)

    assert told.value.facts["obstacles"] == [obstacle.value]
    assert len(journal.find_entries(loser)) == entries


def _befall(elder_id, kind):
    record = elders.EventRecord(kind, date(2026, 3, 10), "外地" if kind == "moved_out" else None)
    elders.record_event(elder_id, record=record, actor=SYSTEM, at=NOW, on=ON, ties=elders.Ties())


def _person(**fields):
    return put_elders(elder_record(**fields))[0]


def _plan(elder_id):
    return visits.plan_visits([new_visit(elder_id, start_at=NOW + timedelta(days=2))], actor=SYSTEM, at=NOW)


def test_an_officer_of_one_of_two_areas_merges_nothing_and_an_old_version_is_told(pair):
    loser, winner = pair
    with storage.transaction():
        put_places("120197001001")
        [elsewhere] = put_elders(elder_record(area="120197001001"))

    for one, other in ((elsewhere, winner), (loser, elsewhere)):
        with pytest.raises(elders.ElderNotFoundError), storage.transaction():
            merge(one, other)
    with pytest.raises(storage.StaleVersionError), storage.transaction():
        merge(loser, winner, version=99)


def test_copy_and_erasure_take_both_records(pair):
    loser, winner = pair
    with storage.transaction():
        merge(loser, winner)
        copied = privacy.give_copy(winner, at=NOW)
        assert {row["id"] for row in copied.tables["elder"]} == {loser, winner}
        _befall(winner, "died")
    with storage.transaction():
        privacy.erase_elder(
            winner, basis=privacy.ErasureBasis.OWN_REQUEST, actor=OFFICER, at=NOW, on=ON + timedelta(days=1)
        )

    with storage.reading() as session:
        assert {row.name for row in session.scalars(sa.select(Elder))} == {""}
        assert intake.count_open(winner) == 0


def test_nothing_more_is_written_into_the_record_that_went(pair):
    loser, winner = pair
    with storage.transaction():
        merge(loser, winner)

    terms = {"actor": OFFICER, "on": ON, "ties": elders.Ties()}
    for write in (
        lambda: elders.add_part(loser, part=Part.NEEDS, record=NEED, at=NOW, **terms),
        lambda: elders.put_contact(loser, record=SON, at=NOW, **terms),
        lambda: elders.get_in_care(loser, **terms),  # what codes for relatives ask
        lambda: privacy.erase_elder(loser, basis=privacy.ErasureBasis.OWN_REQUEST, actor=OFFICER, at=NOW, on=ON),
    ):
        with pytest.raises(elders.ElderMergedError) as told, storage.transaction():
            write()
        assert told.value.facts == {"into_id": winner}
    assert elders.find_departed(before=date(2030, 1, 1), limit=9) == []


@pytest.mark.parametrize(
    ("own", "theirs", "expected"),
    [
        ((date(2025, 1, 1), date(2026, 3, 5)), (date(2025, 6, 1), None), [(date(2026, 3, 5), None)]),
        ((date(2026, 5, 1), None), (date(2025, 6, 1), None), [(FIRST, date(2026, 5, 1))]),
        ((date(2025, 1, 1), None), (date(2025, 6, 1), None), []),
        ((date(2026, 4, 1), date(2026, 5, 1)), (FIRST, None), [(FIRST, date(2026, 4, 1)), (date(2026, 5, 1), None)]),
    ],
)
def test_days_on_which_the_one_that_stays_says_nothing_are_the_others(pair, own, theirs, expected):
    with storage.transaction():
        one, other = put_elders(elder_record(), elder_record())
        for elder_id, state, (start, end) in ((other, "granted", own), (one, "refused", theirs)):
            record = elders.ConsentRecord("visits", state, "worker", start, valid_to=end)
            elders.add_part(
                elder_id, part=Part.CONSENTS, record=record, actor=SYSTEM, at=NOW, on=ON, ties=elders.Ties()
            )
        merge(one, other)

    with storage.reading():
        found = part_of(other, Part.CONSENTS)
    assert pair
    assert [(start, end) for record, start, end in found if record.state == "refused"] == expected


@pytest.mark.feature("V2")
def test_a_second_merge_leaves_the_months_before_it_as_they_were(pair):
    first, second = pair
    with storage.transaction():
        [worker] = put_carers(carer_record())
        [third] = put_elders(elder_record())
        record_logs(log_entry(first, carer_id=worker, started_at=local("2026-03-05 09:00")))
        merge(first, second)
    with storage.reading():
        before = rate()
    with storage.transaction():
        later = {"actor": OFFICER, "at": NOW + timedelta(days=60), "on": ON + timedelta(days=60), "version": None}
        privacy.merge_elder(second, into_id=third, **later)
    with storage.reading():
        after, known, may = rate(), rate(known_at=NOW + timedelta(days=1)), rate("2026-05")

    assert (before.whole.due, before.whole.visited) == (1, 1)
    assert [each.standings for each in (after, known)] == [before.standings] * 2
    assert [each.elder_id for each in may.standings] == [third]


@pytest.mark.feature("V2")
def test_a_late_log_of_a_month_before_counts_where_the_old_record_was_due(pair):
    loser, winner = pair
    with storage.transaction():
        [worker] = put_carers(carer_record())
        merge(loser, winner)
        record_logs(log_entry(loser, carer_id=worker, started_at=local("2026-02-26 09:00")), received_at=NOW)

    with storage.reading():
        visited = {each.elder_id: each.is_visited for each in rate("2026-02").standings}
    assert visited == {loser: True, winner: False}


def test_a_worker_of_the_old_home_still_logs_and_repeats(pair, app):
    loser, _ = pair
    account_id = make_account(app, role=Role.COMMUNITY_WORKER, area=AREA)
    with storage.transaction():
        put_places("120198002001")
        [elsewhere] = put_elders(elder_record("living_alone", area="120198002001"))
        [carer_id] = put_carers(carer_record(account_id=account_id))
        worker = accounts.find_actor(account_id, on=ON)
        entry = log_entry(loser, carer_id=carer_id, started_at=local("2026-03-18 09:00"))
        merge(loser, elsewhere)
        first, again = (record_logs(entry, actor=worker, received_at=NOW)[0] for _ in range(2))
        by_new_id = log_entry(elsewhere, carer_id=carer_id, started_at=local("2026-03-19 09:00"))
        [elsewhere_log] = record_logs(by_new_id, actor=worker, received_at=NOW)

    assert (first.status, again.status) == (visits.LogStatus.CREATED, visits.LogStatus.REPEATED)
    assert elsewhere_log.status is visits.LogStatus.REFUSED  # who lives there now is another community's


def test_who_reads_the_one_that_stays_reads_the_old_one_and_nobody_else(pair):
    loser, winner = pair
    family = Actor(storage.new_id(), (Grant(Role.FAMILY, ScopeKind.ELDER, str(winner)),))
    operator = Actor(storage.new_id(), (Grant(Role.OPERATOR, ScopeKind.AREA, "120198"),))
    with storage.transaction():
        merge(loser, winner)

    with storage.reading():
        for reader in (OFFICER, family):
            assert elders.get_elder(loser, actor=reader, on=ON, ties=elders.Ties()).view is elders.View.FULL
        assert elders.get_elder(winner, actor=operator, on=ON, ties=elders.Ties()).view is elders.View.MASKED
        with pytest.raises(elders.ElderNotFoundError):
            elders.get_elder(loser, actor=operator, on=ON, ties=elders.Ties())
