"""A planner runs coverage from the command line and lists what was computed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner

from dispatch import coverage, storage, streets
from dispatch.cli.coverage import coverage_commands
from dispatch.errors import DispatchError
from tests.factories.coverage import COMMUNITIES, put_district, put_run
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask


def command(app: Flask, *arguments: str) -> str:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(
        coverage_commands, arguments, obj=lambda **_: app, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def city_app(real_app: Flask) -> Flask:
    settings = real_app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)
    with real_app.app_context(), storage.transaction():
        world.put_world()
    return real_app


@pytest.mark.feature("G1")
def test_run_is_stored_printed_with_its_band_and_listed(city_app: Flask) -> None:
    arguments = ("run", "--area", world.DISTRICT, "--service", "日间照料", "--as-of", "2026-03-31")

    printed = command(city_app, *arguments)
    stored = json.loads(command(city_app, *arguments, "--speed-mps", "1.2", "--minutes", "15", "--json"))

    for text in ("2 = 18.18 %", "10 min", "12 min", "18 min", "20 min", "0.8 m/s", "long-street@abababababab", "临界"):
        assert text in printed
    assert stored["totals"]["covered"] == 5  # within 1,080 m
    listed = command(city_app, "list")
    assert stored["id"] in listed
    assert listed.count("day_care") == 2


def test_unknown_service_and_area_are_refused_with_what_to_do(city_app: Flask) -> None:
    with pytest.raises(DispatchError):
        command(city_app, "run", "--area", world.DISTRICT, "--service", "nonsense")
    with pytest.raises(DispatchError, match="There is no area 120101999"):
        command(city_app, "run", "--area", "120101999", "--service", "day_care")


@pytest.mark.feature("X4")
def test_a_run_is_published_from_the_command_line(real_app: Flask) -> None:
    with real_app.app_context(), storage.transaction():
        put_district()
        run_id = put_run(dict.fromkeys(COMMUNITIES, (100, 60)) | {COMMUNITIES[0]: (60, 57)})

    said = command(real_app, "publish", str(run_id))

    assert "4 of 48 counts hidden, 1 of them small" in said
    with real_app.app_context(), storage.reading():
        [published] = coverage.find_publications()
    assert str(published.id) in said
    with pytest.raises(coverage.AlreadyPublishedError):
        command(real_app, "publish", str(run_id))


def test_report_is_written_whole_and_repeated_byte_for_byte(city_app: Flask, tmp_path: Path) -> None:
    arguments = ("run", "--area", world.DISTRICT, "--service", "day_care", "--as-of", "2026-03-31", "--json")
    run_id = json.loads(command(city_app, *arguments))["id"]
    out = tmp_path / "out"
    out.mkdir()
    first, second, book = out / "first.pdf", out / "second.pdf", out / "book.xlsx"

    command(city_app, "report", run_id, "--out", str(first), "--lang", "en", "--unit", "Made-up bureau")
    command(city_app, "report", run_id, "--out", str(second), "--lang", "en", "--unit", "Made-up bureau")
    command(city_app, "report", run_id, "--out", str(book))

    assert first.read_bytes().startswith(b"%PDF-")
    assert first.read_bytes() == second.read_bytes()
    assert openpyxl.load_workbook(book)["社区明细"]["B1"].value == "社区"
    assert first.stat().st_mode & 0o077 == 0  # counts of 1 to 4 are in it
    assert sorted(path.name for path in out.iterdir()) == ["book.xlsx", "first.pdf", "second.pdf"]


def test_report_of_an_unknown_run_ending_or_folder_is_refused_with_what_to_do(city_app: Flask, tmp_path: Path) -> None:
    nobody = "01980000-0000-7000-8000-000000000001"
    before = list(tmp_path.iterdir())
    with pytest.raises(coverage.RunNotFoundError):
        command(city_app, "report", nobody, "--out", str(tmp_path / "a.pdf"))
    with pytest.raises(DispatchError, match=r"a.docx: its name must end with .pdf or .xlsx"):
        command(city_app, "report", nobody, "--out", str(tmp_path / "a.docx"))
    with pytest.raises(DispatchError, match="There is no folder"):
        command(city_app, "report", nobody, "--out", str(tmp_path / "none" / "a.pdf"))
    assert list(tmp_path.iterdir()) == before


def test_list_shows_whole_ids_on_a_narrow_screen(city_app: Flask) -> None:
    stored = json.loads(command(city_app, "run", "--area", world.DISTRICT, "--service", "day_care", "--json"))
    listed = CliRunner(env={"COLUMNS": "80"}).invoke(coverage_commands, ["list"], obj=lambda **_: city_app)
    assert stored["id"] in listed.stdout


def test_options_are_the_words_of_the_api(city_app: Flask) -> None:
    asked = ("--mode", "walk", "--capacity", "maximum", "--unknown-hours", "include", "--json")
    stored = json.loads(command(city_app, "run", "--area", world.DISTRICT, "--service", "day_care", *asked))
    assert (stored["mode"], stored["capacity"], stored["unknown_hours"]) == ("walk", "maximum", "include")
    assert "[walk|carer_walk|carer_ebike]" in command(city_app, "run", "--help")
