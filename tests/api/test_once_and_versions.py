"""What is sent twice happens once; a change says which version it changes."""

from __future__ import annotations

import pytest

from dispatch import journal, storage
from tests.factories.accounts import sign_in
from tests.things import THING_ID

GOOD = {"name": "饭盒"}


class TestOnce:
    def _ask(self, things, headers, key, body=GOOD):
        return things.post("/v1/things", headers=headers | ({} if key is None else {"Idempotency-Key": key}), json=body)

    def test_the_same_again_gives_the_first_answer_and_happens_once(self, things, planner, things_app):
        with things_app.app_context(), storage.reading():
            before = len(journal.find_entries("things"))

        first = self._ask(things, planner, "k-1")
        again = self._ask(things, planner, "k-1")

        with things_app.app_context(), storage.reading():
            after = len(journal.find_entries("things"))
        assert first.status_code == again.status_code == 201
        assert first.get_json() == again.get_json()
        assert after == before + 1

    def test_the_order_of_fields_does_not_make_another_body(self, things, planner):
        first = self._ask(things, planner, "k-order", {"name": "a", "count": 2})
        again = self._ask(things, planner, "k-order", {"count": 2, "name": "a"})

        assert first.get_json() == again.get_json()

    def test_the_same_key_with_another_body_is_422(self, things, planner):
        self._ask(things, planner, "k-2")

        reply = self._ask(things, planner, "k-2", {"name": "别的"})

        assert (reply.status_code, reply.get_json()["code"]) == (422, "idempotency-key-reused")

    def test_the_same_key_of_another_account_is_another_request(self, things, planner, things_app):
        first = self._ask(things, planner, "k-3")
        other = self._ask(things, sign_in(things_app, role="planner"), "k-3")

        assert first.get_json()["id"] != other.get_json()["id"]

    @pytest.mark.parametrize("key", [None, "", "x" * 101])
    def test_a_missing_or_endless_key_is_400(self, things, planner, key):
        reply = self._ask(things, planner, key)

        assert (reply.status_code, set(reply.get_json()["fields"])) == (400, {"Idempotency-Key"})

    def test_a_refused_body_does_not_use_up_the_key(self, things, planner):
        assert self._ask(things, planner, "k-4", {}).status_code == 422
        assert self._ask(things, planner, "k-4").status_code == 201


class TestVersion:
    URL = f"/v1/things/{THING_ID}"

    def _change(self, things, planner, tag):
        return things.put(self.URL, headers=planner | ({} if tag is None else {"If-Match": tag}), json=GOOD)

    def test_a_change_without_if_match_is_428(self, things, planner):
        reply = self._change(things, planner, None)

        assert (reply.status_code, reply.get_json()["code"]) == (428, "version-required")

    @pytest.mark.parametrize("tag", ['"v2"', '"v4"', '"3"', '"nonsense"', '"v²"', '"v3", "v4"', '"v99999999999"'])
    def test_a_change_of_another_version_is_412(self, things, planner, tag):
        reply = self._change(things, planner, tag)

        assert (reply.status_code, reply.get_json()["code"]) == (412, "stale-version")

    @pytest.mark.parametrize("tag", ['"v3"', 'W/"v3"'])
    def test_the_tag_that_reading_gave_is_good_and_a_new_one_comes_back(self, things, planner, tag):
        assert things.get(self.URL, headers=planner).headers["ETag"] == '"v3"'

        reply = self._change(things, planner, tag)

        assert (reply.status_code, reply.headers["ETag"]) == (200, '"v4"')

    def test_what_the_caller_has_already_is_304(self, things, planner):
        reply = things.get(self.URL, headers=planner | {"If-None-Match": '"v3"'})

        assert (reply.status_code, reply.get_data()) == (304, b"")
        assert "Authorization" in reply.headers["Vary"]

    def test_a_star_names_no_version_so_it_is_428(self, things, planner):
        assert self._change(things, planner, "*").status_code == 428
