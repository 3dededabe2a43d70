"""An engineer looks at what is offered, from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from dispatch import storage
from dispatch.cli.offers import offers_commands
from tests.factories import offers
from tests.worlds.tiny_day import make_tiny_day


def command(app, *arguments):
    done = CliRunner(env={"COLUMNS": "240"}).invoke(
        offers_commands, ["list", *arguments], obj=lambda **_: app, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.feature("R6")
def test_offers_are_listed_in_ids_and_codes_alone(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.provider("食堂")
        request_id = town.ask()
        made = offers.offer_next(request_id)

    [line] = [json.loads(each) for each in command(real_app, "--status", "open", "--json").splitlines()]
    table = command(real_app, "--request", str(request_id))

    assert (line["id"], line["status"], line["urgency"], line["turn_no"]) == (str(made.id), "open", "routine", "1")
    assert str(made.id) in table
    assert "张" not in table + json.dumps(line, ensure_ascii=False)
    assert command(real_app, "--status", "declined", "--json") == ""
