"""A planner asks for the next sites from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dispatch import coverage, storage, streets
from dispatch.actor import SYSTEM
from dispatch.cli.coverage import coverage_commands
from dispatch.errors import DispatchError
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

ARGUMENTS = ("site", "--area", world.DISTRICT, "--service", "日间照料", "--as-of", "2026-03-31")


def command(app: Flask, *arguments: str, status: int = 0) -> str:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(
        coverage_commands, arguments, obj=lambda **_: app, catch_exceptions=False
    )
    assert done.exit_code == status, done.output
    return done.stdout if status == 0 else done.output


@pytest.fixture
def city_app(real_app: Flask) -> Flask:
    settings = real_app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)
    with real_app.app_context(), storage.transaction():
        world.put_world()
    return real_app


def write(path: Path, *rows: str) -> str:
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


@pytest.mark.feature("P1")
def test_best_of_all_nodes_is_proved_printed_and_stored(city_app: Flask) -> None:
    printed = command(city_app, *ARGUMENTS, "-k", "2", "--prove", "--seconds", "20")
    found = json.loads(command(city_app, *ARGUMENTS, "-k", "2", "--prove", "--seconds", "20", "--json"))

    # four around 500 to 1700 m, C2's two on the far bank: see tests/storage/test_siting.py
    for text in ("2 → 8 of 11", "18.18 % → 72.73 %", "gap 0.00 %, proved", "63.21 % of the best", "已选满"):
        assert text in printed
    assert (found["objective"], found["best_bound"], found["gap"]) == (6, 6, 0.0)
    assert {row["area_code"]: row["gained"] for row in found["areas"]} == {
        world.C1: 1,
        world.C2: 2,
        world.C3: 3,
        world.C4: 0,
        world.C5: 0,
    }
    with city_app.app_context(), storage.reading():
        assert len(coverage.find_sitings(SYSTEM)) == 2


@pytest.mark.feature("P1")
def test_candidates_come_from_a_file_with_capacity_and_cost(city_app: Flask, tmp_path: Path) -> None:
    (x, y), (u, v) = world.lonlat((1000.0, 0.0)), world.lonlat((300.0, 500.0))
    file = write(tmp_path / "places.csv", "经度,纬度,名称,容量,费用", f"{x},{y},中间,3,7", f"{u},{v},对岸,,2")

    found = json.loads(
        command(city_app, *ARGUMENTS, "-k", "2", "--candidates", file, "--crs", "wgs84", "--budget", "8", "--json")
    )

    assert [(pick["label"], pick["gain"], pick["cost"]) for pick in found["picks"]] == [("中间", 3, 7)]
    assert found["end"] == "budget_spent"


def test_register_and_weights_are_taken_by_name(city_app: Flask) -> None:
    found = json.loads(command(city_app, *ARGUMENTS, "--candidates", "register", "--weight", "category:独居", "--json"))

    assert (found["end"], found["wish"]["category"]) == ("nobody_left", "living_alone")
    assert "category:CODE" in command(city_app, *ARGUMENTS, "--weight", "colour", status=2)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("lon,lat", "117.2,39.1"), "row 2"),  # no reference system
        (("lon,lat,crs", "117.2,,wgs84"), "lon and lat must be numbers"),
        (("lon,lat,crs,cost", "117.2,39.1,wgs84,much"), "whole numbers"),
        (("lon,lat,crs", "0,0,wgs84"), "row 2"),
        (("x,y", "117.2,39.1"), "places.csv"),
    ],
)
def test_rows_that_cannot_be_used_are_named(city_app: Flask, tmp_path: Path, rows: tuple[str, ...], said: str) -> None:
    file = write(tmp_path / "places.csv", *rows)

    with pytest.raises(DispatchError, match=said):
        command(city_app, *ARGUMENTS, "--candidates", file)


def test_a_hundred_thousand_rows_are_refused_with_the_bound(city_app: Flask, tmp_path: Path) -> None:
    file = write(tmp_path / "places.csv", "lon,lat,crs", *["117.2,39.1,wgs84"] * 100_000)

    with pytest.raises(coverage.SitingOutOfRangeError) as refused:
        command(city_app, *ARGUMENTS, "--candidates", file)
    assert "these are 100000" in refused.value.fields["candidates"][0].en
