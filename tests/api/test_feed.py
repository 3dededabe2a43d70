"""One's own feed, message settings and short texts over HTTP."""

from __future__ import annotations

import logging
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from dispatch import clock, journal, notices, storage
from dispatch.actor import Role
from dispatch.config import NotifierSettings
from dispatch.jobs.notices import send_due
from dispatch.notices import Outcome, Result
from dispatch.notices.models import Notice, ShortText
from tests.factories.accounts import headers_of, make_account
from tests.factories.intake import NOW
from tests.factories.notices import ZONE, Postman, tell_all
from tests.fakes.gateways import Gateway
from tests.worlds.tiny_day import make_tiny_day

FEED, SEEN, SETTINGS = "/v1/me/feed", "/v1/me/feed/seen", "/v1/me/message-settings"


@pytest.fixture
def town(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        made = make_tiny_day(phone="13800002345")
        made.bath_team()
        yield made


@pytest.fixture
def daughter(app, town):
    return make_account(app, role=Role.FAMILY, elder_ids=[town.elder_id])


def happen(town):
    with storage.transaction():
        request_id = town.ask("bathing_home")
        town.assign(request_id, "浴")
        tell_all(request_id, at=NOW)
    return request_id


@pytest.mark.feature("O5")
def test_a_phone_reads_its_feed_on_from_its_cursor_and_says_what_was_seen(app, client, town, daughter):
    headers = headers_of(app, account_id=daughter)
    empty = client.get(FEED, headers=headers).get_json()
    happen(town)

    first = client.get(FEED, query_string={"cursor": empty["cursor"], "limit": 2}, headers=headers)
    rest = client.get(FEED, query_string={"cursor": first.get_json()["cursor"]}, headers=headers).get_json()
    seen = client.post(SEEN, json={"cursor": first.get_json()["cursor"]}, headers=headers).get_json()

    assert (empty["items"], empty["unseen"]) == ([], 0)
    assert [one["kind"] for one in first.get_json()["items"] + rest["items"]] == [
        "care_request.submitted",
        "care_request.accepted",
        "care_request.scheduled",
    ]
    assert (first.get_json()["has_more"], rest["has_more"], seen["unseen"]) == (True, False, 1)
    assert first.headers["Cache-Control"] == "private, no-store"
    lines = journal.find_access_lines(town.elder_id)
    assert {(line.account_id, line.purpose) for line in lines if line.route == "GET /v1/me/feed"} == {(daughter, "own")}


def test_a_cursor_of_another_list_is_no_place_in_a_feed(app, client, daughter):
    headers = headers_of(app, account_id=daughter)

    assert client.get(FEED, query_string={"cursor": "abcd"}, headers=headers).status_code == 400
    assert client.post(SEEN, json={"cursor": "abcd"}, headers=headers).status_code == 422


def test_settings_are_changed_and_the_number_is_shown_masked(app, client, daughter):
    headers = headers_of(app, account_id=daughter)

    assert client.get(SETTINGS, headers=headers).get_json() == {
        "is_on": True,
        "phone_masked": None,
        "has_wechat": False,
    }
    put = client.put(SETTINGS, json={"is_on": False, "phone": "138 0000 2345"}, headers=headers).get_json()
    kept = client.put(SETTINGS, json={"is_on": True}, headers=headers).get_json()
    gone = client.put(SETTINGS, json={"is_on": True, "phone": None}, headers=headers).get_json()
    strange = client.put(SETTINGS, json={"is_on": True, "phone": "13900001111"}, headers=headers)
    unlinked = client.put(SETTINGS, json={"is_on": True, "wechat_code": "abc"}, headers=headers)

    assert (put["is_on"], put["phone_masked"]) == (False, "138****2345")
    assert (kept["is_on"], kept["phone_masked"], gone["phone_masked"]) == (True, "138****2345", None)
    assert (strange.status_code, strange.get_json()["code"]) == (422, "message-settings-invalid")
    assert (unlinked.status_code, unlinked.get_json()["code"]) == (503, "wechat-unreachable")


def test_an_account_is_linked_with_wechat_by_a_code(app, client, daughter, monkeypatch):
    headers = headers_of(app, account_id=daughter)
    with Gateway(says=lambda asked: {"openid": f"o{asked.query['js_code']}"}) as gateway:
        chosen = NotifierSettings(kind="wechat", wechat_url=gateway.url, wechat_app_id="a", wechat_secret="b")  # noqa: S106 - opens nothing
        monkeypatch.setitem(app.config, "DISPATCH_SETTINGS", replace(app.config["DISPATCH_SETTINGS"], notifier=chosen))

        put = client.put(SETTINGS, json={"is_on": True, "wechat_code": "abc"}, headers=headers).get_json()

    assert put["has_wechat"] is True


def test_officers_see_what_failed_with_the_number_masked_and_send_it_again(app, client, town):
    officer = headers_of(app, account_id=make_account(app, role=Role.DISTRICT_OFFICER, area="120198"))
    elsewhere = headers_of(app, account_id=make_account(app, role=Role.DISTRICT_OFFICER, area="120199"))
    happen(town)
    send_due(Postman(says=lambda _message: Outcome(Result.NEVER, error="gateway.BLACKLISTED")), zone=ZONE)

    listed = client.get("/v1/short-texts", query_string={"status": "failed"}, headers=officer).get_json()
    [text] = listed["items"]
    url = f"/v1/short-texts/{text['id']}/retry"

    assert (text["phone_masked"], text["error"], listed["counts"]["failed"]) == (
        "138****2345",
        "gateway.BLACKLISTED",
        1,
    )
    assert client.get("/v1/short-texts", headers=elsewhere).get_json()["items"] == []
    assert client.post(url, headers=elsewhere).status_code == 404
    assert client.post(url, headers=officer).get_json()["status"] == "queued"
    assert client.post(url, headers=officer).get_json()["code"] == "short-text-not-failed"


def test_no_line_of_the_log_holds_a_number_or_a_name(town, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    happen(town)
    send_due(notices.make_notifier(NotifierSettings(), say=print), zone=ZONE)

    told = caplog.text + capsys.readouterr().out
    assert "138****2345" in told
    name = storage.session().scalar(sa.text("SELECT name FROM elder"))
    assert name not in told
    assert "13800002345" not in told


@pytest.mark.parametrize(("mode", "told"), [("live", 1), ("test", 0)])
def test_what_a_test_key_does_sends_nothing(app, client, town, mode, told):
    officer = headers_of(app, account_id=make_account(app, role=Role.DISTRICT_OFFICER, area="12"))
    hotline = make_account(app, role=Role.OPERATOR, area="120198", username="hotline", is_system=True)
    wish = {"mode": mode, "label": "市民热线"}
    key = client.post(f"/v1/accounts/{hotline}/keys", json=wish, headers=officer).get_json()["key"]
    body = {
        "elder_id": str(town.elder_id),
        "service_code": "bathing_home",
        "channel": "phone",
        "on_behalf_of": "女儿",
        "window_from_at": "2026-03-31T14:00:00+08:00",
        "window_to_at": "2026-03-31T16:00:00+08:00",
    }
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())}

    asked = client.post("/v1/care-requests", json=body, headers=headers)

    assert asked.status_code == 201
    request_id = UUID(asked.get_json()["id"])
    with storage.transaction():
        if told:
            town.assign(request_id, "浴")
        tell_all(request_id, at=NOW)
    assert storage.session().scalar(sa.select(sa.func.count()).select_from(ShortText)) == told
    assert (storage.session().scalar(sa.select(sa.func.count()).select_from(Notice)) > 0) is bool(told)
