"""Making and loading the made-up districts from the command line, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from dispatch.cli.seeding import generate_seed, load_seed, seeding_commands


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("made")
    generate_seed(made)
    return made


def test_generating_again_leaves_the_files_as_they_are(folder):
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    generate_seed(folder)

    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_files_of_another_version_are_made_again(folder):
    (folder / "rules.json").write_text("[]", encoding="utf-8")
    (folder / "fingerprint.txt").write_text("of another version", encoding="ascii")

    generate_seed(folder)

    assert len((folder / "rules.json").read_text(encoding="utf-8")) > 2


def test_help_says_that_it_is_made_up():
    shown = CliRunner().invoke(seeding_commands, ["--help"])

    assert shown.exit_code == 0
    assert "made-up" in shown.output
    assert "generate" in shown.output


def test_loading_a_folder_without_the_files_says_what_to_do(tmp_path):
    with pytest.raises(Exception, match="dispatch seed generate") as told:
        load_seed(tmp_path, now=datetime(2026, 4, 7, tzinfo=UTC))

    assert "areas.json is missing" in str(told.value)


def test_loading_a_broken_file_says_which(folder, tmp_path):
    for path in folder.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "requests.json").write_text('[{"wish": ', encoding="utf-8")

    with pytest.raises(Exception, match=r"requests\.json cannot be read"):
        load_seed(tmp_path, now=datetime(2026, 4, 7, tzinfo=UTC))
