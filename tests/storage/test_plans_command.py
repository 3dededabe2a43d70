"""An engineer looks at plans from the command line: reasons in words of both languages, nobody's name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from dispatch import assignment, storage, visits
from dispatch.actor import SYSTEM
from dispatch.cli.plans import plans_commands
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, local
from tests.factories.plans import ask_plan, propose
from tests.factories.visits import new_visit, put_caseload
from tests.worlds.tiny_day import make_tiny_day


def command(app, *arguments):
    done = CliRunner(env={"COLUMNS": "400"}).invoke(
        plans_commands, arguments, obj=lambda **_: app, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.feature("S7")
def test_a_plan_is_shown_with_its_reasons_and_what_would_help_in_words(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.bath_team()
        town.assign(town.ask("bathing_home"), "浴")
        [far] = put_elders(elder_record(name="远无门", point_ll=None))  # without a point
        put_caseload(town.carers["X"], far)
        outreach = new_visit(far, purpose=visits.VisitPurpose.OUTREACH, start_at=local("2026-03-31 15:00"))
        [lost] = visits.plan_visits([outreach], actor=SYSTEM, at=NOW)
        plan_id = propose()

    shown = command(real_app, "show", str(plan_id))
    listed = command(real_app, "list", "--on", "2026-03-31")

    [line] = [each for each in shown.splitlines() if str(lost.visit_id) in each]
    assert "老人住址没有坐标或离路太远 The elder's home has no usable location." in line
    assert "先给老人住址定位 Locate the elder's home." in line
    assert "只有这一人可以做 Nobody else may do it." in shown
    assert "待确认 Waiting for a signature" in shown
    assert "待确认 Waiting for a signature" in listed
    for code in ("{", "only_one", "start_", "locate_home", "远无门"):
        assert code not in shown


def test_a_plan_that_failed_says_why_in_full(real_app):
    refused = assignment.PlanTooLargeError(visits=9_000, carers=3, most_visits=4_000, most_carers=1_000)
    told = {
        "code": refused.slug,
        "title": {"zh": refused.title.zh, "en": refused.title.en},
        "detail": {"zh": "共有 9000 次上门。", "en": "It has 9000 visits."},
    }
    with real_app.app_context(), storage.transaction():
        make_tiny_day()
        plan_id = ask_plan().plan_id
        assert assignment.fail_plan(plan_id, failure=told, at=NOW + timedelta(minutes=1))

    shown = command(real_app, "show", str(plan_id))

    assert f"{refused.title.zh} {refused.title.en}" in shown
    assert "共有 9000 次上门。 It has 9000 visits." in shown
