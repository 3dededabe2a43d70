"""The files for running it: units that systemd accepts, settings that exist, commands that exist."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from dispatch.cli.tree import main
from dispatch.config import SETTINGS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})
PAGE = (ROOT / "docs" / "deployers.md").read_text(encoding="utf-8")
NOT_OURS = {"DISPATCH_TEST_POSTGRES_URL"}


@pytest.fixture
def installed(tmp_path) -> Path:
    """The units, with the programs that they start where systemd can find them."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("gunicorn", "dispatch"):
        (programs / name).write_text("#!/bin/sh\n", encoding="ascii")
        (programs / name).chmod(0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8").replace("/opt/dispatch/current/.venv/bin", str(programs))
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_no_fault_in_a_unit(installed, unit):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(installed / unit)], capture_output=True, text=True, check=False
    )

    ours = [line for line in done.stderr.splitlines() if "dispatch" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_systemd_would_find_a_fault(installed):
    unit = installed / "dispatch.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace("Restart=always", "Restart=sometimes"), encoding="utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert "sometimes" in done.stderr


def test_every_setting_that_is_named_exists():
    texts = [path.read_text(encoding="utf-8") for path in DEPLOY.iterdir()] + [PAGE]
    named = {name for text in texts for name in re.findall(r"DISPATCH_[A-Z_]+", text)}

    assert named - NOT_OURS <= {name for name, _, _ in SETTINGS}
    assert len(named) >= 5


def test_every_command_that_is_named_exists():
    named = {
        tuple(words.split())
        for words in re.findall(r"dispatch ((?:areas|streets|accounts|db|backup|audit|keys) [a-z-]+)", PAGE)
    }

    assert {words for words in named if not _exists(words)} == set()
    assert len(named) >= 8


def _exists(words: tuple[str, ...]) -> bool:
    found: click.Command | None = main
    for word in words:
        found = found.get_command(click.Context(found), word) if isinstance(found, click.Group) else None
    return found is not None


def test_the_compose_file_starts_what_waits_for_the_upgrade():
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))

    services = told["services"]
    waiting = {name for name, each in services.items() if "upgrade" in each.get("depends_on", {})}
    assert waiting == {"web", "worker-1", "worker-2"}
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in services["db"]
    used = {volume.partition(":")[0] for each in services.values() for volume in each.get("volumes", [])}
    assert used == set(told["volumes"])


@pytest.mark.parametrize("script", sorted(path.name for path in DEPLOY.glob("*.sh")))
def test_scripts_are_ones_that_a_plain_shell_reads(script):
    assert subprocess.run(["sh", "-n", str(DEPLOY / script)], check=False).returncode == 0


LOGGING = """
import logging.config, runpy
logging.config.dictConfig(runpy.run_path("gunicorn.conf.py")["logconfig_dict"])
logging.getLogger("gunicorn.access").info("a request")
logging.getLogger("gunicorn.error").error("something of its own")
"""


def test_gunicorn_writes_no_line_of_its_own_for_a_request():
    done = subprocess.run([sys.executable, "-c", LOGGING], cwd=ROOT, capture_output=True, text=True, check=True)

    [line] = done.stderr.splitlines()
    assert json.loads(line)["logger"] == "gunicorn.error"


STARTING = """
import runpy, types
from dispatch import app, config, logs, streets
config.read_settings = lambda: types.SimpleNamespace(log_level="INFO")
logs.install = lambda level: None
app.create_app = lambda settings: print("built")
streets.warm_kernels = lambda: print("warm")
runpy.run_path("wsgi.py")
print("serving")
"""


def test_a_web_process_has_its_kernels_before_it_serves():
    done = subprocess.run([sys.executable, "-c", STARTING], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["built", "warm", "serving"]


def test_folder_of_counters_that_somebody_names_is_made_and_stays(monkeypatch, tmp_path):
    named = tmp_path / "run" / "counters"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(named))

    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["on_exit"](None)

    assert named.is_dir()


def test_folder_of_counters_that_gunicorn_makes_goes_with_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))  # so that it is put back in the end
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")

    made = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    assert folder.is_dir()
    made["on_exit"](None)

    assert not folder.exists()


def test_gunicorn_compiles_once_before_its_processes_do(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))  # what it sets itself would reach every later test
    waited = []

    class Started:
        def __init__(self, command: list[str]) -> None:
            asked.append(command)

        def wait(self) -> int:
            waited.append(self)
            return 0

    monkeypatch.setattr(subprocess, "Popen", Started)
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["on_starting"](None)
    monkeypatch.undo()

    assert len(waited) == len(asked) == 2
    for python, option, code in asked:
        assert (python, option) == (sys.executable, "-c")
        told = f"{code}; print('compiled')"
        assert subprocess.run([python, option, told], cwd=ROOT, capture_output=True, check=True).stdout == b"compiled\n"
