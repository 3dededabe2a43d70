"""Workers are killed with -9 while offers fall due: none is lost, none is made twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.feature("R6")
def test_offers_survive_workers_that_are_killed(engine_name):
    done = subprocess.run(
        [
            *(sys.executable, "benchmarks/offers_torture.py", "--kills", "2", "--requests", "10"),
            *("--engine", engine_name, "--json"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=230,
    )

    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert (found["lost"], found["twice"], found["kills"]) == (0, 0, 2)
    assert set(found["faults"].values()) == {0}
    assert found["offers"] > 10
