"""Calendar feeds as a calendar program reads them: what stands there, what does not, and when there is none."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import icalendar
import pytest
import sqlalchemy as sa

from dispatch import accounts, carers, clock, intake, journal, logs, storage, visits
from dispatch.actor import SYSTEM
from dispatch.calendars.models import CalendarFeed
from dispatch.jobs.following import FOLLOWERS
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.calendars import issue_path
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.intake import NOW, ZONE, extend, series_wish, start, submit, wish
from tests.factories.visits import new_visit

if TYPE_CHECKING:
    from uuid import UUID

ON = date(2026, 3, 30)
NAME = "慕容雪村"


@dataclass
class Home:
    """An elder, a daughter, and a carer who comes."""

    elder_id: UUID
    daughter: UUID
    carer_id: UUID
    carer: UUID


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)


@pytest.fixture
def home(app, db):  # noqa: ARG001 - what it writes is undone
    with storage.transaction():
        put_places("120198001001")
        [elder_id] = put_elders(elder_record(name=NAME))
    carer = make_account(app, role="carer")
    with storage.transaction():
        [carer_id] = put_carers(carer_record("bathing", account_id=carer))
    return Home(elder_id, make_account(app, role="family", elder_ids=[elder_id]), carer_id, carer)


def plan(home, start_at, **fields):
    with storage.transaction():
        made = new_visit(home.elder_id, start_at=start_at, carer_id=home.carer_id, **fields)
        [visit] = visits.plan_visits([made], actor=SYSTEM, at=NOW)
    return visit


def read(client, path, **headers):
    reply = client.get(path, headers=headers)
    assert reply.status_code == 200, reply.get_json()
    return icalendar.Calendar.from_ical(reply.get_data())


def events(calendar):
    return list(calendar.walk("VEVENT"))


@pytest.mark.feature("O5")
def test_a_carers_visits_stand_in_it_with_local_times_and_their_zone(client, home):
    start_at = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)  # 14:00 in Tianjin
    plan(home, start_at)

    calendar = read(client, issue_path(home.carer, at=NOW, on=ON))

    [event] = events(calendar)
    assert event["SUMMARY"] == "上门助浴 慕"
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event.decoded("DTSTART") == start_at
    assert event.decoded("DTEND") == start_at + timedelta(minutes=60)
    assert (event["STATUS"], int(event["SEQUENCE"])) == ("CONFIRMED", 0)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert calendar["REFRESH-INTERVAL"].to_ical() == b"PT1H"
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")


@pytest.mark.feature("O5")
def test_an_elders_services_stand_in_the_familys_and_a_canceled_one_keeps_its_name_and_says_so(client, home):
    with storage.transaction():
        card = submit(wish(home.elder_id, "meals", on="2026-04-01", window=("11:00", "13:00")))
    path = issue_path(home.daughter, at=NOW, on=ON, elder_id=home.elder_id)
    [before] = events(read(client, path))
    with storage.transaction():
        later = NOW + timedelta(minutes=5)
        intake.cancel_request(card.id, reason=intake.CancelReason.NOT_NEEDED, actor=SYSTEM, now=later)

    [after] = events(read(client, path))

    assert (before["STATUS"], after["STATUS"]) == ("TENTATIVE", "CANCELLED")
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert (before.decoded("LAST-MODIFIED"), after.decoded("LAST-MODIFIED")) == (NOW, later)
    assert before.decoded("DTSTART") == datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
    assert str(card.id) not in str(after["UID"])


def test_a_date_of_a_series_keeps_its_name_when_it_becomes_a_request(client, home):
    with storage.transaction():
        series = start(series_wish(home.elder_id))
    path = issue_path(home.daughter, at=NOW, on=ON, elder_id=home.elder_id)
    before = {event.decoded("DTSTART"): event for event in events(read(client, path))}
    with storage.transaction():
        extend(series.id)

    after = {event.decoded("DTSTART"): event for event in events(read(client, path))}

    assert len(before) >= 8  # weekly, for sixty days
    assert {at: str(event["UID"]) for at, event in after.items()} == {
        at: str(event["UID"]) for at, event in before.items()
    }
    assert {event["STATUS"] for at, event in after.items() if at > NOW} == {"TENTATIVE"}
    assert all(int(after[at]["SEQUENCE"]) >= int(before[at]["SEQUENCE"]) for at in before)


def test_what_stands_in_it_gives_nobody_away(client, home):
    plan(home, NOW + timedelta(days=2))
    with storage.transaction():
        submit(wish(home.elder_id, "meals", on="2026-04-01"))

    for path in (
        issue_path(home.carer, at=NOW, on=ON),
        issue_path(home.daughter, at=NOW, on=ON, elder_id=home.elder_id),
    ):
        text = client.get(path).get_data(as_text=True).replace("\r\n ", "")

        assert all(part not in text for part in (NAME, NAME[:2], "测试路", str(home.elder_id), "LOCATION", "GEO:"))
        assert "DESCRIPTION" not in text
        assert "ATTENDEE" not in text


def test_thirty_days_back_and_sixty_ahead(client, home):
    for days in (-31, -29, 59, 61):
        plan(home, NOW + timedelta(days=days))

    found = events(read(client, issue_path(home.carer, at=NOW, on=ON)))

    assert [(event.decoded("DTSTART") - NOW).days for event in found] == [-29, 59]


def test_the_text_keeps_the_rules_of_rfc_5545(client, home):
    """Section 3.1: lines end in CRLF and have at most 75 octets, folded between characters and not within one."""
    for number in range(3):
        plan(home, NOW + timedelta(days=number + 1))

    reply = client.get(issue_path(home.carer, at=NOW, on=ON))

    raw = reply.get_data()
    assert reply.content_type == "text/calendar"  # UTF-8, by section 3.1.4
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode()  # a character that was cut in two would be none
    assert (lines[0], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR")
    unfolded = raw.replace(b"\r\n ", b"").decode().split("\r\n")
    required = ("UID:", "DTSTAMP:")
    assert [sum(line.startswith(each) for line in unfolded) for each in required] == [3, 3]


def test_a_long_chinese_title_is_folded_between_characters():
    from dispatch.calendars import CalendarEntry, EntryStatus, FeedKind, write_calendar  # noqa: PLC0415 - of this alone

    title = "居家上门助浴及康复护理综合服务" * 5
    entry = CalendarEntry("u", 0, title, NOW, NOW + timedelta(hours=1), EntryStatus.CONFIRMED, NOW)

    raw = write_calendar([entry], kind=FeedKind.ELDER, zone=ZONE)

    assert all(len(line) <= 75 and line.decode() is not None for line in raw.split(b"\r\n"))
    [event] = events(icalendar.Calendar.from_ical(raw))
    assert event["SUMMARY"] == title


def test_nothing_new_is_answered_with_304_and_a_change_with_the_whole(client, home):
    plan(home, NOW + timedelta(days=1))
    path = issue_path(home.carer, at=NOW, on=ON)
    tag = client.get(path).headers["ETag"]

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    plan(home, NOW + timedelta(days=2))
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_each_reading_leaves_a_line_of_the_account_behind_the_address_and_none_of_the_address(client, home):
    plan(home, NOW + timedelta(days=1))
    path = issue_path(home.carer, at=NOW, on=ON)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Formatter())
    root, ours = logging.getLogger(), logging.getLogger("dispatch")
    root.addHandler(handler)
    ours.setLevel(logging.INFO)

    client.get(path)
    client.get(path.replace("cal_", "cal_x"))
    root.removeHandler(handler)

    with storage.reading():
        line = journal.find_access_lines(home.elder_id)[-1]
    assert (line.account_id, line.purpose.value) == (home.carer, "visit")
    assert line.route == "GET /v1/calendars/<string:token>.ics"
    written = stream.getvalue()
    told = [json.loads(each) for each in written.splitlines() if "calendars" in each]
    assert [each["route"] for each in told] == ["/v1/calendars/<string:token>.ics"] * 2
    assert told[0]["account_id"] == str(home.carer)
    assert path.rpartition("/")[2][:12] not in written
    with storage.reading():
        assert path.rpartition("/")[2].removesuffix(".ics").encode() not in storage.session().scalars(
            sa.select(CalendarFeed.token_index)
        )


class TestWhenThereIsNone:
    def gone(self, client, path):
        reply = client.get(path)
        return (reply.status_code, reply.get_json()["code"]) == (404, "calendar-not-found")

    @pytest.mark.parametrize("token", ["x", "cal_" + "a" * 40, "cal_" + "a" * 32 + "0" * 8, "a" * 3000])
    def test_an_address_that_is_none(self, client, home, token):  # noqa: ARG002 - there are some
        assert self.gone(client, f"/v1/calendars/{token}.ics")

    def test_one_that_was_revoked(self, client, home):
        path = issue_path(home.daughter, at=NOW, on=ON, elder_id=home.elder_id)
        headers = headers_of(client.application, account_id=home.daughter)
        [own] = client.get("/v1/me/calendars", headers=headers).get_json()["items"]

        assert client.delete(f"/v1/me/calendars/{own['id']}", headers=headers).status_code == 204

        assert self.gone(client, path)

    def test_of_a_relative_who_was_unbound(self, client, home):
        path = issue_path(home.daughter, at=NOW, on=ON, elder_id=home.elder_id)
        with storage.transaction():
            accounts.unbind(home.daughter, elder_id=home.elder_id, actor=SYSTEM, at=NOW, on=ON)

        assert self.gone(client, path)

    def test_of_a_carer_who_has_left(self, client, home):
        path = issue_path(home.carer, at=NOW, on=ON)
        with storage.transaction():
            carers.end_carer(home.carer_id, version=None, actor=SYSTEM, at=NOW, on=ON)

        assert self.gone(client, path)

    def test_of_an_account_that_was_disabled_also_once_it_is_enabled_again(self, client, home):
        path = issue_path(home.carer, at=NOW, on=ON)
        with storage.transaction():
            username = accounts.get_account(home.carer).username
            accounts.disable_account(username, actor=SYSTEM, now=NOW)
        assert self.gone(client, path)
        with storage.transaction():
            entry = journal.find_entries(home.carer)[-1]
            FOLLOWERS["calendars"]["account.disabled"](
                next(each for each in journal.find_entries(home.carer) if each.kind == "account.disabled"), NOW
            )
            accounts.enable_account(username, actor=SYSTEM, now=NOW)

        assert entry is not None
        assert self.gone(client, path)


class TestOnesOwn:
    def ask(self, client, account_id, **body):
        headers = headers_of(client.application, account_id=account_id)
        return client.post("/v1/me/calendars", headers=headers, json=body)

    def test_an_address_is_shown_once(self, client, home):
        made = self.ask(client, home.daughter, kind="elder", elder_id=str(home.elder_id))
        headers = headers_of(client.application, account_id=home.daughter)
        listed = client.get("/v1/me/calendars", headers=headers).get_json()["items"]

        assert made.status_code == 201
        assert client.get(made.get_json()["path"]).status_code == 200
        assert [set(each) for each in listed] == [{"id", "kind", "elder_id", "created_at"}]

    def test_of_an_elder_one_is_not_bound_to_there_is_none(self, client, home):
        for other in (uuid4(), home.elder_id):
            reply = self.ask(client, home.carer, kind="elder", elder_id=str(other))

            assert (reply.status_code, reply.get_json()["code"]) == (404, "elder-not-found")

    def test_a_relative_is_no_carer(self, client, home):
        reply = self.ask(client, home.daughter, kind="carer")

        assert (reply.status_code, reply.get_json()["code"]) == (403, "calendar-not-yours")

    def test_kind_and_elder_go_together(self, client, home):
        for body in ({"kind": "elder"}, {"kind": "carer", "elder_id": str(home.elder_id)}, {"kind": "organization"}):
            assert self.ask(client, home.daughter, **body).status_code == 422

    def test_those_of_others_cannot_be_ended(self, client, home):
        issue_path(home.daughter, at=NOW, on=ON, elder_id=home.elder_id)
        with storage.reading():
            feed_id = storage.session().scalars(sa.select(CalendarFeed.id)).one()

        reply = client.delete(
            f"/v1/me/calendars/{feed_id}", headers=headers_of(client.application, account_id=home.carer)
        )

        assert reply.status_code == 404

    def test_an_officer_has_none(self, client, home):  # noqa: ARG002 - there are some
        headers = sign_in(client, role="district_officer", area="120198")

        assert client.get("/v1/me/calendars", headers=headers).status_code == 403

    def test_twenty_are_enough(self, client, home):
        for _ in range(20):
            issue_path(home.carer, at=NOW, on=ON)

        assert self.ask(client, home.carer, kind="carer").get_json()["code"] == "too-many-calendars"


def test_whoever_reads_without_end_is_told_to_wait(real_app, make_sibling):
    limited = make_sibling(real_app, rate_limit=2).test_client()

    statuses = [limited.get("/v1/calendars/cal_x.ics").status_code for _ in range(3)]

    assert statuses == [404, 404, 429]
