"""`dispatch accounts`: made at the command line, without a password on the line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from dispatch import accounts, storage
from dispatch.cli.accounts import accounts_commands

PASSWORD = "a-long-enough-one"  # noqa: S105 - opens nothing


@pytest.fixture
def run(real_app):
    def run_command(*words: str, stdin: str = ""):
        return CliRunner().invoke(accounts_commands, list(words), input=stdin, obj=lambda **_: real_app)

    return run_command


def test_an_account_is_added_listed_disabled_and_enabled(run, real_app):
    added = run(
        "add", "Li.Si", "--role", "planner", "--area", "120198", "--name", "李四", "--password-stdin", stdin=PASSWORD
    )
    listed = run("list")
    disabled = run("disable", "li.si")
    with real_app.app_context(), storage.reading(), pytest.raises(accounts.SignInFailedError):
        accounts.authenticate("li.si", password=PASSWORD)
    enabled = run("enable", "li.si")
    with real_app.app_context(), storage.reading():
        accounts.authenticate("li.si", password=PASSWORD)

    assert (added.exit_code, disabled.exit_code, enabled.exit_code) == (0, 0, 0)
    assert "created Li.Si (planner)" in added.output
    assert PASSWORD not in added.output
    assert listed.output.startswith("li.si\tactive\t李四\tplanner of area 120198 from ")


def test_the_password_is_asked_for_twice_and_not_shown(run):
    result = run("add", "carer9", "--role", "carer", "--name", "护理员", stdin=f"{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0
    assert PASSWORD not in result.output


def test_what_cannot_be_is_said_and_nothing_is_kept(run):
    no_scope = run("add", "x1", "--role", "planner", "--name", "甲", "--password-stdin", stdin=PASSWORD)
    weak = run("add", "x1", "--role", "planner", "--area", "12", "--name", "甲", "--password-stdin", stdin="short")
    wrong = run("add", "x1", "--role", "family", "--area", "12", "--name", "甲", "--password-stdin", stdin=PASSWORD)

    assert "--area CODE" in no_scope.output
    assert isinstance(weak.exception, accounts.WeakPasswordError)
    assert isinstance(wrong.exception, accounts.GrantInvalidError)
    assert run("list").output == ""


def test_nobody_is_not_disabled(run):
    assert isinstance(run("disable", "nobody").exception, accounts.AccountNotFoundError)


def test_a_forgotten_password_is_chosen_anew_with_a_code(run, real_app):
    run("add", "li.si", "--role", "planner", "--area", "120198", "--name", "李四", "--password-stdin", stdin=PASSWORD)

    said = run("code", "Li.Si")
    unknown = run("code", "nobody")

    assert said.exit_code == 0
    caller = real_app.test_client()
    body = {"code": said.output.split()[0], "password": "yet-another-long-one"}
    assert caller.post("/v1/auth/passwords", json=body).status_code == 204
    with real_app.app_context(), storage.reading():
        assert accounts.authenticate("li.si", password="yet-another-long-one")  # noqa: S106 - opens nothing
    assert unknown.exit_code != 0


@pytest.mark.feature("Z2")
def test_a_key_is_issued_listed_and_revoked(run, real_app):
    added = run("add", "hotline", "--role", "planner", "--area", "120198", "--name", "热线", "--system")
    assert "created hotline (planner, system)" in added.output

    issued = run("key", "hotline", "--label", "市民热线", "--test", "--days", "30")
    listed = run("keys", "hotline")
    key_id = listed.output.split("\t")[0]
    revoked = run("revoke-key", "hotline", key_id)

    key = issued.output.split()[0]
    assert key.startswith("dk_test_")
    assert listed.output.split("\t")[1:3] == [f"{key[:12]}…", "市民热线"]
    assert listed.output.endswith("\tnever used\n")
    assert revoked.output == f"revoked {key_id}\n"
    assert "revoked 20" in run("keys", "hotline").output
    with real_app.app_context(), storage.reading():
        assert accounts.read_key(key) is not None
    assert run("key", "hotline", "--label", "x", "--days", "9999").exit_code == 2
    assert run("key", "hotline", "--label", " ").exit_code == 2
