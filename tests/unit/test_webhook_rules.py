"""Who is told what, how it is signed, and when it is sent again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import intake
from dispatch.journal import Cursor, Entry
from dispatch.webhooks import KINDS, Answer, EventPlace, Fault, Scope
from dispatch.webhooks.rules.retrying import GIVEN_UP_AFTER, WAITS, is_given_up, next_try, rest_until
from dispatch.webhooks.rules.signing import sign, write_secret
from dispatch.webhooks.rules.telling import find_unknown_kinds, is_told, wants, write_event

AT = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
HOUSE, OTHER = uuid4(), uuid4()


def entry(kind="care_request.accepted", subject_id="a", **facts):
    return Entry(Cursor(7, 42), kind, AT, uuid4(), subject_id, "因为张三丰住院", facts)


class TestScope:
    @pytest.mark.parametrize(
        ("scope", "place", "told"),
        [
            (Scope("120198"), EventPlace("120198001001"), True),
            (Scope("120198001"), EventPlace("120198001001"), True),
            (Scope("120198001001"), EventPlace("120198001001"), True),
            (Scope("120198002"), EventPlace("120198001001"), False),
            (Scope("120199"), EventPlace("120198001001", frozenset({HOUSE})), False),
            (Scope("120198"), EventPlace(None, frozenset({HOUSE})), False),
            (Scope(organization_id=HOUSE), EventPlace("120198001001", frozenset({HOUSE})), True),
            (Scope(organization_id=HOUSE), EventPlace("120198001001", frozenset({OTHER})), False),
            (Scope(organization_id=HOUSE), EventPlace("120198001001"), False),
            (Scope("120198"), EventPlace(), False),
            (Scope(organization_id=HOUSE), EventPlace(), False),
            (Scope(), EventPlace("120198001001", frozenset({HOUSE})), False),
        ],
    )
    def test_a_subscription_is_told_of_its_own_area_or_organization_only(self, scope, place, told):
        assert is_told(scope, place=place) is told

    @given(st.text("0123456789", min_size=1, max_size=12), st.text("0123456789", min_size=1, max_size=12))
    def test_an_area_is_told_exactly_of_what_lies_in_it(self, area, where):
        assert is_told(Scope(area), place=EventPlace(where)) == (where[: len(area)] == area)


class TestKinds:
    def test_every_move_of_a_care_request_can_be_told(self):
        assert {move.kind for move in intake.MOVES} <= set(KINDS)

    def test_a_family_is_all_of_its_kinds_and_no_other(self):
        assert wants(("care_request.*",), kind="care_request.accepted")
        assert not wants(("care_request.*",), kind="visit.missed")
        assert not wants(("care.*",), kind="care_request.accepted")
        assert wants(("visit.missed",), kind="visit.missed")
        assert not wants(("visit.missed",), kind="visit.finished")

    @pytest.mark.parametrize("kind", ["elder.changed", "elder.*", "*", ".*", "care_request", "account.disabled", ""])
    def test_what_is_not_published_cannot_be_asked_for(self, kind):
        assert find_unknown_kinds((kind, "visit.missed")) == [kind]


class TestPayload:
    def test_it_has_the_form_of_standard_webhooks_and_the_events_own_id(self):
        visit_id = str(uuid4())

        told = json.loads(write_event(entry(subject_id="abc", to_status="accepted", visit_ids=[visit_id])))

        assert told == {
            "type": "care_request.accepted",
            "timestamp": "2026-03-31T04:00:00+00:00",
            "data": {
                "id": "evt_42",
                "subject_id": "abc",
                "facts": {"to_status": "accepted", "visit_ids": [visit_id]},
            },
        }

    def test_nothing_that_a_person_wrote_and_no_unknown_fact_is_told(self):
        told = write_event(
            entry(
                to_status="王秀英 13800002345",  # no code
                service_code="Mrs Wang",
                outcome="not at home, key under mat",
                elder_name="wang",  # nobody decided that it is told
                reason="wang",
                visit_ids=["谁"],
            )
        )

        assert json.loads(told)["data"]["facts"] == {}
        assert "张三丰" not in told

    @given(st.dictionaries(st.sampled_from(["to_status", "part", "unit", "note", "visit_ids"]), st.text()))
    def test_no_chinese_and_no_blank_is_ever_told_of_any_fact(self, facts):
        told = json.loads(write_event(entry(**facts)))["data"]["facts"]

        assert all(value.isascii() and " " not in value for value in told.values())


class TestSignature:
    def test_it_is_that_of_the_specification(self):
        """Computed here step by step as "Signature scheme" says: HMAC-SHA256 over id.timestamp.body, base64, `v1,`."""
        secret = write_secret(bytes(range(32)))
        body = '{"type":"x"}'

        expected = base64.b64encode(
            hmac.new(bytes(range(32)), b"evt_42.1674087231." + body.encode(), hashlib.sha256).digest()
        ).decode()

        assert secret == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105 - opens nothing
        assert sign(body, event_id="evt_42", timestamp_s=1674087231, secrets=[secret]) == f"v1,{expected}"

    def test_two_secrets_give_two_signatures_parted_by_a_blank(self):
        one, two = write_secret(b"1" * 32), write_secret(b"2" * 32)

        signed = sign("{}", event_id="evt_1", timestamp_s=1, secrets=[one, two]).split(" ")

        assert signed == [sign("{}", event_id="evt_1", timestamp_s=1, secrets=[each]) for each in (one, two)]
        assert signed[0] != signed[1]


class TestRetrying:
    failed = Answer(status=500)

    def test_it_is_sent_again_for_more_than_three_days_and_then_no_more(self):
        """The schedule of the specification adds up to 75 h 35 min 5 s."""
        waits = [next_try(tries, answer=self.failed, at=AT, chance=0.5) - AT for tries in range(1, len(WAITS) + 1)]

        assert waits == [timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)]
        assert sum(waits, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
        assert next_try(10, answer=self.failed, at=AT, chance=0.5) is None

    @given(st.integers(1, 9), st.floats(0, 1))
    def test_chance_moves_a_wait_by_a_fifth_at_most(self, tries, chance):
        wait = next_try(tries, answer=self.failed, at=AT, chance=chance) - AT

        assert 0.8 * WAITS[tries - 1] <= wait <= 1.2 * WAITS[tries - 1]

    def test_retry_after_is_honored_up_to_a_day(self):
        assert next_try(1, answer=Answer(503, retry_after_s=600), at=AT, chance=0.5) == AT + timedelta(minutes=10)
        assert next_try(1, answer=Answer(503, retry_after_s=1), at=AT, chance=0.5) == AT + timedelta(seconds=5)
        assert next_try(1, answer=Answer(503, retry_after_s=10**12), at=AT, chance=0.5) == AT + timedelta(days=1)
        assert rest_until(1, answer=Answer(429, retry_after_s=600), at=AT, chance=0.5) == AT + timedelta(minutes=10)

    @given(st.integers(1, 10_000), st.floats(0, 1))
    def test_a_receiver_that_is_back_is_found_within_six_minutes(self, failures, chance):
        rest = rest_until(failures, answer=Answer(fault=Fault.TIMEOUT), at=AT, chance=chance) - AT

        assert timedelta(seconds=4) <= rest <= timedelta(minutes=6)

    def test_only_days_of_nothing_but_failures_end_it(self):
        assert not is_given_up(None, at=AT)
        assert not is_given_up(AT - GIVEN_UP_AFTER + timedelta(seconds=1), at=AT)
        assert is_given_up(AT - GIVEN_UP_AFTER, at=AT)
