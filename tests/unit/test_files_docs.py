"""The documentation of the files says what the program reads and tells."""

import re
from pathlib import Path

import pytest

from dispatch import areas, carers, directory, elders, subsidies

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
LAYOUTS = {"areas": areas.LAYOUT, "directory": directory.LAYOUT, "elders": elders.LAYOUT}
LAYOUTS |= {"carers": carers.CARER_LAYOUT, "rosters": carers.ROSTER_LAYOUT, "subsidies": subsidies.LAYOUT}
PLACES = (
    "sheets",
    "areas/operations",
    "areas/rules.py",
    "directory/operations/importing.py",
    "directory/rules/rows.py",
    "elders/operations/importing.py",
    "elders/rules/rows.py",
    "carers/operations/importing_carers.py",
    "carers/operations/importing_rosters.py",
    "carers/rules/rows.py",
    "subsidies/rules.py",
    "subsidies/operations/putting.py",
)


@pytest.mark.parametrize("register", LAYOUTS)
def test_table_of_columns_is_that_of_the_program(register):
    part = PAGE.split(f"## `{register}`")[1].split("\n## ")[0]
    told = {
        cells[0].strip(" `"): tuple(name.strip(" `") for name in cells[1].split(", ") if name.strip(" `"))
        for cells in (line.strip("|").split("|") for line in part.splitlines() if line.startswith("| `"))
    }

    assert told == {each.name: each.titles for each in LAYOUTS[register].columns}


def test_every_code_of_a_fault_is_explained():
    paths = [
        path
        for place in PLACES
        for path in ([ROOT / "dispatch" / place] if place.endswith(".py") else (ROOT / "dispatch" / place).glob("*.py"))
    ]
    sources = "".join(path.read_text(encoding="utf-8") for path in paths)

    used = set(re.findall(r'code="([a-z_]+)"', sources)) | {"crs_missing", "invalid_point", "formula", "cell_error"}
    used |= set(elders.IdentityFault) | {"dates_overlap", "date_needed", "unknown_carer", "carer_unclear"}

    assert {code for code in used if f"| `{code}`" not in PAGE} == set()
    assert len(used) >= 52
