"""Every route, as everybody, for everyone: no reply shows what its reader may not see, each look leaves a line."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest

from dispatch import clock, logs, streets
from dispatch.actor import Role
from tests.conftest import make_settings, opened_app
from tests.factories.intake import NOW
from tests.walk.rows import UNREACHED
from tests.walk.walking import NOBODY, walked
from tests.worlds.tiny_day import NETWORK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.walk.walking import Step
    from tests.walk.world import World

pytestmark = pytest.mark.timeout(900)  # whoever comes first waits for the whole walk of an engine

# the directory is of the whole city, and so is who keeps it
OF_ADMINISTRATORS = {
    "hours.close_site",
    "hours.end_closure",
    "sites.change_site",
    "sites.create_offer",
    "sites.locate_site",
}
# what shows an elder's id, and nothing of the record
NO_LOOK = {
    "auth.show_me": "the elder to whom one's own account is bound",
    "passwords.change_me": "as above",
    "calendars.issue": "as above",
    "calendars.list_own": "as above",
    "days.show_board": "without names visits by their ids alone; with names see tests/api/test_days.py",
}


@pytest.fixture(scope="module")
def walk(engine_name, make_migrated, tmp_path_factory) -> Iterator[tuple[World, list[Step]]]:
    """The world, and every call that was made in it."""
    settings = make_settings(make_migrated(engine_name), tmp_path_factory.mktemp("var"))
    streets.save_network(NETWORK, folder=settings.networks_dir / settings.network)
    with pytest.MonkeyPatch.context() as patch, opened_app(settings) as app, app.app_context():
        patch.setattr(clock, "utc_now", lambda: NOW)
        root, ours, stream = logging.getLogger(), logging.getLogger("dispatch"), io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logs.Formatter())
        root.addHandler(handler)
        ours.setLevel(logging.INFO)
        with walked(app) as found:
            root.removeHandler(handler)
            found[0].log = stream.getvalue()
            yield found


def test_no_line_of_the_log_holds_what_is_personal(walk) -> None:
    world, steps = walk

    lines = world.log.splitlines()
    assert len([line for line in lines if json.loads(line)["event"] == "request"]) >= len(steps)
    assert world.find_elders(world.log) == {}
    assert [whose for text, whose in world.foreign_texts.items() if text in world.log and "account" not in whose] == []


@pytest.mark.feature("X1")
def test_no_reply_shows_what_its_reader_may_not_see(walk) -> None:
    world, steps = walk
    leaks = []
    for step in steps:
        told = step.anonymous()
        for name, kinds in world.find_elders(told).items():
            allowed = world.callers[step.caller].may_see(world.elders[name]) if step.caller in world.callers else set()
            leaks += [f"{step} shows {name}: {', '.join(sorted(kinds - allowed))}"] if kinds - allowed else []
        leaks += [f"{step} shows {whose}" for text, whose in world.foreign_texts.items() if text in told]

    assert not leaks, "\n".join(leaks)


@pytest.mark.feature("X1")
def test_what_is_outside_ones_scope_is_answered_like_what_does_not_exist(walk) -> None:
    world, steps = walk
    answers: dict[tuple[str, str], dict[str, set[tuple[int, str]]]] = {}
    for step in steps:
        # of the same side are an elder's records only, where the call named the elder
        is_foreign = step.target in {NOBODY, "tied_there"} or step.names_elder
        if step.is_about_one and is_foreign and step.caller in world.callers:
            of_caller = answers.setdefault((step.caller, step.endpoint), {})
            of_caller.setdefault(step.target, set()).add((step.status, step.anonymous()))

    different = [
        f"{caller}: {endpoint} of {name}: {sorted(found)[:2]}; of nobody: {sorted(by_target[NOBODY])[:2]}"
        for (caller, endpoint), by_target in answers.items()
        for name, found in by_target.items()
        if name != NOBODY
        and not world.callers[caller].may_see(world.elders[name])
        and not (world.callers[caller].role is Role.ADMINISTRATOR and endpoint in OF_ADMINISTRATORS)
        and found != by_target[NOBODY]
    ]

    assert not different, "\n".join(different)


@pytest.mark.feature("X3")
def test_each_look_leaves_one_line_for_each_elder_shown(walk) -> None:
    world, steps = walk
    ids = {known.elder_id: known.name for known in world.elders.values()}
    wrong = []
    for step in steps:
        if step.endpoint in NO_LOOK:
            continue
        # whoever is named in the address is looked at, also where the answer repeats no id
        shown = set(world.find_elders(step.path + step.text)) if step.status < 400 else set()
        left = sorted(ids[line.elder_id] for line in step.lines if line.elder_id in ids)
        if left != sorted(shown):
            wrong.append(f"{step} shows {sorted(shown)} and leaves lines for {left}")
        caller = world.callers.get(step.caller)
        wrong += [
            f"{step} leaves a line of {line}"
            for line in step.lines
            if caller is None or (line.account_id, line.role) != (caller.account_id, caller.role.value)
        ]

    assert not wrong, "\n".join(wrong)


def test_the_walk_gets_into_every_route(walk) -> None:
    _, steps = walk
    statuses: dict[str, set[int]] = {}
    for step in steps:
        statuses.setdefault(step.endpoint, set()).add(step.status)
    reached = {endpoint for endpoint, found in statuses.items() if min(found) < 400}
    closed = {endpoint for endpoint, (status, _) in UNREACHED.items() if status in statuses.get(endpoint, ())}

    # add to tests/walk/rows.py what the document does not say: IDS of an address, QUERIES, BODIES
    assert sorted((each, statuses[each]) for each in set(statuses) - reached - closed) == []
    assert closed == set(UNREACHED)
