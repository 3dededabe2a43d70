"""The import contracts hold, and each one fails when it is broken: in a copy of the package with one bad line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; "
        "sys.exit(lint_imports(no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "dispatch", folder / "dispatch", ignore=without_caches)
    (folder / "tests" / "architecture").mkdir(parents=True)
    for name in (
        "tests/__init__.py",
        "tests/architecture/__init__.py",
        "tests/architecture/contracts.py",
        "pyproject.toml",
    ):
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_all_contracts_hold():
    result = _lint(ROOT)

    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("geo/points.py", "from dispatch import storage", "Storeys"),
        ("visits/operations.py", "from dispatch import coverage", "Storeys"),
        ("new_room.py", "", "Storeys"),
        ("accounts/values.py", "from dispatch.accounts import operations", "Inside a room"),
        ("accounts/models.py", "from dispatch.accounts import rules", "Inside a room"),
        ("coverage/values.py", "from dispatch.visits.models import Visit", "front door"),
        ("visits/values.py", "import flask", "HTTP stays at the edge"),
        ("intake/values/requests.py", "import marshmallow", "HTTP stays at the edge"),
        ("visits/values.py", "import geopy", "geopy stays in geo"),
        ("visits/values.py", "import flask_sqlalchemy", "Flask-SQLAlchemy stays in storage"),
        ("visits/values.py", "from dispatch import clock", "Only the edge asks the clock"),
        ("visits/values.py", "from dispatch.config import Settings", "Only the edge asks the clock"),
        ("streets/values.py", "import sqlalchemy", "Engines are pure"),
        ("geo/points.py", "import time", "Engines are pure"),
    ],
)
def test_a_broken_contract_is_seen(copy, file, line, contract):
    path = copy / "dispatch" / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        result = _lint(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")

    broken = [text for text in result.stdout.splitlines() if " BROKEN" in text]
    assert result.returncode != 0
    assert any(contract in text for text in broken), result.stdout[-3_000:]
    assert "dispatch." + file.removesuffix(".py").replace("/", ".") in result.stdout.partition("Broken contracts")[2]
