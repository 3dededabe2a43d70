"""A person's own copy, erasure that leaves counts as they are, and records whose time is over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dispatch import clock, elders, journal, notices, privacy, storage, streets, webhooks
from dispatch.actor import SYSTEM
from dispatch.cli.retention import retention_commands
from dispatch.storage import Base, find_subject_tables
from tests.factories.accounts import headers_of
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.intake import NOW
from tests.walk.walking import opened
from tests.walk.world import Kind
from tests.worlds.tiny_day import NETWORK

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# columns of a person's rows that hold codes, standards and ways of counting: they name nobody
CODES = {
    "caller",
    "checked_by",
    "confirmed_by",
    "adjusted_for",
    "area_code",
    "carer_sex",
    "category",
    "channel",
    "checklist_version",
    "clock",
    "close_reason",
    "end_reason",
    "decline_reason",
    "grade",
    "hold_reason",
    "hours",
    "inputs_hash",
    "kind",
    "level",
    "mode",
    "organization_id",
    "outcome",
    "pairing",
    "period",
    "place",
    "purpose",
    "reasons",
    "role",
    "route",
    "rrule",
    "rule_version",
    "service_code",
    "sex",
    "standard",
    "state",
    "status",
    "status_before_hold",
    "to_area_code",
    "urgency",
    "verdict",
    "withdraw_reason",
    "zone",
    "body_sha256",
    "born_on",  # ages are counted on any past day
}
# of a quote: closed lists, amounts, dates, ids and codes of rules, date by date
CODES_OF = {
    "dispute": {"reason"},
    "quote": {"basis", "reason", "lines", "rule_version_ids"},
    "unplanned": {"code", "change"},
}
PLAIN = (sa.Uuid, sa.Integer, sa.BigInteger, sa.Boolean, sa.Date, sa.Time)


@pytest.fixture
def world(app, monkeypatch):
    """The elders of the walk, each with an entry of everything; what is done is undone."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    settings = app.config["DISPATCH_SETTINGS"]
    streets.save_network(NETWORK, folder=settings.networks_dir / settings.network)
    with opened(app) as walker:
        yield walker.world


@pytest.fixture
def caller(app, world):
    def call(name, method, path, **sent):
        headers = world.callers[name].headers
        return app.test_client().open(path, method=method, headers=headers, **sent)

    return call


def every_text() -> str:
    """All that stands in all tables."""
    with storage.reading():
        return "\n".join(
            str(dict(row))
            for table in Base.metadata.sorted_tables
            for row in storage.session().execute(sa.select(table)).mappings()
        )


@pytest.mark.feature("X6")
def test_it_is_settled_of_every_table_of_a_person_what_becomes_of_it():
    tables = find_subject_tables("elder", column="elder_id")

    assert set(privacy.ERASURE) == set(tables)
    for name, fate in privacy.ERASURE.items():
        columns = Base.metadata.tables[name].c
        cleared = set(fate) if isinstance(fate, dict) else set()
        assert cleared <= set(columns.keys())
        if fate is not privacy.Fate.DELETED:
            unsettled = {
                column.name
                for column in columns
                if not isinstance(column.type, PLAIN)
                and not isinstance(column.type, storage.UtcDateTime)
                and column.name not in cleared | CODES | CODES_OF.get(name, set())
            }
            assert unsettled == set(), name


def test_a_copy_holds_everything_of_this_person_and_nothing_of_others(world, caller):
    known = world.elders["tied_here"]

    reply = caller("family", "GET", f"/v1/elders/{known.elder_id}/copy")

    text = reply.get_data(as_text=True)
    assert reply.status_code == 200
    missing = {each for each, kind in known.texts.items() if kind is not Kind.ID_NO and each not in text}
    assert missing == set()
    assert [each for each, kind in known.texts.items() if kind is Kind.ID_NO and each in text] == []
    assert set(world.find_elders(text)) == {"tied_here"}
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", reply.get_json()["tables"]["elder"][0]["born_on"])
    assert set(reply.get_json()["tables"]) == set(privacy.ERASURE)
    with storage.reading():
        last = journal.find_access_lines(known.elder_id)[-1]
    assert (last.purpose.value, last.route) == ("own", "GET /v1/elders/<uuid:elder_id>/copy")


@pytest.mark.parametrize(("name", "status"), [("worker", 403), ("planner", 403), ("operator", 403), ("officer", 200)])
def test_a_copy_is_for_the_person_and_officers_of_the_area(world, caller, name, status):
    assert caller(name, "GET", f"/v1/elders/{world.elders['tied_here'].elder_id}/copy").status_code == status
    assert caller(name, "GET", f"/v1/elders/{world.elders['tied_there'].elder_id}/copy").status_code in {403, 404}


