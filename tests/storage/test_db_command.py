"""`dispatch db`: up, down for an older program, and where it stands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dispatch import storage
from dispatch.cli import db
from tests.factories.elders import elder_record, put_elders, put_places

OLDER = "0014_add_sign_in_tries"


@pytest.fixture
def run(real_app):
    def run_command(*words: str, answer: str = ""):
        return CliRunner().invoke(db.db_commands, list(words), obj=lambda **_: real_app, input=answer)

    return run_command


def test_down_to_an_older_program_and_up_again_keeps_the_rows(real_app, run):
    with real_app.app_context(), storage.transaction():
        put_places("120198001001")
        put_elders(elder_record())

    down = run("downgrade", OLDER, "--yes")
    outdated = run("check")
    up = run("upgrade")

    assert f"is at {OLDER}" in down.output
    assert isinstance(outdated.exception, storage.SchemaOutdatedError)
    assert up.exit_code == 0
    with real_app.app_context(), storage.reading() as session:
        assert session.scalar(sa.text("select count(*) from elder")) == 1


def test_it_asks_first_and_no_is_no(real_app, run):
    refused = run("downgrade", OLDER, answer="n\n")

    assert refused.exit_code == 1
    assert "Is there a backup" in refused.output
    with real_app.app_context():
        storage.check_schema()


@pytest.mark.parametrize("revision", ["0099_from_the_future", "14", "0014", "head", "'; drop table elder"])
def test_a_revision_that_is_none_changes_nothing(real_app, run, revision):
    refused = run("downgrade", revision, "--yes")

    assert isinstance(refused.exception, storage.UnknownRevisionError)
    with real_app.app_context():
        storage.check_schema()
