"""The documentation of the import says what the import does."""

import re
from pathlib import Path

from dispatch import directory
from dispatch.directory.operations import importing
from dispatch.directory.rules import rows

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "import-directory.md").read_text(encoding="utf-8")


def test_table_of_columns_is_that_of_the_program():
    table = PAGE.split("## What is reported")[0]
    told = {
        cells[0].strip(" `"): tuple(name.strip(" `") for name in cells[1].split(", "))
        for cells in (line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `"))
    }

    assert {name: tuple(n.strip() for n in others) for name, others in told.items()} == directory.COLUMNS


def test_every_code_of_a_fault_is_explained():
    sources = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (rows, importing))

    used = set(re.findall(r'code="([a-z_]+)"', sources)) | {"crs_missing", "invalid_point"}

    assert {code for code in used if f"`{code}`" not in PAGE} == set()
    assert len(used) == 13
