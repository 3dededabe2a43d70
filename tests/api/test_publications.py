"""What everybody sees of coverage: no count of 1 to 4 can be worked out, whatever was published before."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from uuid import uuid4

import numpy as np
import pytest
from scipy.optimize import linprog

from dispatch import coverage, storage
from dispatch.actor import SYSTEM
from dispatch.coverage import queries
from tests.conftest import NOW
from tests.factories.accounts import sign_in
from tests.factories.coverage import COMMUNITIES, DISTRICT, TOWNS, put_district, put_run

MEASURES = ("elders", "covered", "uncovered")
PLENTY = dict.fromkeys(COMMUNITIES, (100, 60))
FEW = PLENTY | {COMMUNITIES[0]: (60, 57)}  # three people outside


@pytest.fixture(autouse=True)
def ground(request):
    """Areas and code lists, in the database that the test uses."""
    if "real_app" in request.fixturenames:
        with request.getfixturevalue("real_app").app_context(), storage.transaction():
            put_district()
    elif "client" in request.fixturenames:
        request.getfixturevalue("db")
        with storage.transaction():
            put_district()


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area=DISTRICT)


def put(counts, **given):
    with storage.transaction():
        return put_run(counts, **given)


def publish(client, headers, run_id):
    return client.post(f"/v1/coverage/runs/{run_id}/publication", headers=headers)


def shown(body):
    return {(row["area_code"], measure): row[measure] for row in body["rows"] for measure in MEASURES}


@pytest.mark.feature("X4")
def test_everybody_sees_what_is_published_with_what_it_rests_on(client, officer):
    run_id = put(FEW)

    reply = publish(client, officer, run_id)
    seen = client.get(f"/v1/coverage/publications/{reply.get_json()['id']}").get_json()

    assert reply.status_code == 201
    assert seen == reply.get_json()
    counts = shown(seen)
    assert counts[DISTRICT, "elders"] == 1160
    assert counts[COMMUNITIES[0], "uncovered"] is None  # three people
    assert counts[COMMUNITIES[0], "covered"] is None  # or 60 - 57 tells
    assert sum(count is None for count in counts.values()) == 4  # and one more community, both counts
    assert [seen[name] for name in ("speed_mps", "limit_s", "rule_version")] == [1.0, 900, "coverage-2026-1"]
    assert seen["suppression_rule"] == "coverage-publication-2026-1"
    assert seen["run_id"] == str(run_id)
    assert "hashes" not in seen["assumptions"]
    listed = client.get(f"/v1/coverage/publications?area={DISTRICT}&service=日间照料").get_json()["items"]
    assert [(one["id"], one["rows"]) for one in listed] == [(seen["id"], [])]
    assert client.get("/v1/coverage/publications?service=bathing").get_json()["items"] == []
    with storage.reading():
        assert coverage.get_run(run_id, actor=SYSTEM).status == "published"


def test_nothing_small_means_nothing_hidden(client, officer):
    seen = publish(client, officer, put(PLENTY)).get_json()

    assert None not in shown(seen).values()
    assert {row["covered_share"] for row in seen["rows"]} == {0.6}
    assert not any(row["suppressed"] for row in seen["rows"])


def test_only_an_officer_of_the_area_publishes(client, officer):
    run_id = put(FEW)
    elsewhere = sign_in(client, role="district_officer", area="120197")
    within = sign_in(client, role="district_officer", area=TOWNS[0])
    planner = sign_in(client, role="planner", area=DISTRICT)

    assert publish(client, planner, run_id).status_code == 403
    for headers in (elsewhere, within):
        assert publish(client, headers, run_id).status_code == 404
    assert publish(client, officer, uuid4()).status_code == 404
    published = publish(client, officer, run_id).get_json()
    reply = client.post(
        f"/v1/coverage/publications/{published['id']}/withdrawal", json={"reason": "x"}, headers=elsewhere
    )
    assert reply.status_code == 404
    assert client.get(f"/v1/coverage/publications/{uuid4()}").status_code == 404


def test_published_once_withdrawn_once_and_published_again_alike(client, officer):
    run_id = put(FEW)
    first = publish(client, officer, run_id).get_json()
    path = f"/v1/coverage/publications/{first['id']}"

    again = publish(client, officer, run_id)
    gone = client.post(f"{path}/withdrawal", json={"reason": "名单有误"}, headers=officer)
    twice = client.post(f"{path}/withdrawal", json={"reason": "名单有误"}, headers=officer)

    assert (again.status_code, again.get_json()["code"]) == (409, "already-published")
    assert (gone.status_code, twice.get_json()["code"]) == (201, "already-withdrawn")
    seen = client.get(path).get_json()
    assert (seen["rows"], seen["withdrawal_reason"]) == ([], "名单有误")
    second = publish(client, officer, run_id).get_json()
    assert second["rows"] == first["rows"]  # another choice beside the first would tell more


def test_what_moved_by_a_few_since_last_month_is_hidden_and_what_was_hidden_stays(client, officer):
    first = shown(publish(client, officer, put(FEW)).get_json())
    moved = FEW | {COMMUNITIES[5]: (102, 61)}

    second = shown(publish(client, officer, put(moved, people="february", as_of=date(2026, 2, 28))).get_json())

    assert first[COMMUNITIES[5], "elders"] == 100
    assert [second[COMMUNITIES[5], measure] for measure in MEASURES] == [None, None, None]
    assert second[DISTRICT, "elders"] is None  # moved by two as well
    assert all(second[place] is None for place, count in first.items() if count is None)


def test_nested_questions_hide_the_few_between_them(client, officer):
    publish(client, officer, put(PLENTY))
    wider = PLENTY | dict.fromkeys(COMMUNITIES, (100, 80)) | {COMMUNITIES[7]: (100, 63)}

    second = shown(publish(client, officer, put(wider, limit_min=18)).get_json())

    assert second[COMMUNITIES[7], "covered"] is None  # 63 - 60: three people between 15 and 18 minutes
    assert second[COMMUNITIES[7], "elders"] == 100
    assert sum(second[code, "covered"] is None for code in COMMUNITIES) == 2


def test_where_nothing_is_safe_publishing_is_refused(client, officer, monkeypatch):
    """Earlier numbers that were hidden too little cannot be taken back: 97 of 100 within 15 minutes is known."""
    close = PLENTY | {COMMUNITIES[7]: (100, 97)}
    publish(client, officer, put(close))
    found = queries.find_published_pages(DISTRICT)
    monkeypatch.setattr(
        queries, "find_published_pages", lambda _area: [replace(page, hidden=frozenset()) for page in found]
    )

    reply = publish(client, officer, put(close, limit_min=18))

    assert (reply.status_code, reply.get_json()["code"]) == (409, "no-safe-publication")


def random_counts(rng):
    """A district where few people are outside in some communities, and few live in others."""
    counts = {}
    for code in COMMUNITIES:
        elders = rng.choice((0, rng.randint(1, 9), rng.randint(10, 400), rng.randint(10, 400)))
        few = min(elders, rng.randint(0, 6))
        counts[code] = (elders, rng.choice((few, elders - few, rng.randint(0, elders))))
    return counts


ALL = (DISTRICT, *TOWNS, *COMMUNITIES)


def place_in(page, area, measure):
    """The unknowns of the attack; the elders of an area are the same in all tables of the same people."""
    return page[0], area, measure, "" if measure == "elders" else page[1]


def equations_of(page):
    """What one table says: sums over measures and over areas (nobody lives outside a community), and what is shown."""
    for area in ALL:
        whole, *parts = (place_in(page, area, measure) for measure in MEASURES)
        yield {whole: -1} | dict.fromkeys(parts, 1), 0
    for parent, measure in product((DISTRICT, *TOWNS), MEASURES):
        children = [area for area in ALL if area[:-3] == parent]
        yield {place_in(page, parent, measure): -1} | {place_in(page, child, measure): 1 for child in children}, 0
    for (area, measure), count in page[2].items():
        if count is not None:
            yield {place_in(page, area, measure): 1}, count


def order_of(pages):
    """What tables of the same people say together: who is covered within 15 minutes is within 18."""
    for one, other in combinations(sorted(pages, key=lambda page: page[1]), 2):
        if one[0] == other[0]:
            for area in ALL:
                yield {place_in(one, area, "covered"): 1, place_in(other, area, "covered"): -1}


def attack(pages):
    """
    Give least and largest value of every small count, from nothing but published numbers and what everybody knows.

    `pages`: (name of the people, minutes, counts as shown, true counts); what is true serves to find the small ones.
    """
    equations = [each for page in pages for each in equations_of(page)]
    order = list(order_of(pages))
    columns = {place: number for number, place in enumerate(sorted({at for terms, _ in equations for at in terms}))}

    def matrix(lines):
        made = np.zeros((len(lines), len(columns)))
        for number, terms in enumerate(lines):
            for place, factor in terms.items():
                made[number, columns[place]] = factor
        return made

    known = {"A_eq": matrix([terms for terms, _ in equations]), "b_eq": [value for _, value in equations]}
    if order:
        known |= {"A_ub": matrix(order), "b_ub": [0] * len(order)}
    found = {}
    for page in pages:
        for place in [place_in(page, *at) for at, count in page[3].items() if 0 < count < 5]:
            goal = np.zeros(len(columns))
            goal[columns[place]] = 1
            least, most = (linprog(sign * goal, **known) for sign in (1, -1))
            assert least.status == 0
            found[place] = (least.fun, -most.fun if most.status == 0 else np.inf)
    return found


def true_counts(counts):
    found = {}
    for area in ALL:
        elders, covered = (sum(pair[i] for code, pair in counts.items() if code.startswith(area)) for i in (0, 1))
        found |= {(area, "elders"): elders, (area, "covered"): covered, (area, "uncovered"): elders - covered}
    return found


@pytest.mark.feature("X4")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_small_count_is_found_from_all_that_was_published(client, officer, seed):
    """15 minutes, 18 minutes, and 15 minutes a month later, attacked together."""
    rng = random.Random(seed)  # noqa: S311 - made-up data
    counts = random_counts(rng)
    wider = {code: (elders, min(elders, covered + rng.randint(0, 30))) for code, (elders, covered) in counts.items()}
    later = {code: (elders + rng.choice((0, 0, 1, 12)), covered) for code, (elders, covered) in counts.items()}
    asked = [(counts, 15, "january"), (wider, 18, "january"), (later, 15, "february")]
    pages = []
    for given, limit_min, people in asked:
        on = date(2026, 1, 31) if people == "january" else date(2026, 2, 28)
        reply = publish(client, officer, put(given, limit_min=limit_min, people=people, as_of=on))
        if reply.status_code == 201:
            pages.append((people, str(limit_min), shown(reply.get_json()), true_counts(given)))
        else:
            assert reply.get_json()["code"] == "no-safe-publication"

    bounds = attack(pages)

    assert len(pages) > 1
    assert len(bounds) > 3
    for place, (least, most) in bounds.items():
        assert most > 5 - 1e-6, place
        assert most - least > 5 - 1e-6, place
    for one, other in combinations(pages, 2):
        if one[1] == other[1]:
            told = [abs(one[2][at] - other[2][at]) for at in one[2] if None not in (one[2][at], other[2][at])]
            assert not [moved for moved in told if 0 < moved < 5]


def test_the_attack_finds_what_is_badly_hidden():
    """Hide the small counts alone, and the attack above gives them back."""
    counts = true_counts(FEW)
    page = {place: None if 0 < count < 5 else count for place, count in counts.items()}

    assert attack([("january", "15", page, counts)]) == {
        ("january", COMMUNITIES[0], "uncovered", "15"): pytest.approx((3, 3))
    }


def test_of_two_publications_at_once_the_second_is_chosen_anew(real_app):
    with real_app.app_context():
        run_ids = [put(FEW), put(PLENTY | {COMMUNITIES[1]: (300, 297)}, people="february", as_of=date(2026, 2, 28))]
    barrier = threading.Barrier(2)
    outcomes = []

    def publish_one(run_id):
        with real_app.app_context():
            with storage.reading():
                draft = coverage.draft_publication(run_id, actor=SYSTEM)
            hiding = coverage.hide_counts(draft)
            barrier.wait()
            try:
                with storage.transaction():
                    coverage.store_publication(draft, hiding=hiding, actor=SYSTEM, at=NOW)
            except coverage.PublishedMeanwhileError:
                outcomes.append("meanwhile")
            else:
                outcomes.append("published")

    threads = [threading.Thread(target=publish_one, args=(run_id,)) for run_id in run_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["meanwhile", "published"]
