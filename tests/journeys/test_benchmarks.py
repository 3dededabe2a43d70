"""Benchmarks that need nothing from outside still run, here with small numbers; what they measure is not looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("register", ["elders", "carers", "directory"])
def test_every_row_of_a_made_up_register_is_imported_once(register):
    said = _run("imports.py", "--register", register, "--rows", "60", "--engine", "sqlite")

    (found,) = said["imports"]
    assert (found["first"]["created"], found["again"]["unchanged"], found["again"]["created"]) == (60, 60, 0)


def test_the_questions_of_search_are_answered():
    said = _run("search.py", "--names", "300", "--queries", "18")

    assert said["found"]["养老"] > 0
    assert said["sqlite"]["p50_ms"] > 0


def test_the_nearest_sites_are_those_of_brute_force():
    said = _run("nearby.py", "--sites", "300", "--queries", "20")

    assert said["engines"]["sqlite"]["checked"] == 20


def _run(name, *options) -> dict:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, *options, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
