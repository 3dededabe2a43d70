"""A key that was used gives its first answer again, and nothing else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest

from dispatch import storage

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
ACCOUNT = UUID("01980000-0000-7000-8000-00000000000a")
OTHER = UUID("01980000-0000-7000-8000-00000000000b")
PLACE = {"account_id": ACCOUNT, "route": "POST /v1/things", "body_sha256": "0" * 64}


@pytest.fixture
def kept(db) -> None:  # noqa: ARG001 - the database to keep it in
    with storage.transaction():
        storage.keep_reply("k1", status=201, reply={"名称": "食堂"}, at=NOW, **PLACE)


@pytest.mark.usefixtures("kept")
class TestKeptReply:
    def test_same_key_gives_the_first_answer(self):
        with storage.transaction():
            found = storage.find_reply("k1", **PLACE)

        assert found == storage.StoredReply(status=201, reply={"名称": "食堂"})

    def test_another_key_or_account_is_new(self):
        with storage.transaction():
            assert storage.find_reply("k2", **PLACE) is None
            assert storage.find_reply("k1", **PLACE | {"account_id": OTHER}) is None

    @pytest.mark.parametrize("change", [{"body_sha256": "1" * 64}, {"route": "POST /v1/others"}])
    def test_same_key_for_something_else_is_refused(self, change):
        with storage.transaction(), pytest.raises(storage.IdempotencyKeyReusedError):
            storage.find_reply("k1", **PLACE | change)


def test_two_at_once_with_one_key_happen_once(real_app):
    done, answers = [], []
    start = threading.Barrier(4)

    def ask() -> None:
        with real_app.app_context():
            start.wait(timeout=10)
            with storage.transaction():
                found = storage.find_reply("k1", **PLACE)
                if found is None:
                    done.append(1)
                    found = storage.StoredReply(status=201, reply={"n": len(done)})
                    storage.keep_reply("k1", status=201, reply=found.reply, at=NOW, **PLACE)
            answers.append(found)

    crowd = [threading.Thread(target=ask) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert done == [1]
    assert answers == [storage.StoredReply(status=201, reply={"n": 1})] * 4
