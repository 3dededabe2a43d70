"""GET /v1/audit/verify and `dispatch audit`: whether anything was changed, and the first place."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dispatch import journal, storage
from dispatch.actor import SYSTEM
from dispatch.cli.audit import audit_commands
from tests.factories.accounts import sign_in

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)


def _write() -> None:
    with storage.transaction():
        journal.append("visit.finished", actor=SYSTEM, at=NOW, subject_id="x", minutes=40)
        journal.log_access(
            [uuid4()], actor=SYSTEM, at=NOW, purpose=journal.AccessPurpose.CARE, route="GET /v1/elders/<id>"
        )


def _spoil() -> tuple[int, int]:
    """Change one entry as whoever owns the database may; give its place in the chain and its number."""
    with storage.transaction() as session:
        run = session.connection().exec_driver_sql
        number = run("SELECT seq FROM journal_entry WHERE kind = 'visit.finished'").scalar_one()
        if session.get_bind().dialect.name == "postgresql":
            run("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        else:
            run("DROP TRIGGER journal_entry_no_update")
        session.execute(sa.text("UPDATE journal_entry SET subject_id = 'y' WHERE seq = :number"), {"number": number})
        index_no = session.scalar(
            sa.text("SELECT index_no FROM chain_link WHERE table_name = 'journal_entry' AND line_no = :number"),
            {"number": number},
        )
    return index_no, number


@pytest.fixture(autouse=True)
def no_anchors_of_other_tests(app):
    app.config["DISPATCH_SETTINGS"].anchors_path.unlink(missing_ok=True)


@pytest.mark.feature("X5")
@pytest.mark.parametrize("role", ["administrator", "district_officer"])
def test_an_untouched_chain_is_whole(client, app, role):
    headers = sign_in(app, role=role)
    _write()

    found = client.get("/v1/audit/verify", headers=headers).get_json()

    assert (found["is_whole"], found["first_broken"], found["breaks"]) == (True, None, [])
    assert found["access_lines"] == 1
    assert found["links"] == found["entries"] + 1
    assert found["heads"][0]["links"] == found["links"]
    assert (found["anchors"], found["newest_anchor_at"]) == (0, None)


@pytest.mark.feature("X5")
def test_a_changed_line_is_named_with_its_place(client, app):
    headers = sign_in(app, role="administrator")
    _write()
    index_no, number = _spoil()

    found = client.get("/v1/audit/verify", headers=headers).get_json()

    assert found["is_whole"] is False
    assert found["first_broken"] == {
        "damage": "line_changed",
        "lane_no": 0,
        "index_no": index_no,
        "table_name": "journal_entry",
        "line_no": number,
    }


def test_a_planner_may_not(client, app):
    assert client.get("/v1/audit/verify", headers=sign_in(app, role="planner")).status_code == 403


def test_anchors_beside_the_database_are_compared(client, app):
    headers = sign_in(app, role="administrator")
    path = app.config["DISPATCH_SETTINGS"].anchors_path
    with storage.reading():
        anchor = journal.make_anchor(at=NOW)
    journal.keep_anchor(anchor, path=path)
    _write()

    whole = client.get("/v1/audit/verify", headers=headers).get_json()
    other = journal.Head(0, anchor.heads[0].links, "0" * 64)
    journal.keep_anchor(journal.Anchor(at=NOW, heads=(other,)), path=path)
    broken = client.get("/v1/audit/verify", headers=headers).get_json()

    assert (whole["is_whole"], whole["anchors"]) == (True, 1)
    assert datetime.fromisoformat(whole["newest_anchor_at"]) == NOW
    assert broken["first_broken"]["damage"] == "anchor_differs"
    assert broken["first_broken"]["index_no"] == other.links - 1


def test_an_unreadable_file_of_anchors_is_503_and_says_which_line(client, app):
    path = app.config["DISPATCH_SETTINGS"].anchors_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n", encoding="utf-8")

    reply = client.get("/v1/audit/verify", headers=sign_in(app, role="administrator"))

    assert (reply.status_code, reply.get_json()["code"]) == (503, "anchor-file-unreadable")
    assert "1" in reply.get_json()["detail"]


@pytest.mark.feature("X5")
def test_commands_keep_anchors_and_verify_against_them(real_app, tmp_path, monkeypatch):
    monkeypatch.setenv("DISPATCH_VAR_DIR", str(tmp_path))

    def command(*arguments: str):
        return CliRunner().invoke(audit_commands, arguments, obj=lambda **_: real_app, catch_exceptions=False)

    with real_app.app_context():
        _write()
    kept = command("anchor")
    copy = tmp_path / "copy.jsonl"
    copy.write_text(kept.stdout, encoding="utf-8")
    whole = command("verify")
    by_copy = command("verify", "--anchors", str(copy))
    with real_app.app_context():
        index_no, number = _spoil()
    broken = command("verify")

    assert (kept.exit_code, whole.exit_code, by_copy.exit_code, broken.exit_code) == (0, 0, 0, 1)
    assert "1 entries, 1 access lines, 2 links" in whole.stdout
    assert "compared with 1 anchors" in whole.stdout
    assert "compared with 1 anchors" in by_copy.stdout
    assert f"BROKEN: line_changed: lane 0, index {index_no}, line {number} of journal_entry" in broken.stdout
