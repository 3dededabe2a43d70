"""An engineer looks at series and makes the requests that are due, from the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from dispatch import clock, storage
from dispatch.cli.series import series_commands
from tests.factories.intake import local, series_wish, start
from tests.worlds.tiny_day import make_tiny_day

NOW = local("2026-03-02 09:00")


def command(app, *arguments):
    done = CliRunner(env={"COLUMNS": "240"}).invoke(
        series_commands, arguments, obj=lambda **_: app, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.feature("R8")
def test_series_are_listed_with_their_next_date_and_extended_any_number_of_times(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with real_app.app_context(), storage.transaction():
        made = start(series_wish(make_tiny_day().elder_id), now=NOW)

    first, again = command(real_app, "extend"), command(real_app, "extend", str(made.id))
    table = command(real_app, "list", "--area", "120198")

    assert first == f"{made.id}: 2026-03-03, 2026-03-10, 2026-03-17, 2026-03-24 requested\n"
    assert again == f"{made.id}: nothing requested\n"
    assert [str(made.id) in table, "2026-03-03" in table, "张" in table] == [True, True, False]
