"""The report of a run in the database: the same figures as everywhere else, for the same reader."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from dispatch import coverage, reports, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.words import Locale
from tests.factories.scenarios import make_scenario, new_site
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NETWORK = world.make_network()
WISH = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)


def someone(role: Role, area: str) -> Actor:
    return Actor(account_id=storage.new_id(), grants=(Grant(role, ScopeKind.AREA, area),))


OFFICER = someone(Role.DISTRICT_OFFICER, world.DISTRICT)
PLANNER = someone(Role.PLANNER, world.DISTRICT)


@pytest.fixture
def run(db: Session) -> coverage.Run:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()
    with storage.transaction():
        return coverage.run_coverage(WISH, network=NETWORK, actor=SYSTEM, now=world.AT)


def compose(run: coverage.Run, *, actor: Actor, locale: Locale = Locale.ZH) -> reports.Report:
    reading = reports.read_report(run.id, actor=actor)
    return reports.compose_report(reading, wish=reports.Wish(locale, computed_on=world.AS_OF))


def communities(report: reports.Report) -> dict[str, tuple]:
    return {line.cells[0]: line.cells for line in report.tables["communities"].lines if not line.is_heading}


def test_officer_reads_the_figures_counted_by_hand(run: coverage.Run) -> None:
    report = compose(run, actor=OFFICER)

    # C1: 5 elders, 2 covered (110 m, 900 m), 1 at 10 and 12 minutes and when slower, 2 at 18 and 20; two without a
    # usable point; two sites
    assert communities(report)[f"测试地区{world.C1}"] == (
        *(f"测试地区{world.C1}", 5, 2, 2 / 5, 1, 1, 3, 3, 1, 2, 2, "是", ""),
    )
    # C3 is borderline: nobody at 15 minutes, two of three at 18
    assert communities(report)[f"测试地区{world.C3}"][-2:] == ("否", "临界")
    assert report.key_number == "18.2 %"  # 2 of 11
    assert [line.cells[1] for line in report.tables["gaps"].lines] == [
        f"测试地区{code}" for code in (world.C1, world.C3, world.C2, world.C5)
    ]
    assert report.cover_note.startswith("含 1 到 4 人的数字")


def test_planner_reads_what_the_screen_shows_and_no_small_count(run: coverage.Run) -> None:
    report = compose(run, actor=PLANNER)

    assert communities(report)[f"测试地区{world.C1}"][:4] == (
        *(f"测试地区{world.C1}", 5, reports.Unseen.SMALL, reports.Unseen.SMALL),
    )
    counted = [
        cell
        for table in (report.tables["communities"], report.tables["subdistricts"], report.tables["gaps"])
        for line in table.lines
        if not line.is_heading
        for column, cell in zip(table.columns, line.cells, strict=True)
        if column.kind is reports.Kind.COUNT and column.title not in {"站点", "序号"}
    ]
    assert [cell for cell in counted if isinstance(cell, int) and 0 < cell < 5] == []
    assert "2 人" not in "".join(report.sentences)
    assert all(count is None or count >= 5 for _, count in report.map.cells)


def test_run_of_another_area_does_not_exist(run: coverage.Run) -> None:
    with pytest.raises(coverage.RunNotFoundError):
        reports.read_report(run.id, actor=someone(Role.PLANNER, "120199"))
    with pytest.raises(coverage.RunNotFoundError):
        reports.read_report(uuid4(), actor=SYSTEM)


def test_streets_are_drawn_of_the_run_s_own_network_only(run: coverage.Run) -> None:
    report = compose(run, actor=OFFICER)
    from dispatch.reports.rules.mapping import draw_maps  # noqa: PLC0415 - what is inside, looked at here alone

    own, none = draw_maps(report.map, network=NETWORK), draw_maps(report.map, network=None)

    assert (own.has_streets, none.has_streets) == (True, False)
    assert reports.typeset_report(report, network=NETWORK).startswith(b"%PDF-")


def test_recommended_sites_come_with_their_effect_and_bound_or_it_is_said_that_there_are_none(
    run: coverage.Run,
) -> None:
    none = compose(run, actor=OFFICER).tables["sites"]
    assert none.lines == ()
    assert none.empty.endswith(
        "dispatch coverage site --area 120198 --service day_care --speed-mps 1.0 --minutes 15 --as-of 2026-03-31 -k 5"
    )
    wish = coverage.SitingWish(
        area_code=world.DISTRICT,
        service_code="day_care",
        as_of=world.AS_OF,
        picks=2,
        source=coverage.CandidateSource.POINTS,
        candidates=(
            coverage.Candidate(world.lonlat((1000.0, 0.0)), "中段"),
            coverage.Candidate(world.lonlat((300.0, 500.0)), "对岸"),
        ),
        is_proof_wanted=True,
    )
    findings = coverage.compute_siting(coverage.prepare_siting(wish, actor=SYSTEM), network=NETWORK)
    packed = coverage.pack_siting(findings, actor=SYSTEM, started_at=world.AT, finished_at=world.AT)
    with storage.transaction():
        siting_id = coverage.store_siting(packed, actor=SYSTEM)

    table = compose(run, actor=OFFICER).tables["sites"]

    # by hand: the middle takes the one at 901 m and C3's three, the far bank C2's two: 2 + 6 of 11
    assert [(line.cells[1], line.cells[2], line.cells[5]) for line in table.lines] == [
        ("中段", f"测试地区{world.C1}", 4),
        ("对岸", f"测试地区{world.C2}", 2),
    ]
    assert "新增 2 处，覆盖率由 18.2 % 变为 72.7 %：新覆盖 6 人，失去 0 人。已证明没有更好的选法。" in table.lead
    assert str(siting_id) in table.lead
    hidden = compose(run, actor=PLANNER, locale=Locale.EN).tables["sites"]
    assert [line.cells[5] for line in hidden.lines] == [reports.Unseen.SMALL, reports.Unseen.SMALL]
    assert "6 newly" not in hidden.lead
    for locale in Locale:
        assert reports.typeset_report(compose(run, actor=OFFICER, locale=locale)).startswith(b"%PDF-")


def site(*candidates: coverage.Candidate) -> str:
    wish = coverage.SitingWish(
        area_code=world.DISTRICT,
        service_code="day_care",
        as_of=world.AS_OF,
        picks=1,
        source=coverage.CandidateSource.POINTS,
        candidates=candidates,
    )
    findings = coverage.compute_siting(coverage.prepare_siting(wish, actor=SYSTEM), network=NETWORK)
    packed = coverage.pack_siting(findings, actor=SYSTEM, started_at=world.AT, finished_at=world.AT)
    with storage.transaction():
        return str(coverage.store_siting(packed, actor=SYSTEM))


def test_a_siting_that_chose_nothing_says_why_and_gives_way_to_one_that_chose(run: coverage.Run) -> None:
    far = coverage.Candidate(world.lonlat((1000.0, 5000.0)), "2 km off")
    empty_id = site(far)

    table = compose(run, actor=OFFICER).tables["sites"]
    english = compose(run, actor=OFFICER, locale=Locale.EN).tables["sites"]

    assert table.lines == ()
    assert table.lead.startswith("没有可用的候选点")
    assert empty_id in table.lead
    assert "已证明没有更好的选法" not in table.lead
    assert table.empty.endswith("-k 5 --candidates all")
    assert "{" not in table.empty + english.empty

    chosen_id = site(coverage.Candidate(world.lonlat((1000.0, 0.0)), "中段"))
    site(far)
    assert chosen_id in compose(run, actor=OFFICER).tables["sites"].lead


def test_commands_repeat_the_run(run: coverage.Run) -> None:
    first, second = compose(run, actor=OFFICER, locale=Locale.EN).commands

    assert first == (
        "dispatch coverage run --area 120198 --service day_care --speed-mps 1.0 --minutes 15 --as-of 2026-03-31"
    )
    assert second == f"dispatch coverage report {run.id} --lang en --out FILE.pdf"
    hashes = dict(compose(run, actor=OFFICER).repeat)
    assert hashes["全部输入"] == run.inputs_hash
    assert hashes["全部结果"] == run.assumptions["hashes"]["figures"]


def test_report_of_a_scenario_s_run_says_so_wherever_a_figure_stands(run: coverage.Run) -> None:
    scenario = make_scenario(new_site(), actor=PLANNER)
    with storage.transaction():
        supposed = coverage.run_coverage(
            replace(WISH, scenario_id=scenario.id), network=NETWORK, actor=PLANNER, now=world.AT
        )

    report = compose(supposed, actor=OFFICER, locale=Locale.EN)

    assert dict(report.cover)["Status"] == (
        "A supposition, not what is: as if the changes of scenario “试点一” (version 1) were made"
    )
    assert report.sentences[0].startswith("Supposing that the 1 changes of scenario “试点一” were made: Of 11 elders")
    assert dict(report.methods)["Scenario"].startswith(f"“试点一”, {scenario.id}, version 1, 1 changes")
    assert report.commands[0] == f"dispatch coverage scenario run {scenario.id}"
    assert all("as if scenario “试点一” were made" in table.notes[-1] for table in report.tables.values())
    assert "Scenario" not in dict(compose(run, actor=OFFICER, locale=Locale.EN).methods)


@pytest.mark.usefixtures("run")
def test_whom_carers_reach_is_not_told_as_walking() -> None:
    with storage.transaction():
        reach = coverage.run_coverage(
            replace(WISH, service_code="cleaning", mode=coverage.Mode.CARER_EBIKE, speed_mps=4.167, limit_min=30),
            network=NETWORK,
            actor=OFFICER,
            now=world.AT,
        )

    with storage.reading(), pytest.raises(reports.ReportOfReachError):
        reports.read_report(reach.id, actor=OFFICER)
