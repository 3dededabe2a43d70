"""`dispatch webhooks list` and `replay`, and deliveries that are over their time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch import clock, journal, storage, webhooks
from dispatch.actor import SYSTEM
from dispatch.cli.tree import main
from tests.factories.accounts import make_account
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.intake import NOW, submit, wish
from tests.factories.webhooks import subscribe

AREA = "120198"


@pytest.fixture
def hook(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with real_app.app_context():
        owner = make_account(real_app, role="district_officer", area=AREA)
        with storage.transaction():
            put_places(f"{AREA}001001")
            [elder_id] = put_elders(elder_record())
            submit(wish(elder_id, "meals", on="2026-03-31"))
            made = subscribe(
                owner,
                url="http://127.0.0.1:9/",
                at=NOW + timedelta(seconds=1),
                on=NOW.date(),
                scope=webhooks.Scope(AREA),
            )
        yield made


def run(capsys, *words):
    from flask import current_app  # noqa: PLC0415 - the fixture's

    app = current_app._get_current_object()
    main(args=["webhooks", *words], obj=lambda **_: app, standalone_mode=False)
    return capsys.readouterr().out


def test_it_lists_them_and_sends_again_what_happened_before(hook, capsys):
    listed = run(capsys, "list")
    told = run(capsys, "replay", str(hook.id), "--from", "2026-03-30T08:00:00")

    assert AREA in listed
    assert "1" in told.rpartition("again")[2]
    with storage.reading():
        assert [each.kind for each in webhooks.find_deliveries(hook.id, actor=SYSTEM)] == ["care_request.submitted"]
        assert journal.find_entries(hook.id)[-1].facts == {"deliveries": 1}


@pytest.mark.feature("X6")
def test_deliveries_are_deleted_when_their_time_is_over(hook):
    with storage.transaction():
        webhooks.ping(hook.id, actor=SYSTEM, at=NOW)

    with storage.transaction():
        assert webhooks.forget_deliveries(before=NOW, dry_run=False) == 0
        assert webhooks.forget_deliveries(before=NOW + timedelta(seconds=1), dry_run=True) == 1
        assert webhooks.forget_deliveries(before=NOW + timedelta(seconds=1), dry_run=False) == 1
    with storage.reading():
        assert webhooks.find_deliveries(hook.id, actor=SYSTEM) == []
