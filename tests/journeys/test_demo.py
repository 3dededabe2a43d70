"""A newcomer starts the demo, pastes its three lines, stops it, and starts it again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROLES = {
    "elder",
    "family",
    "community_worker",
    "coordinator",
    "carer",
    "planner",
    "district_officer",
    "operator",
    "administrator",
}
START_LIMIT_S = 240
ASKED = 40


class Demo:
    """One run of `python -m dispatch demo`, read until it is ready."""

    def __init__(self, var_dir: Path, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = os.environ | {"DISPATCH_VAR_DIR": str(var_dir), "DISPATCH_DATABASE_URL": url}
        environment.pop("DISPATCH_SECRET_KEY", None)
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dispatch", "demo", "--port", str(self.port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        killer = threading.Timer(START_LIMIT_S, self.process.kill)
        killer.start()
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if "Ctrl-C ends everything" in line:
                break
        killer.cancel()

    def run(self, *command: str) -> str:
        """Run a command on the demo's data, as in another terminal."""
        asked = [sys.executable, "-m", "dispatch", *command]
        return subprocess.run(
            asked, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def children(self) -> list[int]:
        """Every process below this one that is alive."""
        table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = {int(pid): int(parent) for pid, parent in (row.split() for row in table.splitlines())}
        below = {self.process.pid}
        for _ in range(5):
            below |= {pid for pid, parent in parents.items() if parent in below}
        return sorted(below - {self.process.pid})

    def stop(self) -> int:
        """As Ctrl-C does: the signal reaches the parent alone, since the children have sessions of their own."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code


@pytest.fixture
def place(engine_name: str, make_database, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    return tmp_path / "var", make_database(engine_name)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split(")")[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _paste(line: str) -> dict:
    answered = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(answered.stdout)


def _count_livez(port: int) -> int:
    """Ask so often, over connections of their own, then read how often that was counted by both processes."""
    for _ in range(ASKED):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=10).read()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.search(
        r'^dispatch_requests_total\{method="GET",route="/livez",status="200"\} (\S+)$', text, re.MULTILINE
    )
    return int(float(found[1]))


def test_demo_prints_lines_that_work_when_pasted_and_ctrl_c_ends_it_and_a_second_start_has_lost_nothing(place):
    var_dir, url = place

    first = Demo(var_dir, url)
    try:
        said = "\n".join(first.lines)
        assert f"ready http://127.0.0.1:{first.port}" in first.lines, said
        calls = [line for line in first.lines if line.startswith("curl ")]
        [plans] = [line.split("#")[0].split()[1:] for line in first.lines if "dispatch plan list" in line]
        planned = first.run(*plans)
        nearest, bathing, gaps = (_paste(line) for line in calls)
        counted = _count_livez(first.port)
        children = first.children()
    finally:
        code = first.stop()

    accounts = json.loads((var_dir / "demo-accounts.json").read_text(encoding="utf-8"))
    assert {row["role"] for row in accounts} == ROLES
    assert all(set(row) == {"role", "username", "password"} for row in accounts)
    walks = [row["walk_s"] for row in nearest["items"]]
    assert walks
    assert walks == sorted(walks)
    assert max(walks) <= 900
    assert bathing["candidates"]
    assert [row["rank"] for row in bathing["candidates"]] == list(range(1, len(bathing["candidates"]) + 1))
    assert all(row["rejected_because"] for row in bathing["rejected"])
    assert gaps["type"] == "FeatureCollection"
    assert gaps["features"]
    assert "120198" in planned  # the day that the greeting names
    assert counted == ASKED  # whichever of the two processes was asked
    assert code == 0
    assert len(children) >= 3  # gunicorn and its two workers
    assert not [pid for pid in children if _is_alive(pid)]

    second = Demo(var_dir, url)
    try:
        again = [_paste(re.sub(r":\d{4,5}/", f":{second.port}/", line)) for line in calls]
    finally:
        second.stop()

    assert [row["walk_s"] for row in again[0]["items"]] == walks
    # the same request under the same key, not a second one
    assert again[1]["care_request_id"] == bathing["care_request_id"]
    assert [f["properties"] for f in again[2]["features"]] == [f["properties"] for f in gaps["features"]]
