"""
A day of a district planned against its peers, mended after an absence, and asked about.

    python benchmarks/day_plan.py [--visits 2000] [--carers 200] [--seconds 10] [--seed 7] [--rounds 1]
                                  [--only ROW ...] [--peers NAME ...] [--cpu] [--json]

The day is made up (`benchmarks/days.py`), without visits for two carers and with a tenth of them. Planner and peers
take turns in one run, each with the same seconds and two threads; kernels are compiled before. Every plan is held
against one check that is nobody's own (`benchmarks/day_check.py`); where a plan breaks a rule the benchmark fails and
prints no times. A peer that takes longer than it was given is reported as it is: VROOM at its default level does.
`make bench-peers` installs the peers; one that is missing is named as missing, and what none can express is said.

`--cpu` counts the planner's own seconds in time of its processors, for machines that are busy with something else: a
peer that overruns its time makes up for what others take from it, and the planner does not.
"""

# ruff: noqa: E402 - the first lines mend the path
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Python puts the folder of a script first on the path, where `http.py` would stand for the standard library's `http`.
sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != HERE]
sys.path.insert(0, str(HERE.parent))

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import time
from typing import Any

from benchmarks.day_check import check, tours_of
from benchmarks.day_peers import PEERS, THREADS, run_peer, summed_up
from benchmarks.day_questions import absences, who_can
from benchmarks.days import make_day
from benchmarks.engine.turns import demand
from dispatch import planner

DAYS = {"singles": 0.0, "doubles": 0.1}
"""Which share of the visits needs two carers."""
ROWS = ("plan", "absence", "who_can")
TARGETS = {
    "travel_vs_vroom": ("<=", 0.85),
    "placed_vs_vroom": (">=", 1.0),
    "absence_s": ("<=", 2.0),
    "absence_moved_share": ("<=", 0.05),
    "absence_pinned_moved": ("<=", 0),
    "who_can_p95_ms": ("<=", 20.0),
}
"""Meant for 2,000 visits, 200 carers, 10 s and two cores; each is the worse of both days."""
VERSIONS = ("numpy", "numba", "pyvroom", "pyvrp", "ortools")


def main() -> None:
    """Run and print."""
    options = _options()
    load = os.getloadavg()[0]
    watch = time.perf_counter()
    planner.warm()
    warmed_s = time.perf_counter() - watch
    found = {name: _day(share, options=options) for name, share in DAYS.items()}
    ratios = _ratios(found)
    report = {
        "visits": options.visits,
        "carers": options.carers,
        "seconds": options.seconds,
        "threads": THREADS,
        "counts_processor": options.cpu,
        "seed": options.seed,
        "rounds": options.rounds,
        "ratios": ratios,
        "targets": {name: _target(name, reached=ratios[name]) for name in TARGETS},
        "days": found,
        "warm_up_s": round(warmed_s, 1),
        "load_before_and_after": [round(load, 1), round(os.getloadavg()[0], 1)],
        "machine": {"processor": platform.machine(), "system": platform.system(), "cpus": os.cpu_count()},
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in VERSIONS},
    }
    if options.json:
        print(json.dumps(report, indent=1))
    else:
        _print(report)


def _day(share: float, *, options: argparse.Namespace) -> dict[str, Any]:
    problem = make_day(options.visits, carers=options.carers, seed=options.seed, double_share=share)
    rows: dict[str, Any] = {}
    rounds = []
    plan = None
    for number in range(options.rounds):
        plan, row = _plan(problem, seconds=options.seconds, is_cpu=options.cpu, seed=options.seed + number)
        turns = {"planner": row}
        for peer in options.peers if "plan" in options.only else ():
            turns[peer] = run_peer(peer, problem=problem, seconds=options.seconds, seed=options.seed + number)
            demand(turns[peer].get("is_valid", True), message=f"{peer}: {turns[peer].get('faults')}")
        rounds.append(turns)
    if plan is None:
        return rows
    rows["plan"] = rounds
    if "absence" in options.only:
        rows["absence"] = absences(problem, plan=plan, seed=options.seed)
    if "who_can" in options.only:
        rows["who_can"] = who_can(problem, plan=plan, seed=options.seed)
    return rows


