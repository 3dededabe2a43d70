"""`dispatch keys`: sealed fields come under a new key while others read and write."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dispatch import elders, storage
from dispatch.actor import SYSTEM
from dispatch.cli import keys
from dispatch.storage import KeyRing
from tests.factories.elders import AT, elder_record, make_id_no, put_elders, put_places

ELDERS = 60
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def ring(real_app):
    """Elders sealed with key 1, and a ring in which key 2 is the newest."""
    with real_app.app_context():
        index_key = storage.key_ring().index_key
        storage.install_keys(KeyRing({1: OLD}, index_key))
        with storage.transaction():
            put_places("120198001001")
            records = [
                elder_record(id_no=make_id_no(number=number), phone=f"138{number:08d}") for number in range(ELDERS)
            ]
            put_elders(*records)
        storage.install_keys(KeyRing({1: OLD, 2: NEW}, index_key))
        yield records
        storage.install_keys(KeyRing({1: OLD, 2: NEW}, index_key))


@pytest.fixture
def run(real_app):
    def run_command(*words: str):
        return CliRunner().invoke(keys.keys_commands, list(words), obj=lambda **_: real_app)

    return run_command


def _counts() -> dict[str, dict[int, int]]:
    with storage.reading():
        return {
            sealed.name: storage.count_by_key(sealed)
            for sealed in storage.find_sealed_columns()
            if sealed.name.startswith("elder.")
        }


def test_all_rows_come_under_the_newest_key_and_the_old_one_can_go(run, ring, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 7)
    before = run("status").output
    assert _counts() == {"elder.id_no": {1: ELDERS}, "elder.phone": {1: ELDERS}}

    result = run("rotate")

    assert result.exit_code == 0
    assert f"elder.id_no: {ELDERS} sealed again, 0 cannot be opened" in result.output
    assert "newest key: 2" in before
    assert f"elder.phone\tkey 1: {ELDERS}" in before
    assert _counts() == {"elder.id_no": {2: ELDERS}, "elder.phone": {2: ELDERS}}
    storage.install_keys(KeyRing({2: NEW}, storage.key_ring().index_key))
    with storage.reading():
        cards = elders.find_elders(SYSTEM, on=AT.date(), ties=elders.Ties(), limit=ELDERS)
        found = elders.find_by_id_no([ring[3].id_no])
    assert {card.phone for card in cards} == {f"+86138{number:08d}" for number in range(ELDERS)}
    assert {card.version for card in cards} == {1}  # a new key is no change of the record
    assert found == {ring[3].id_no: ring[3].id}
    assert "elder.id_no: 0 sealed again" in run("rotate").output


@pytest.mark.usefixtures("ring")
def test_what_was_broken_off_is_taken_up_again(run, monkeypatch):
    sealed = next(one for one in storage.find_sealed_columns() if one.name == "elder.id_no")
    with storage.transaction():
        batch = storage.reseal_batch(sealed, after=None, limit=20)
    assert (batch.resealed, _counts()["elder.id_no"]) == (20, {1: ELDERS - 20, 2: 20})

    monkeypatch.setattr(keys, "BATCH", 7)
    result = run("rotate")

    assert f"elder.id_no: {ELDERS - 20} sealed again" in result.output
    assert _counts()["elder.id_no"] == {2: ELDERS}


def test_a_field_that_cannot_be_opened_stays_and_is_told(run, ring):
    lost = sa.text("update elder set phone_sealed = :wrong where id_no_index = :index")
    index = storage.blind_index(ring[0].id_no, purpose="elder.id_no")
    with storage.transaction() as session:
        session.execute(lost, {"wrong": b"\x01\x01" + b"x" * 40, "index": index})

    result = run("rotate")

    assert result.exit_code == 1
    assert f"elder.phone: {ELDERS - 1} sealed again, 1 cannot be opened" in result.output
    assert "1 fields cannot be opened" in result.output


def test_nobody_fails_to_read_and_no_change_is_lost_while_keys_change(run, ring, real_app, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 3)
    faults, reads, stop = [], [], threading.Event()

    def read() -> None:
        with real_app.app_context():
            while not stop.is_set():
                try:
                    with storage.reading():
                        reads.append(len(elders.find_elders(SYSTEM, on=AT.date(), ties=elders.Ties(), limit=ELDERS)))
                except Exception as fault:  # noqa: BLE001 - whatever it is, the test shows it
                    faults.append(fault)

    def write() -> None:
        with real_app.app_context():
            for number, record in enumerate(ring):
                with storage.transaction():
                    changed = elder_record(elder_id=record.id, phone=f"139{number:08d}")
                    elders.register_elders([changed], actor=SYSTEM, at=AT)

    threads = [threading.Thread(target=read), threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    result = run("rotate")
    threads[1].join()
    stop.set()
    threads[0].join()

    assert (result.exit_code, faults) == (0, [])
    assert set(reads) == {ELDERS}
    with storage.reading():
        cards = elders.find_elders(SYSTEM, on=AT.date(), ties=elders.Ties(), limit=ELDERS)
    assert {card.phone for card in cards} == {f"+86139{number:08d}" for number in range(ELDERS)}
    assert _counts() == {"elder.id_no": {2: ELDERS}, "elder.phone": {2: ELDERS}}


def test_what_somebody_writes_between_our_read_and_our_write_is_kept(ring, monkeypatch):
    sealed = next(one for one in storage.find_sealed_columns() if one.name == "elder.phone")
    row_id = min(record.id for record in ring)
    theirs = storage.seal("+8613900000000", place=storage.Place("elder", "phone", row_id))

    def seal_late(text: str, *, place: storage.Place) -> bytes:
        change = sa.update(sealed.column.table).where(sealed.column.table.c.id == row_id)
        storage.session().execute(change.values({sealed.column: theirs}))
        return storage.seal(text, place=place)

    monkeypatch.setattr("dispatch.storage.resealing.seal", seal_late)
    with storage.transaction():
        batch = storage.reseal_batch(sealed, after=None, limit=1)

    assert (batch.resealed, batch.changed_meanwhile, batch.broken) == (0, 1, 0)
    with storage.reading():
        card = elders.get_elder(row_id, actor=SYSTEM, on=AT.date(), ties=elders.Ties())
    assert card.phone == "+8613900000000"
