"""A planner lists, shows, tries and runs scenarios from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dispatch import coverage, storage, streets
from dispatch.actor import SYSTEM
from dispatch.cli.coverage import coverage_commands
from tests.factories.scenarios import make_scenario, new_site
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from flask import Flask


def command(app: Flask, *arguments: str) -> str:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(
        coverage_commands, ["scenario", *arguments], obj=lambda **_: app, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.feature("G8")
def test_scenario_is_listed_shown_tried_and_run(real_app: Flask) -> None:
    settings = real_app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)
    with real_app.app_context():
        with storage.transaction():
            world.put_world()
        scenario = make_scenario(new_site(), actor=SYSTEM)

    assert str(scenario.id) in command(real_app, "list", "--area", world.DISTRICT)
    assert "新站（虚构）" in command(real_app, "show", str(scenario.id))
    assert json.loads(command(real_app, "show", str(scenario.id), "--json"))["version"] == 1
    tried = command(real_app, "effect", str(scenario.id))
    assert "已计入" in tried
    found = json.loads(command(real_app, "effect", str(scenario.id), "--json"))
    # counted by hand in test_scenarios.py
    assert (found["totals"]["gained"], found["totals"]["kept"], found["totals"]["lost"]) == (4, 2, 0)
    said = command(real_app, "run", str(scenario.id))
    assert "6 of 11 covered, 2 without the scenario (version 1)" in said
    stored = json.loads(command(real_app, "run", str(scenario.id), "--json"))
    assert stored["scenario_id"] == str(scenario.id)
    with real_app.app_context(), storage.reading():
        assert len(coverage.find_runs(SYSTEM)) == 2
