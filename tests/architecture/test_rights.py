"""The table "Who may do what" of `docs/access.md` and what the routes declare are one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dispatch.actor import Role
from tests.architecture.rights import ANSWERS_404, NO_RECORD, ROUTES

ROOT = Path(__file__).parents[2]
ANYONE = "anyone"
COLUMNS = (
    (ANYONE,),
    (Role.ELDER, Role.FAMILY),
    (Role.COMMUNITY_WORKER,),
    (Role.CARER,),
    (Role.COORDINATOR,),
    (Role.OPERATOR,),
    (Role.PLANNER,),
    (Role.DISTRICT_OFFICER,),
    (Role.ADMINISTRATOR,),
)
# what a letter in a cell opens: whoever sees records masked, or only counts, calls the same routes
OPENS = {"r": "ra", "m": "r", "a": "a", "c": "c", "u": "u", "x": "x"}


def _table() -> dict[str, list[set[str]]]:
    lines = (ROOT / "docs" / "access.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("## Who may do what")
    rows = {}
    for line in lines[start + 1 :]:
        if line.startswith("## "):
            break
        if line.startswith("|"):
            name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            rows[name] = cells
    for mark in ("resource", "---"):
        rows.pop(mark)
    assert all(len(cells) == len(COLUMNS) for cells in rows.values())
    assert all(set(cell) <= set(OPENS) for cells in rows.values() for cell in cells if cell != "–")
    return {
        name: [{letter for given in cell if given != "–" for letter in OPENS[given]} for cell in cells]
        for name, cells in rows.items()
    }


TABLE = _table()
PLACES = [
    (row, letter, endpoint)
    for row, letters in ROUTES.items()
    for letter, group in letters.items()
    for endpoint in group
]


def test_every_route_stands_in_one_place(app):
    placed = Counter([endpoint for _, _, endpoint in PLACES] + list(NO_RECORD | ANSWERS_404))

    assert {endpoint: count for endpoint, count in placed.items() if count > 1} == {}
    assert set(placed) == {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize(("row", "letter", "endpoint"), PLACES, ids=[endpoint for _, _, endpoint in PLACES])
def test_a_route_is_open_to_those_whom_the_table_lets_in(app, row, letter, endpoint):
    let_in = {who for column, cell in zip(COLUMNS, TABLE[row], strict=True) if letter in cell for who in column}
    declared = set(app.view_functions[endpoint].__open_to__) or {ANYONE, *Role}

    assert declared == let_in


def test_rows_and_letters_of_the_table_have_routes():
    said = {(row, letter) for row, cells in TABLE.items() for cell in cells for letter in cell}
    routed = {(row, letter) for row, letter, _ in PLACES}

    assert set(TABLE) == set(ROUTES)
    # "r" opens "a" too, and the other way round only where a row has one of the two
    assert {row for row, _ in said} == {row for row, _ in routed}
    assert routed <= said
    assert {(row, letter) for row, letter in said if letter not in "ra"} <= routed


def test_what_is_open_to_all_roles_on_purpose(app):
    for endpoint in ANSWERS_404:
        assert set(app.view_functions[endpoint].__open_to__) == set(Role)
    for endpoint in NO_RECORD:
        assert app.view_functions[endpoint].__open_to__ == ()
