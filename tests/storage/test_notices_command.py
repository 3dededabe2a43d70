"""`dispatch notices`: the outbox on the screen, failed texts again, a trial."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from dispatch import clock, storage
from dispatch.cli.notices import notices_commands
from dispatch.jobs.notices import send_due
from dispatch.notices import Outcome, Result
from tests.factories.intake import NOW
from tests.factories.notices import ZONE, Postman, tell_all
from tests.worlds.tiny_day import make_tiny_day


@pytest.fixture
def run(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with real_app.app_context():
        with storage.transaction():
            town = make_tiny_day(phone="13800002345")
            town.bath_team()
            request_id = town.ask("bathing_home")
            town.assign(request_id, "浴")
            tell_all(request_id, at=NOW)
        send_due(Postman(says=lambda _message: Outcome(Result.NEVER, error="gateway.BLACKLISTED")), zone=ZONE)

    def run_command(*words: str):
        return CliRunner().invoke(notices_commands, list(words), obj=lambda **_: real_app)

    return run_command


def test_shows_what_failed_masked_and_sends_it_again(run):
    shown = run("outbox", "--status", "failed").output
    again = run("retry", "--all").output

    assert "138****2345" in shown
    assert "13800002345" not in shown
    assert "gateway.BLACKLISTED" in shown
    assert "1 failed" in shown
    assert again == "1 go out again\n"
    assert "1 queued" in run("outbox").output


def test_a_retry_says_which(run):
    assert run("retry").exit_code == 2


def test_a_trial_asks_the_provider_and_says_what_it_answered(run):
    told = run("send-test", "13800002345")

    assert told.exit_code == 0
    assert "trial to 138****2345" in told.output
    assert "console: sent (console-" in told.output
    assert run("send-test", "12").exit_code == 2
