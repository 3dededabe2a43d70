"""`make features`: which rows of the feature list are shown by tests, and which are not yet."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LIST = ROOT.parent / "shared" / "spec" / "features.md"
ROW = re.compile(r"^\| (?P<id>[A-Z]\d+) \| (?P<name>[^|]+) \|.*\| (?P<mark>[★☆]?) ?\|$")


class Feature(NamedTuple):
    """One row of the list."""

    id: str
    name: str
    mark: str


class Collected:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.tests: defaultdict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note for each feature the tests that show it, each counted once however often it is parametrized."""
        for item in session.items:
            for mark in item.iter_markers("feature"):
                for feature_id in mark.args:
                    self.tests[feature_id].add(item.nodeid.partition("[")[0])


def read_features(text: str) -> list[Feature]:
    """Read the rows of the feature list, in its order."""
    found = (ROW.match(line) for line in text.splitlines())
    return [Feature(row["id"], row["name"].strip(), row["mark"]) for row in found if row]


def collect() -> dict[str, set[str]]:
    """Collect all tests of this checkout; none is run."""
    kept = Collected()
    quiet = ["--collect-only", "-p", "no:terminal", "-p", "no:cacheprovider"]
    status = pytest.main([*quiet, str(ROOT / "tests")], plugins=[kept])
    if status is not pytest.ExitCode.OK:
        sys.exit("The tests could not be collected; run: make test ARGS=--collect-only")
    return kept.tests


def report(features: list[Feature], shown: dict[str, set[str]]) -> list[str]:
    """Write a line for each feature that is shown, and last how many are."""
    if not features:
        lines = [f"{feature_id:4} {len(tests):3} tests" for feature_id, tests in sorted(shown.items())]
        return [*lines, f"{len(shown)} features are shown by tests (the list itself is not at hand)"]
    known = {feature.id for feature in features}
    lines = [
        f"{feature.mark or ' '} {feature.id:4} {len(shown[feature.id]):3} tests  {feature.name}"
        for feature in features
        if shown.get(feature.id)
    ]
    missing = [feature.id for feature in features if not shown.get(feature.id)]
    strangers = sorted(set(shown) - known)
    lines.append(f"{len(known) - len(missing)} of {len(known)} features are shown by tests")
    lines.append(f"not yet: {' '.join(missing) or 'none'}")
    if strangers:
        lines.append(f"marked in tests, but not in the list: {' '.join(strangers)}")
    return lines


if __name__ == "__main__":
    rows = read_features(LIST.read_text(encoding="utf-8")) if LIST.is_file() else []
    sys.stdout.write("\n".join(report(rows, collect())) + "\n")