def counts(caller, world):
    """The figures that a district answers for."""
    district = world.district(world.elders["tied_here"])
    rate = caller("officer", "GET", f"/v1/visits/rate?area={district}&month=2026-03").get_json()
    run = caller("officer", "GET", f"/v1/coverage/areas?area={district}&service=bathing_home").get_json()
    figures = {name: value for name, value in rate.items() if name not in {"computed_at", "known_at"}}
    return figures, [feature["properties"] for feature in run["features"]]


@pytest.mark.feature("X6")
def test_an_erased_elder_leaves_counts_and_chain_as_they_were_and_nothing_that_names_them(
    app, world, caller, monkeypatch
):
    known = world.elders["tied_here"]
    path = f"/v1/elders/{known.elder_id}"
    early = caller("officer", "POST", f"{path}/erasure", json={"basis": "own_request"})
    event = {"kind": "died", "on": "2026-03-30", "evidence": "家属报告"}
    assert caller("officer", "POST", f"{path}/events", json=event).status_code == 201
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(days=2))
    sign_in_again(app, world)
    before = counts(caller, world)
    for name in ("worker", "family", "planner"):
        assert caller(name, "POST", f"{path}/erasure", json={"basis": "own_request"}).status_code in {403, 404}

    reply = caller("officer", "POST", f"{path}/erasure", json={"basis": "own_request"})

    assert (early.status_code, early.get_json()["code"]) == (409, "erasure-too-early")
    assert reply.status_code == 201, reply.get_json()
    assert reply.get_json()["rows"]["contact"] == 1
    assert counts(caller, world) == before
    assert before[0]["due"] > 0
    text = every_text()
    told = {each for each, kind in known.texts.items() if kind is not Kind.ID_NO and not ID.fullmatch(each)}
    assert {each for each in told if each in text} == set()
    other = world.elders["other_here"]
    assert {
        each for each, kind in other.texts.items() if kind is Kind.IDENTITY and "号楼" in each and each not in text
    } == set()
    for name in ("officer", "worker", "family"):
        assert caller(name, "GET", path).status_code == (403 if name == "family" else 404)  # no role is left
    assert caller("officer", "POST", f"{path}/erasure", json={"basis": "own_request"}).status_code == 404
    with storage.reading():
        assert journal.verify_chain([]).is_whole
        [entry] = [each for each in journal.find_entries(known.elder_id) if each.kind == "elder.erased"]
    assert entry.facts["basis"] == "own_request"


def sign_in_again(app, world):
    """Give everybody a new access token: two days later the old ones are over."""
    for each in world.callers.values():
        each.headers = headers_of(app, account_id=each.account_id)


@pytest.mark.feature("X6")
@pytest.mark.usefixtures("world")
def test_what_is_over_its_time_is_ended_and_the_rest_stays():
    far = NOW + timedelta(days=11 * 365)
    with storage.transaction():
        put_places("120198001001")
        [gone, here] = put_elders(elder_record(name="走了的"), elder_record(name="还在的"))
        elders.record_event(
            gone,
            record=elders.EventRecord("moved_out", NOW.date()),
            actor=SYSTEM,
            at=NOW,
            on=NOW.date(),
            ties=elders.Ties(),
        )
        storage.session().execute(sa.text("update visit_log set fix_lon = 117.2, fix_lat = 39.1, fix_accuracy_m = 8"))
    with storage.reading():
        lines = storage.session().scalar(sa.text("select count(*) from access_log"))

    def apply(at, *, dry_run):
        with storage.transaction():
            return {
                each.key: each.over
                for each in privacy.apply_retention(
                    actor=SYSTEM, at=at, on=at.date(), dry_run=dry_run, also={**notices.ENDS, **webhooks.ENDS}
                )
            }

    assert set(apply(NOW, dry_run=False).values()) == {0}
    counted = apply(far, dry_run=True)
    assert counted["departed_elders"] == 1
    assert counted["positions"] > 0
    assert counted["access_lines"] == lines
    assert apply(far, dry_run=False) == counted
    assert set(apply(far, dry_run=False).values()) == {0}
    with storage.reading():
        assert elders.find_names([gone, here]) == {gone: "", here: "还在的"}
        assert storage.session().scalar(sa.text("select count(*) from access_log")) == 0
        found = journal.verify_chain([])
    assert (found.is_whole, found.removed_lines) == (True, lines)


def test_the_command_counts_before_it_ends_anything(real_app):
    with real_app.app_context(), storage.transaction():
        storage.session().execute(
            sa.text(
                "insert into idempotency_key (account_id, key, route, body_sha256, status, reply, at)"
                " values (:id, 'k', 'r', 's', 201, '{}', :at)"
            ).bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True)), sa.bindparam("id", type_=sa.Uuid())),
            {"id": storage.new_id(), "at": clock.utc_now() - timedelta(days=91)},
        )

    def run(*words):
        return CliRunner().invoke(retention_commands, ["run", *words], obj=lambda **_: real_app).output

    assert "answers kept for repeated requests: 1 over their time" in run("--dry-run")
    assert "answers kept for repeated requests: 1 ended" in run()
    assert "answers kept for repeated requests: 0 ended" in run()
