"""`dispatch seed`: make the made-up districts and put them on record through the rooms' front doors."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dispatch import (
    accounts,
    areas,
    assignment,
    carers,
    clock,
    directory,
    elders,
    indicators,
    journal,
    storage,
    subsidies,
    visits,
)
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.cli.seed_requests import play_requests
from dispatch.cli.seed_rows import Loaded, Row, typed
from dispatch.cli.seed_series import play_series
from dispatch.cli.tree import with_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

    from dispatch.config import Settings

BATCH = 2_000  # rows of one transaction
LOADED = "seed.loaded"
# in the order in which their records rest on each other
FILES = (
    "areas",
    "rules",
    "organizations",
    "sites",
    "services",
    "offers",
    "hours",
    "closures",
    "beds",
    "compounds",
    "bed_changes",
    "targets",
    "category_sets",
    "subsidy_rules",
    "accounts",
    "elders",
    "carers",
    "caseloads",
    "visit_logs",
    "preferences",
    "requests",
    "series",
)
FINGERPRINT_FILE = "fingerprint.txt"


class SeedFileError(click.ClickException):
    """A file of the made-up world is missing or cannot be read."""


def generate_seed(folder: Path) -> None:
    """Fill a folder with the made-up world, unless it holds just what would be written."""
    try:
        import seed  # noqa: PLC0415 - stands beside the package in a checkout, and nowhere else
    except ModuleNotFoundError:
        raise click.ClickException("the made-up world is made from a checkout: run this in its top folder") from None
    source = Path(seed.__file__).parent
    fingerprint = _hash(sorted(source.glob("*.py")))
    kept = folder / FINGERPRINT_FILE
    if kept.exists() and kept.read_text(encoding="ascii") == fingerprint:
        return
    seed.write_world(folder)
    kept.write_text(fingerprint, encoding="ascii")


def load_seed(
    folder: Path, *, now: datetime, is_repeated: bool = False, console: Console | None = None
) -> dict[str, Loaded]:
    """
    Put the made-up world on record; needs an application whose database is up to date.

    What was loaded whole before is left alone, so that nothing done since is undone; what was broken off is
    taken up again.

    Parameters
    ----------
    folder : Path
        As `generate_seed` filled it.
    now : datetime
        The time at which all is recorded; requests and logs keep their own past times.
    is_repeated : bool
        Go through all records even where they were loaded before.
    console : Console, optional
        Where the progress is shown.

    Returns
    -------
    dict
        For each file what became of its rows; empty where all was there.

    Raises
    ------
    SeedFileError
        Where a file is missing or cannot be read; nothing is stored then.

    """
    known = {name: _read(folder, name) for name in FILES}  # before anything is stored: a broken file breaks nothing off
    fingerprint = _hash([folder / f"{name}.json" for name in FILES])
    with storage.reading():
        is_there = any(entry.kind == LOADED for entry in journal.find_entries(fingerprint))
    if is_there and not is_repeated:
        return {}
    settings: Settings = current_app.config["DISPATCH_SETTINGS"]
    found: dict[str, Loaded] = {}
    with _progress(console) as progress:
        steps = _steps(_actors(known["accounts"]), now=now, zone=settings.time_zone)
        for name in FILES:
            rows, load = known[name], steps[name]
            task = progress.add_task(name, total=len(rows))
            total = Loaded(0, 0, 0)
            for batch in _batches(name, rows):
                with storage.transaction():
                    counted = load(batch)
                total = Loaded(*(a + b for a, b in zip(total, counted, strict=True)))
                progress.advance(task, len(batch))
            found[name] = total
    if not is_there:
        with storage.transaction():
            journal.append(LOADED, actor=SYSTEM, at=now, subject_id=fingerprint)
    return found


def _steps(
    actors: dict[str, Actor], *, now: datetime, zone: ZoneInfo
) -> dict[str, Callable[[list[Row]], tuple[int, int, int]]]:
    """Give for each file how a batch of its rows is put."""
    who: dict[str, Any] = {"actor": SYSTEM, "at": now}
    return {
        "areas": lambda rows: areas.put_areas([areas.AreaRecord(**typed(row)) for row in rows], **who),
        "rules": lambda rows: areas.put_rules(
            # a rule's value is JSON and stays as it is
            [areas.RuleRecord(**typed(row) | {"value": row["value"]}) for row in rows],
            **who,
        ),
        "organizations": lambda rows: directory.put_organizations(
            [directory.OrganizationRecord(**typed(row)) for row in rows], **who
        ),
        "sites": lambda rows: directory.put_sites([_site(row) for row in rows], **who),
        "services": lambda rows: directory.put_services([directory.ServiceRecord(**typed(row)) for row in rows], **who),
        "offers": lambda rows: directory.put_offers([_offer(row) for row in rows], **who),
        "hours": lambda rows: directory.put_site_hours(
            [directory.SiteHoursRecord(**typed(row)) for row in rows], **who
        ),
        "closures": lambda rows: directory.put_closures([directory.ClosureRecord(**typed(row)) for row in rows], **who),
        "beds": lambda rows: directory.put_beds([directory.BedRecord(**typed(row)) for row in rows], **who),
        "compounds": lambda rows: areas.put_compounds([areas.CompoundRecord(**typed(row)) for row in rows], **who),
        "bed_changes": lambda rows: directory.put_bed_changes(
            [directory.BedChangeRecord(**typed(row)) for row in rows], **who
        ),
        "targets": lambda rows: indicators.put_targets([_target(row) for row in rows], **who),
        "category_sets": lambda rows: elders.put_category_sets(
            [elders.CategorySetRecord(**typed(row)) for row in rows], **who
        ),
        "subsidy_rules": lambda rows: subsidies.put_rules(
            [subsidies.SubsidyRuleRecord(**typed(row)) for row in rows], **who
        ),
        "accounts": lambda rows: accounts.put_accounts([_account(row) for row in rows], **who, zone=zone),
        "elders": lambda rows: elders.register_elders([_elder(row) for row in rows], **who),
        "carers": lambda rows: carers.register_carers([_carer(row) for row in rows], **who),
        "caseloads": lambda rows: visits.put_caseloads([visits.CaseloadRecord(**typed(row)) for row in rows], **who),
        "visit_logs": lambda rows: _log_visits(rows, zone=zone),
        "preferences": lambda rows: assignment.put_preferences(
            [
                assignment.PreferenceRecord(**typed(row) | {"kind": assignment.PreferenceKind(row["kind"])})
                for row in rows
            ],
            **who,
        ),
        "requests": lambda rows: play_requests(rows, actors=actors, zone=zone),
        "series": lambda rows: play_series(rows, actors=actors, zone=zone),
    }


def _site(row: Row) -> directory.SiteRecord:
    stages = tuple((stage, _date(start), _date(end)) for stage, start, end in row["stages"])
    return directory.SiteRecord(**typed(row) | {"stages": stages})


def _target(row: Row) -> indicators.TargetRecord:
    closed = {
        "operator": indicators.Operator(row["operator"]),
        "status": indicators.TargetStatus(row["status"]),
        "measure": indicators.Measure(row["measure"]),
    }
    return indicators.TargetRecord(**row | closed)


def _offer(row: Row) -> directory.OfferRecord:
    capacity = row["capacity"]
    if capacity:
        unit, maximum, available, updated_at = capacity
        capacity = (unit, maximum, available, datetime.fromisoformat(updated_at))
    return directory.OfferRecord(**typed(row) | {"capacity": capacity})


def _account(row: Row) -> accounts.AccountRecord:
    known = {name: value for name, value in typed(row).items() if name not in {"role", "grants"}}
    return accounts.AccountRecord(**known, grants=_grants(row))


def _grants(row: Row) -> tuple[Grant, ...]:
    return tuple(Grant(Role(g["role"]), ScopeKind(g["scope_kind"]), g["scope_ref"]) for g in row["grants"])


def _elder(row: Row) -> elders.ElderRecord:
    parts = {
        "residences": tuple(elders.ResidenceRecord(**typed(part)) for part in row["residences"]),
        "memberships": tuple(elders.MembershipRecord(**typed(part)) for part in row["memberships"]),
        "assessments": tuple(elders.AssessmentRecord(**typed(part)) for part in row["assessments"]),
    }
    return elders.ElderRecord(**typed(row) | parts)


def _carer(row: Row) -> carers.CarerRecord:
    parts = {
        "qualifications": tuple(
            carers.QualificationRecord(skill, level, _date(start), _date(end))
            for skill, level, start, end in row["qualifications"]
        ),
        "shifts": tuple(
            carers.ShiftRecord(day, _time(start), _time(end), break_min, _date(first), _date(last))
            for day, start, end, break_min, first, last in row["shifts"]
        ),
        "exceptions": tuple(
            carers.ExceptionRecord(_date(on), kind, start and _time(start), end and _time(end))
            for on, kind, start, end in row["exceptions"]
        ),
    }
    return carers.CarerRecord(**typed(row) | parts)


def _log_visits(rows: list[Row], *, zone: ZoneInfo) -> Loaded:
    """Record logs that were received at the same time; the batches are cut so."""
    entries = []
    for row in rows:
        fields = typed({name: value for name, value in row.items() if name != "received_at"})
        fields["mode"], fields["outcome"] = visits.VisitMode(row["mode"]), visits.VisitOutcome(row["outcome"])
        entries.append(
            visits.VisitLogEntry(**fields | {"place": visits.Place(row["place"]), "answers": row["answers"]})
        )
    received_at = datetime.fromisoformat(rows[0]["received_at"])
    results = visits.record_visit_logs(entries, actor=SYSTEM, received_at=received_at, zone=zone)
    refused = [result for result in results if result.status == visits.LogStatus.REFUSED]
    if refused:
        raise SeedFileError(f"visit_logs.json: {refused[0].log_id} is refused: {refused[0].refusal}")
    created = sum(result.status == visits.LogStatus.CREATED for result in results)
    return Loaded(created, 0, len(results) - created)


def _actors(rows: list[Row]) -> dict[str, Actor]:
    known = {row["username"]: Actor(account_id=UUID(row["id"]), grants=_grants(row)) for row in rows}
    return {"system": SYSTEM, **known}


def _batches(name: str, rows: list[Row]) -> Iterator[list[Row]]:
    """Cut rows into transactions; logs that were received at different times are in different ones."""
    batch: list[Row] = []
    for row in rows:
        is_later = name == "visit_logs" and batch and batch[0]["received_at"] != row["received_at"]
        if is_later or len(batch) == BATCH:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _date(text: str | None) -> Any:  # noqa: ANN401 - None where nothing is said
    return date.fromisoformat(text) if text else None


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _read(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.json"
    try:
        rows: list[Row] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SeedFileError(f"{path} is missing; make it: dispatch seed generate --out {folder}") from None
    except ValueError as fault:
        raise SeedFileError(f"{path} cannot be read ({fault}); make it again: dispatch seed generate") from None
    return rows


def _hash(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _progress(console: Console | None) -> Progress:
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console or Console(stderr=True))


@click.group("seed")
def seeding_commands() -> None:
    """Make and load the made-up districts (虚构数据); they stand for no real place or person."""


@seeding_commands.command("generate")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to fill.")
def generate(out: Path) -> None:
    """Write street network, records and their true figures."""
    generate_seed(out)
    click.echo(f"made-up districts are in {out}; next: dispatch seed load {out}")


@seeding_commands.command("load")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@with_app
def load(folder: Path) -> None:
    """Put the made-up districts of FOLDER on record; what is there stays."""
    found = load_seed(folder, now=clock.utc_now())
    if not found:
        click.echo("all of it is on record")
    for name, count in found.items():
        click.echo(f"{name:<14}{count.created:>6} new{count.changed:>6} changed{count.unchanged:>6} as before")
