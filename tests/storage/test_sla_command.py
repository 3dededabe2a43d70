"""`dispatch sla`: what is late and what waits, without anybody's name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from dispatch import clock, storage
from dispatch.cli import sla as command
from dispatch.intake import TaskKind, Urgency
from tests.factories.intake import NOW, raise_task, submit, wish
from tests.worlds.tiny_day import AREA, make_tiny_day


@pytest.fixture
def run(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(minutes=40))
    with real_app.app_context(), storage.transaction():
        card = submit(wish(make_tiny_day().elder_id, "meal_dine_in", urgency=Urgency.URGENT))
        raise_task(card.id, kind=TaskKind.UNMATCHED, reason="no_pair")

    def run_command(*words: str):
        return CliRunner().invoke(
            command.sla_commands, words, obj=lambda **_: real_app, catch_exceptions=False, env={"COLUMNS": "250"}
        )

    return run_command


@pytest.mark.feature("R7")
def test_breaches_are_listed_and_given_as_json(run):
    table = run("breaches", "--area", AREA[:6], "--open")
    [found] = json.loads(run("breaches", "--urgency", "urgent", "--json").output)
    none = json.loads(run("breaches", "--from", "2026-04-01", "--to", "2026-04-02", "--json").output)

    assert "2400" in table.output
    assert (found["clock"], found["elapsed_s"], found["whose_turn"], none) == ("accept", 2_400, "matching", [])
    assert "elder" not in table.output + json.dumps(found)


@pytest.mark.feature("R7")
def test_tasks_are_listed_and_given_as_json(run):
    table = run("tasks")
    [found] = json.loads(run("tasks", "--kind", "unmatched", "--json").output)

    assert "no_pair" in table.output
    assert (found["kind"], found["status"], found["reason"]) == ("unmatched", "open", "no_pair")
    assert json.loads(run("tasks", "--closed", "--json").output) == []


@pytest.mark.parametrize("words", [("breaches", "--area", "129998"), ("tasks", "--area", "129998")])
def test_an_area_that_is_none_is_said_to_be_so(run, words):
    assert run(*words).exit_code == 1


def test_a_span_that_ends_before_it_begins_is_refused(run):
    assert run("breaches", "--from", "2026-04-02", "--to", "2026-04-01").exit_code == 1
