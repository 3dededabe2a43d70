"""A daughter asks for a bath in four calls from signing in to the confirmation, and sees what it costs before."""

from __future__ import annotations

import pytest

from dispatch import clock, storage, streets
from tests.factories.accounts import PASSWORD, make_account
from tests.factories.intake import NOW
from tests.factories.subsidies import put_rules, rule_record
from tests.openapi import CheckedClient
from tests.worlds.tiny_day import NETWORK, make_tiny_day


class Phone:
    """A phone that counts its calls."""

    def __init__(self, app) -> None:
        self.client, self.calls, self.headers = CheckedClient(app, app.response_class), [], {}

    def ask(self, method: str, path: str, body=None, **headers):
        self.calls.append(f"{method} {path}")
        reply = self.client.open(path, method=method, json=body, headers=self.headers | headers)
        assert reply.status_code < 300, reply.get_data(as_text=True)
        return reply.json


@pytest.mark.feature("R1")
@pytest.mark.feature("R9")
def test_from_signing_in_to_the_confirmation_it_takes_four_calls(app, db, monkeypatch):  # noqa: ARG001 - undone
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    if not folder.exists():
        streets.save_network(NETWORK, folder=folder)
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        town = make_tiny_day()
        town.provider("浴", at=(1800, 500), service="bathing_home", delivery="home", price=("visit", 12000))
        put_rules(rule_record("BATH", service_code="bathing", amount_cents=5000, weekly_limit=1))
    make_account(app, role="family", elder_ids=[town.elder_id], username="daughter")
    phone = Phone(app)

    token = phone.ask("POST", "/v1/auth/tokens", {"username": "daughter", "password": PASSWORD})["access_token"]
    phone.headers = {"Authorization": f"Bearer {token}"}
    [elder_id] = [each["scope_ref"] for each in phone.ask("GET", "/v1/me")["grants"] if each["scope_kind"] == "elder"]
    bath = {
        "elder_id": elder_id,
        "service_code": "bathing_home",
        "window_from_at": "2026-03-31T14:00:00+08:00",
        "window_to_at": "2026-03-31T16:00:00+08:00",
        "is_draft": True,
    }
    draft = phone.ask("POST", "/v1/care-requests", bath, **{"Idempotency-Key": "bath"})
    asked = phone.ask("POST", f"/v1/care-requests/{draft['id']}/submission", {"quote_id": draft["quote"]["id"]})

    # a bath of 12,000 with 5,000 of the rule: 7,000 are her mother's
    amounts = [draft["quote"][f"{name}_cents"] for name in ("gross", "subsidy", "own_share")]
    assert (amounts, draft["quote"]["rule_versions"]) == ([12000, 5000, 7000], ["BATH"])
    assert (asked["status"], asked["status_label"]) == ("submitted", "已提交")
    assert len(phone.calls) <= 4
