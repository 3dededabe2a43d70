"""
The planner on published instances of home health care routing and scheduling.

Objective (Mankowska, Meisel and Bierwirth 2014): a third of travel, lateness of all starts and the worst lateness;
nobody is left out, shifts have no end. `--instances` is a folder of `*.json` and `*.json.gz` in the format of
github.com/iolab-uniud/hhcrsp (times in minutes), with `best_known.csv` (instance, source, value) beside them where
there is one. The seconds are a wall limit of the whole search, greedy plan included; with `--cpu` they are counted
in time of the processor, for machines that are busy with something else.
"""

# ruff: noqa: E402 - imports follow the line that makes them possible

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from fnmatch import fnmatch
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

# A file beside this one is named like a package that numba looks for, so its folder must not be searched.
sys.path[:] = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]

import numpy as np

from dispatch import planner


class Instance(NamedTuple):
    """A problem, and what its indices are called in the file."""

    problem: planner.Problem
    patients: list[str]
    services: list[tuple[str, ...]]
    carers: list[str]


class UnreadableError(Exception):
    """A file is not an instance."""


def read_instance(path: Path) -> Instance:
    """Read an instance; UnreadableError names the file and what is wrong."""
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if path.name.endswith(".gz") else raw
        return _instance(json.loads(text))
    except (OSError, EOFError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UnreadableError(f"{path}: {type(error).__name__}: {error}") from error


def _instance(data: dict[str, Any]) -> Instance:
    ways = np.array(data["distances"], dtype=np.float64)
    patients = data["patients"]
    offices = data.get("central_offices") or [{"id": None}]
    if ways.shape != (len(ways), len(ways)) or len(ways) != len(offices) + len(patients):
        raise ValueError(f"distances are {ways.shape}, for {len(offices)} offices and {len(patients)} patients")
    rows = {office.get("id"): index for index, office in enumerate(offices)}
    usual_min = {service["id"]: service.get("default_duration") for service in data.get("services", [])}
    carers = tuple(_carer(one, rows) for one in data["caregivers"])
    jobs = tuple(_job(one, len(offices) + index, usual_min) for index, one in enumerate(patients))
    weights = planner.Weights(
        mandatory=1e6, travel=1 / 3, lateness=1 / 3, worst_lateness=1 / 3, hours=0, unpopular=0, continuity=0,
        preference=0, change=0,
    )  # fmt: skip
    return Instance(
        planner.Problem(carers, jobs, (ways,), weights),
        [str(one["id"]) for one in patients],
        [tuple(part["service"] for part in one["required_caregivers"]) for one in patients],
        [str(one["id"]) for one in data["caregivers"]],
    )


def _carer(one: dict[str, Any], rows: dict[Any, int]) -> planner.Carer:
    first = one.get("central_office", one.get("starting_point", one.get("departing_point")))
    last = one.get("arrival_point", one.get("ending_point", first))
    shift = one.get("working_shift") or one.get("time_window") or (0.0, float("inf"))
    return planner.Carer(
        key=str(one["id"]),
        start_place=rows[first] if first is not None else 0,
        end_place=rows[last] if last is not None else 0,
        from_s=float(shift[0]),
        skills=frozenset(one["abilities"]),
    )


def _job(one: dict[str, Any], place: int, usual_min: dict[str, float | None]) -> planner.Job:
    asked = one["required_caregivers"]
    together = one.get("synchronization") or {}
    least, most = 0.0, 0.0
    if len(asked) == 2:  # noqa: PLR2004
        if together.get("type") == "sequential":
            least, most = map(float, together["distance"])
        elif together.get("type") == "independent":
            raise ValueError(f"patient {one['id']}: services that are not tied to each other")
    elif len(asked) != 1:
        raise ValueError(f"patient {one['id']}: {len(asked)} services")
    lengths = [float(part.get("duration", usual_min.get(part["service"]))) for part in asked]
    return planner.Job(
        key=str(one["id"]),
        place=place,
        slots=tuple(
            planner.Slot(frozenset({part["service"]}), length) for part, length in zip(asked, lengths, strict=True)
        ),
        earliest_s=float(one["time_window"][0]),
        due_s=float(one["time_window"][1]),
        lag_from_s=least,
        lag_to_s=most,
    )


def solution_of(instance: Instance, plan: planner.Plan) -> dict[str, Any]:
    """Return a plan in the published format."""
    return {
        "routes": [
            {
                "caregiver_id": instance.carers[tour.carer],
                "locations": [
                    {
                        "patient_id": instance.patients[stop.job],
                        "service_id": instance.services[stop.job][stop.slot],
                        "arrival_time": stop.start_s,
                        "departure_time": stop.end_s,
                    }
                    for stop in tour.stops
                ],
            }
            for tour in plan.tours
        ],
        "cost": plan.cost.total,
    }


def best_known(folder: Path) -> dict[str, float]:
    """Return the lowest published value of each instance; empty without a file."""
    found: dict[str, float] = {}
    path = folder / "best_known.csv"
    if not path.exists():
        return found
    try:
        for row in csv.DictReader(path.read_text("utf-8").splitlines()):
            name, value = row["instance"], float(row["value"])
            if row.get("source", "").startswith("lower bound"):
                continue  # nobody has a plan of that cost
            found[name] = min(value, found.get(name, value))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableError(f"{path}: {type(error).__name__}: {error}") from error
    return found


def set_of(name: str, instance: Instance) -> str:
    """Return the set that an instance is counted in: the published letter, else the first word of its name."""
    letters = {10: "A", 25: "B", 50: "C", 75: "D", 100: "E", 200: "F", 300: "G"}
    if name.startswith("Instanz"):
        return letters.get(len(instance.patients), str(len(instance.patients)))
    return name.split("_", maxsplit=1)[0]


def measure(name: str, instance: Instance, *, known: float | None, seconds: float, seeds: int, is_cpu: bool) -> Any:  # noqa: ANN401
    """Solve one instance with each seed; return the row to print and the best plan."""
    plans = [
        planner.solve(instance.problem, stop=planner.MaxSeconds(seconds, is_cpu=is_cpu), seed=seed)
        for seed in range(1, seeds + 1)
    ]
    costs = [plan.cost.total for plan in plans]
    best = min(plans, key=lambda plan: plan.cost.total)
    row = {
        "instance": name,
        "set": set_of(name, instance),
        "patients": len(instance.patients),
        "cost_mean": fmean(costs),
        "cost_best": min(costs),
        "best_known": known,
        "gap_mean_pct": None if not known else 100 * (fmean(costs) / known - 1),
        "gap_best_pct": None if not known else 100 * (min(costs) / known - 1),
        "left_out": max(len(plan.left_out) for plan in plans),
        "iterations": round(fmean(plan.iterations for plan in plans)),
    }
    return row, best


def means(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean gaps of each set and of all."""
    found = {}
    for name in [*sorted({row["set"] for row in rows}), "all"]:
        gaps = [row for row in rows if name in {"all", row["set"]} and row["gap_mean_pct"] is not None]
        count = sum(1 for row in rows if name in {"all", row["set"]})
        found[name] = {
            "instances": count,
            "gap_mean_pct": fmean(row["gap_mean_pct"] for row in gaps) if gaps else None,
            "gap_best_pct": fmean(row["gap_best_pct"] for row in gaps) if gaps else None,
        }
    return found


def percent(value: float | None) -> str:
    """Write a gap."""
    return "-" if value is None else f"{value:+.2f} %"


def options() -> argparse.Namespace:
    """Read and check the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--match", default="*", help="names to take, such as 'Instanz*_1'")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path, help="folder for the best solution of each instance")
    parser.add_argument("--cpu", action="store_true", help="count seconds of the processor, not of the wall")
    told = parser.parse_args()
    if not told.instances.is_dir():
        parser.error(f"{told.instances} is not a folder.")
    if told.seeds < 1:
        parser.error("At least one seed.")
    if told.out:
        told.out.mkdir(parents=True, exist_ok=True)
    return told


def find_instances(folder: Path, match: str) -> list[tuple[str, Path]]:
    """Return the names and paths of the instances to take, each name once."""
    found = {}
    for path in sorted({*folder.glob("*.json.gz"), *folder.glob("*.json")}):
        name = path.name.removesuffix(".gz").removesuffix(".json")
        if fnmatch(name, match) or fnmatch(path.name, match):
            found[name] = path
    return sorted(found.items())


def main() -> None:
    """Solve and report."""
    told = options()
    planner.warm()
    rows, unreadable = [], []
    known: dict[str, float] = {}
    try:
        known = best_known(told.instances)
    except UnreadableError as error:
        unreadable.append(str(error))
        print(error, file=sys.stderr)
    for name, path in find_instances(told.instances, told.match):
        try:
            instance = read_instance(path)
        except UnreadableError as error:
            unreadable.append(str(error))
            print(error, file=sys.stderr)
            continue
        row, best = measure(
            name, instance, known=known.get(name), seconds=told.seconds, seeds=told.seeds, is_cpu=told.cpu
        )
        rows.append(row)
        if told.out:
            (told.out / f"{name}.json").write_text(json.dumps(solution_of(instance, best)), "utf-8")
        line = (
            f"{name}: mean {row['cost_mean']:.3f}, best {row['cost_best']:.3f}, best known {row['best_known']}, "
            f"gap {percent(row['gap_mean_pct'])} (best {percent(row['gap_best_pct'])}), "
            f"{row['iterations'] / 1e6:.2f} M moves"
        )
        print(line, file=sys.stderr if told.json else sys.stdout, flush=True)
    report = {
        "seconds": told.seconds,
        "seeds": told.seeds,
        "threads": 1,
        "timer": "processor" if told.cpu else "wall",
        "instances": rows,
        "sets": means(rows),
        "unreadable": unreadable,
    }
    if told.json:
        print(json.dumps(report, indent=1))
    else:
        for name, part in report["sets"].items():
            print(f"set {name}: {part['instances']} instances, mean gap {percent(part['gap_mean_pct'])}")
    if unreadable or not rows:
        sys.exit(1 if rows else "No instance was read.")


if __name__ == "__main__":
    main()
