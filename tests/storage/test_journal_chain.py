"""The chain over journal and access log: whatever is changed, taken away, put in or moved is found, and where."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from dispatch import journal, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.journal import Damage
from dispatch.storage import Base
from tests.factories.journal import KEYS, change_byte, delete_row, put_guards_up, take_guards_down

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
LINES = 200
TAMPERINGS = 1000


def _write(count: int, *, seed: int = 7) -> None:
    """Add lines of both kinds, several to a transaction, with everything in them that a line may hold."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    written = 0
    while written < count:
        with storage.transaction():
            for _ in range(min(chance.randint(1, 4), count - written)):
                written += 1
                actor = chance.choice([SYSTEM, *_actors(chance)])
                if chance.random() < 0.5:
                    journal.append(
                        chance.choice(["visit.finished", "care_request.submitted"]),
                        actor=actor,
                        at=NOW + timedelta(microseconds=chance.getrandbits(40)),
                        subject_id=UUID(int=chance.getrandbits(128)),
                        reason=chance.choice([None, "提前结束"]),
                        minutes=chance.randint(0, 99),
                        share=chance.random(),
                        small=1e-9,
                        codes=["A", "B"],
                        nothing=None,
                        note="暂停",
                    )
                else:
                    journal.log_access(
                        [UUID(int=chance.getrandbits(128))],
                        actor=actor,
                        at=NOW + timedelta(microseconds=chance.getrandbits(40)),
                        purpose=journal.AccessPurpose.CARE,
                        route="GET /v1/elders/<id>",
                    )


def _actors(chance: random.Random) -> list[Actor]:
    """Somebody of an organization, and somebody of an office."""
    one, other, organization_id = (UUID(int=chance.getrandbits(128)) for _ in range(3))
    return [
        Actor(one, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(organization_id)),)),
        Actor(other, (Grant(Role.COMMUNITY_WORKER, ScopeKind.AREA, "120198001"),)),
    ]


def _verify(**kwargs) -> journal.Verification:
    with storage.reading():
        return journal.verify_chain(**kwargs)


@pytest.fixture
def attacker(db):
    """Whoever owns the database: its guards are down, and all is undone after the test."""
    _write(LINES)
    with storage.transaction() as session:
        take_guards_down(session)
    yield db
    put_guards_up(db)


def _links(session) -> list[tuple[int, str, int]]:
    return [
        tuple(row)
        for row in session.execute(
            sa.text("SELECT index_no, table_name, line_no FROM chain_link WHERE lane_no = 0 ORDER BY index_no")
        )
    ]


@pytest.mark.feature("X5")
def test_a_thousand_changes_of_one_byte_are_found_each_at_its_place(attacker):
    chance = random.Random(11)  # noqa: S311 - repeatable
    links = _links(attacker)
    assert len(links) == LINES
    seen: set[tuple[str, str]] = set()
    missed = []

    for _ in range(TAMPERINGS):
        index_no, table, line_no = chance.choice(links)
        undo = attacker.connection().begin_nested()
        column = change_byte(attacker, chance=chance, table=table, where=f"{KEYS[table]} = {line_no}")
        with attacker.no_autoflush:
            found = journal.verify_chain()
        undo.rollback()
        seen.add((table, column))
        (first,) = found.breaks or (None,)
        if first != journal.Break(Damage.LINE_CHANGED, 0, index_no, table, line_no):
            missed.append((index_no, table, column, first))

    assert missed == []
    assert seen == {
        (table, column.name)
        for table, key in KEYS.items()
        for column in Base.metadata.tables[table].columns
        if column.name != key
    }
    assert journal.verify_chain().is_whole  # and nothing is found where nothing was changed


@pytest.mark.feature("X5")
def test_a_changed_link_is_found_at_its_place(attacker):
    chance = random.Random(12)  # noqa: S311 - repeatable

    for _ in range(100):
        index_no = chance.randrange(LINES)
        undo = attacker.connection().begin_nested()
        change_byte(attacker, chance=chance, table="chain_link", where=f"lane_no = 0 AND index_no = {index_no}")
        found = journal.verify_chain()
        undo.rollback()

        assert found.breaks
        assert found.breaks[0].index_no == index_no


@pytest.mark.feature("X5")
@pytest.mark.parametrize("table", ["journal_entry", "access_log"])
def test_a_line_taken_away_is_found(attacker, table):
    index_no, _, line_no = next(link for link in _links(attacker)[50:] if link[1] == table)

    delete_row(attacker, table, **{KEYS[table]: line_no})

    assert journal.verify_chain().breaks == (journal.Break(Damage.LINE_MISSING, 0, index_no, table, line_no),)


@pytest.mark.feature("X5")
def test_a_line_taken_away_with_its_link_is_found(attacker):
    index_no, table, line_no = _links(attacker)[77]

    delete_row(attacker, table, **{KEYS[table]: line_no})
    delete_row(attacker, "chain_link", index_no=index_no)

    (found,) = journal.verify_chain().breaks
    assert (found.damage, found.index_no) == (Damage.LINK_MISSING, 77)


@pytest.mark.feature("X5")
def test_a_line_put_in_is_found(attacker):
    attacker.execute(
        sa.text(
            "INSERT INTO access_log (at, elder_id, purpose, route) SELECT at, elder_id, purpose, route "
            "FROM access_log LIMIT 1"
        )
    )
    number = attacker.scalar(sa.text("SELECT max(line_no) FROM access_log"))

    assert journal.verify_chain().breaks == (journal.Break(Damage.LINE_WITHOUT_LINK, None, None, "access_log", number),)


