"""Checks that the documentation is true: `make check` runs it; each fault is one line, status 1 where there is any."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from dispatch.config import SETTINGS

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
# paths of one machine, and addresses that packages were fetched from
FOREIGN = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w|https?://[\w.-]*(?:pypi|npmjs|pythonhosted)[\w.-]*/")
RECORD = re.compile(r"^\d{4}-[a-z0-9-]+\.md$")
RECORD_PARTS = ("## Context", "## Options", "## Decision", "## Consequences")


def tracked() -> list[Path]:
    """List the files of the repository, those that are new included."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607 - git is needed to have this
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.splitlines() if (path := ROOT / name).is_file()]


def broken_links(pages: list[Path]) -> list[str]:
    """Find links to files that are not there."""
    return [
        f"{page.relative_to(ROOT)}: there is no {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]


def settings_table(readme: str) -> list[str]:
    """Find settings that the README's table lacks, has too many, or gives another default."""
    rows = dict(re.findall(r"^\| `(DISPATCH_\w+)` \| ([^|]*) \|", readme, re.MULTILINE))
    told = {name: "required" if default is None else f"`{default}`" for name, default, _ in SETTINGS}
    return [
        f"README.md: the row of {name} says {rows.get(name, 'nothing')}, the program {told.get(name, 'nothing')}"
        for name in sorted(rows.keys() | told.keys())
        if rows.get(name) != told.get(name)
    ]


def rooms_on_map(readme: str) -> list[str]:
    """Find rooms that the README's map does not name."""
    rooms = [path.parent.name for path in sorted((ROOT / "dispatch").glob("*/__init__.py"))]
    return [f"README.md: the map does not name the room {room}" for room in rooms if f"`{room}`" not in readme]


def foreign_words(paths: list[Path]) -> list[str]:
    """Find paths of one machine and addresses of package registries in texts."""
    faults = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        faults += [f"{path.relative_to(ROOT)}: {found.group()}" for found in FOREIGN.finditer(text)]
    return faults


def decision_records() -> list[str]:
    """Find decision records that are misnamed, out of order or lack a part."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    faults = [
        f"docs/decisions/{record.name}: name it 0001-like-this.md"
        for record in records
        if not RECORD.match(record.name)
    ]
    numbers = [int(record.name[:4]) for record in records if RECORD.match(record.name)]
    if len(set(numbers)) != len(numbers):  # several are written at once, so there may be holes
        faults.append("docs/decisions: a number stands twice")
    return faults + [
        f"docs/decisions/{record.name}: lacks {part!r}"
        for record in records
        for part in RECORD_PARTS
        if part not in record.read_text(encoding="utf-8")
    ]


def main() -> int:
    """Print all faults."""
    paths = tracked()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    faults = [
        *broken_links([path for path in paths if path.suffix == ".md"]),
        *settings_table(readme),
        *rooms_on_map(readme),
        *foreign_words([path for path in paths if path.resolve() != Path(__file__).resolve()]),
        *decision_records(),
    ]
    if "## Unreleased" not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"):
        faults.append("CHANGELOG.md: there is no section Unreleased")
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"documentation: {len(faults)} faults in {len(paths)} files\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