def _plan(problem: planner.Problem, *, seconds: float, is_cpu: bool, seed: int) -> tuple[planner.Plan, dict[str, Any]]:
    watch, cpu = time.perf_counter(), time.process_time()
    plan = planner.solve(problem, stop=planner.MaxSeconds(seconds, is_cpu=is_cpu), seed=seed, threads=THREADS)
    taken_s, cpu_s = time.perf_counter() - watch, time.process_time() - cpu
    verdict = check(tours_of(plan), problem=problem)
    demand(not verdict.faults, message=f"planner: {verdict.faults[:5]}")
    demand(verdict.placed + len(plan.left_out) == len(problem.jobs), message="a visit is neither placed nor named")
    return plan, {
        **summed_up(verdict, problem=problem),
        "left_out": len(plan.left_out),
        "seconds": round(taken_s, 2),
        "cpu_s": round(cpu_s, 2),
        "iterations": plan.iterations,
    }


def _ratios(found: dict[str, dict[str, Any]]) -> dict[str, float | None]:
    """Give what the marks are about; None where it was not measured."""
    turns = [one for day in found.values() for one in day.get("plan", ())]
    against = [
        one["planner"]["travel_min"] / one["vroom"]["travel_min"]
        for one in turns
        if one.get("vroom", {}).get("travel_min")
    ]
    beside = [one["planner"]["placed"] / one["vroom"]["placed"] for one in turns if one.get("vroom", {}).get("placed")]
    placed = [one["planner"]["placed"] / one["planner"]["visits"] for one in turns]

    def worst(row: str, key: str) -> float | None:
        return max((day[row][key] for day in found.values() if row in day), default=None)

    return {
        "travel_vs_vroom": round(statistics.median(against), 3) if against else None,
        "placed_vs_vroom": round(statistics.median(beside), 4) if beside else None,
        "placed": round(min(placed), 4),
        "absence_s": worst("absence", "most_s"),
        "absence_moved_share": worst("absence", "most_moved_share"),
        "absence_pinned_moved": worst("absence", "pinned_moved"),
        "who_can_p95_ms": worst("who_can", "p95_ms"),
    }


def _target(name: str, *, reached: float | None) -> dict[str, Any]:
    sign, wanted = TARGETS[name]
    is_met = None if reached is None else (reached >= wanted if sign == ">=" else reached <= wanted)
    return {"target": f"{sign} {wanted}", "is_met": is_met}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=2_000)
    parser.add_argument("--carers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0, help="that each may take for a day")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=1, help="turns that each takes; ratios are medians")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS, help="some rows only")
    parser.add_argument("--peers", nargs="*", choices=tuple(PEERS), default=tuple(PEERS), help="some peers only")
    parser.add_argument(
        "--cpu", action="store_true", help="count the planner's seconds on its processors, not the wall"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _print(report: dict[str, Any]) -> None:
    print(
        f"{report['visits']:,} visits, {report['carers']} carers, {report['seconds']:g} s and "
        f"{report['threads']} threads each; every plan was checked"
    )
    for name, value in report["ratios"].items():
        target = report["targets"].get(name, {"target": "", "is_met": True})
        said = {True: "met", False: "missed", None: "not measured"}[target["is_met"]] if target["target"] else ""
        print(f"  {name:<24}{value if value is not None else '-':>10}  {target['target']:<8} {said}")
    for day, rows in report["days"].items():
        print(f"{day}:")
        for turn in rows.get("plan", ()):
            for name, row in turn.items():
                if "placed" not in row:
                    print(f"  {name:<10}{row['says']}")
                    continue
                says = row.get("says") or ""
                print(
                    f"  {name:<10}{row['placed']:>6} placed {row['travel_min']:>10,.1f} min on the way "
                    f"{row['seconds']:>7.1f} s {row['cpu_s']:>7.1f} s of processor  {says}"
                )
        for name in ROWS[1:]:
            if name in rows:
                print(f"  {name}: " + ", ".join(f"{key} {value}" for key, value in rows[name].items()))


if __name__ == "__main__":
    main()