@pytest.mark.feature("X5")
def test_two_lines_that_changed_places_are_found(attacker):
    first, second = [link for link in _links(attacker) if link[1] == "journal_entry"][10:12]
    for number, other in ((first[2], -1), (second[2], first[2]), (-1, second[2])):
        attacker.execute(
            sa.text("UPDATE journal_entry SET seq = :other WHERE seq = :seq"), {"seq": number, "other": other}
        )

    (found,) = journal.verify_chain().breaks

    assert (found.damage, found.index_no) == (Damage.LINE_CHANGED, first[0])


@pytest.mark.feature("X5")
def test_a_tail_cut_off_is_found_by_an_anchor_and_by_nothing_else(attacker):
    anchor = journal.make_anchor(at=NOW)
    for index_no, table, line_no in _links(attacker)[150:]:
        delete_row(attacker, table, **{KEYS[table]: line_no})
        delete_row(attacker, "chain_link", index_no=index_no)

    assert journal.verify_chain().is_whole
    assert journal.verify_chain([anchor]).breaks == (journal.Break(Damage.LINK_MISSING, 0, 150, None, None),)


@pytest.mark.feature("X5")
def test_a_chain_written_anew_is_found_by_an_anchor(attacker):
    anchor = journal.make_anchor(at=NOW)
    index_no, table, line_no = _links(attacker)[20]
    delete_row(attacker, table, **{KEYS[table]: line_no})
    attacker.execute(sa.text("DELETE FROM chain_link"))
    journal.chain_older_lines()
    _write(10, seed=8)

    assert journal.verify_chain().is_whole
    (found,) = journal.verify_chain([anchor]).breaks
    assert (found.damage, found.index_no) == (Damage.ANCHOR_DIFFERS, LINES - 1)
    assert index_no == 20


def test_a_chain_begins_with_what_was_there_before_it(attacker):
    attacker.execute(sa.text("DELETE FROM chain_link"))

    assert not journal.verify_chain().is_whole
    assert journal.chain_older_lines() == LINES
    assert journal.chain_older_lines() == 0
    assert journal.verify_chain().is_whole


def test_lines_that_a_savepoint_took_back_are_not_in_the_chain(db):  # noqa: ARG001 - the database
    def fail() -> None:
        with storage.savepoint():
            journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id="undone")
            storage.session().flush()
            raise ValueError("not this one")

    with storage.transaction():
        journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id="kept")
        with pytest.raises(ValueError, match="not this one"):
            fail()
        journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id="kept too")

    found = _verify()
    assert (found.is_whole, found.entries, found.links) == (True, 2, 2)


def test_lines_of_a_failed_operation_are_not_chained_with_the_next(db):  # noqa: ARG001 - the database
    def fail() -> None:
        with storage.transaction() as session:
            journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id="undone")
            session.flush()
            raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        fail()
    _write(3)

    assert (_verify().is_whole, _verify().links) == (True, 3)


@pytest.mark.feature("X5")
@pytest.mark.parametrize("table", ["journal_entry", "access_log", "chain_link"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_itself_refuses_changes(db, table, change):
    if "TRUNCATE" in change and db.get_bind().dialect.name == "sqlite":
        change = "DELETE FROM {}"  # SQLite has no other way
    _write(8)
    column = KEYS.get(table, "index_no")

    with pytest.raises(sa.exc.DBAPIError, match="only added to"), storage.savepoint():
        db.execute(sa.text(change.format(table, column, column)))


@pytest.mark.feature("X5")
def test_many_writers_leave_one_whole_chain(real_app):
    writers, each = 8, 20
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            with real_app.app_context():
                for number in range(each):
                    with storage.transaction():
                        journal.append("x.happened", actor=SYSTEM, at=NOW, subject_id=f"{writer}-{number}")
                        journal.log_access(
                            [uuid4()], actor=SYSTEM, at=NOW, purpose=journal.AccessPurpose.CARE, route="GET /x"
                        )
        except BaseException as failure:  # noqa: BLE001 - shown by the assertion
            failures.append(failure)

    crowd = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for one in crowd:
        one.start()
    with real_app.app_context():
        while any(one.is_alive() for one in crowd):  # a reader meanwhile never sees half of a chain
            assert _verify().is_whole
        for one in crowd:
            one.join()
        found = _verify()

    assert failures == []
    assert (found.is_whole, found.entries, found.access_lines) == (True, writers * each, writers * each)
    if "postgresql" in real_app.config["SQLALCHEMY_DATABASE_URI"]:
        assert len(found.heads) > 1  # they did not wait for each other


class TestAnchorFile:
    def test_what_was_kept_is_read_again(self, db, tmp_path):  # noqa: ARG002 - the database
        _write(5)
        path = tmp_path / "audit" / "anchors.jsonl"
        with storage.reading():
            anchor = journal.make_anchor(at=NOW)

        line = journal.keep_anchor(anchor, path=path)
        journal.keep_anchor(anchor, path=path)

        assert journal.read_anchors(path) == [anchor, anchor]
        assert _verify(anchors=[anchor]).root_hash in line

    def test_no_file_holds_no_anchor(self, tmp_path):
        assert journal.read_anchors(tmp_path / "anchors.jsonl") == []

    @pytest.mark.parametrize("spoil", [lambda line: line.replace('"heads"', '"hands"'), lambda _: "[]", lambda _: "x"])
    def test_a_spoiled_line_is_named(self, db, tmp_path, spoil):  # noqa: ARG002 - the database
        _write(2)
        path = tmp_path / "anchors.jsonl"
        line = journal.keep_anchor(journal.make_anchor(at=NOW), path=path)
        path.write_text(f"{line}\n{spoil(line)}\n", encoding="utf-8")

        with pytest.raises(journal.AnchorFileError, match="2"):
            journal.read_anchors(path)
