"""`dispatch demo`: everything at once, on made-up data."""

from __future__ import annotations

import functools
import json
import os
import secrets
import shlex
import signal
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from dispatch import clock, coverage, dates, storage, streets
from dispatch.actor import SYSTEM
from dispatch.cli.coverage import run_and_store
from dispatch.cli.db import upgrade_database
from dispatch.cli.demo_day import put_demo_day
from dispatch.cli.examples import curl_lines
from dispatch.cli.seeding import generate_seed, load_seed
from dispatch.cli.streets import write_base_map
from dispatch.cli.supervisor import supervise
from dispatch.config import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NETWORK = "seed"
DISTRICT = "120198"
FIRST_RUNS = (
    ("day_care", coverage.Mode.WALK),
    ("meals", coverage.Mode.WALK),
    # what the policy's rate of home care (T001) rests on: the circle, and beside it whom carers reach
    (coverage.HOME_CARE, coverage.Mode.WALK),
    (coverage.HOME_CARE, coverage.Mode.CARER_EBIKE),
)
WEB_WORKERS = 2
WEB_THREADS = 4
console = Console()


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port on 127.0.0.1.")
@click.pass_obj
def demo_commands(create_app: Callable[..., Any], port: int) -> None:
    """Start everything with made-up data: database, street network, a first coverage run, the server."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job has it ignored
    _refuse_taken_port(port)
    settings = _demo_settings()
    base_url = f"http://127.0.0.1:{port}"
    with create_app(settings, is_serving=False).app_context():
        _prepare(settings)
        greeting = _greeting(settings, base_url=base_url)
        storage.engine().dispose()
    code = supervise(
        [_server(port), ["dispatch", "worker"]],
        environment=_environment(settings),
        ready_url=f"{base_url}/readyz",
        greet=lambda: click.echo(greeting),
    )
    click.echo("stopped")
    raise SystemExit(code)


def _prepare(settings: Settings) -> None:
    seed_dir = settings.var_dir / "seed"
    _say("database")
    upgrade_database()
    _say("made-up districts")
    generate_seed(seed_dir)
    load_seed(seed_dir, now=clock.utc_now())
    _say("street network")
    network = _seed_network(settings, source=seed_dir / "network.osm")
    _say("a day to plan")
    put_demo_day(now=clock.utc_now(), zone=settings.time_zone)
    for service, mode in FIRST_RUNS:
        with storage.reading():
            known = coverage.find_runs(SYSTEM, area_code=DISTRICT, service_code=service)
        if all(one.mode != mode for one in known):
            _say(f"first coverage run: {service}, {mode}")
            run_and_store(area_code=DISTRICT, service=service, network=network, settings=settings, mode=mode)


def _seed_network(settings: Settings, *, source: Path) -> streets.Network:
    folder = settings.networks_dir / NETWORK
    try:
        return streets.open_network(folder)
    except streets.NetworkNotFoundError:
        streets.import_osm(
            source,
            folder=folder,
            name=NETWORK,
            imported_at=clock.utc_now(),
            beside=functools.partial(write_base_map, file=source),
        )
        streets.warm_kernels()  # compiled once, kept in NUMBA_CACHE_DIR for the server
        return streets.open_network(folder)


def _demo_settings() -> Settings:
    """Read the settings; the demo makes itself a secret and keys, once."""
    settings = read_settings(needs_secret=False)
    return replace(
        settings,
        secret_key=settings.secret_key or _kept(settings.var_dir / "demo-secret", secrets.token_urlsafe(48)),
        field_keys=settings.field_keys or _kept(settings.var_dir / "demo-field-keys", f"1:{storage.make_key()}"),
        index_key=settings.index_key or _kept(settings.var_dir / "demo-index-key", storage.make_key()),
        network=NETWORK,
    )


def _kept(file: Path, fresh: str) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(fresh, encoding="ascii")
    return file.read_text(encoding="ascii")


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "DISPATCH_SECRET_KEY": settings.secret_key,
        "DISPATCH_FIELD_KEYS": settings.field_keys,
        "DISPATCH_INDEX_KEY": settings.index_key,
        "DISPATCH_DATABASE_URL": settings.database_url,
        "DISPATCH_VAR_DIR": str(settings.var_dir),
        "DISPATCH_NETWORK": settings.network,
        "DISPATCH_LOG_LEVEL": os.environ.get("DISPATCH_LOG_LEVEL", "warning"),  # the terminal is for the greeting
    }


def _server(port: int) -> list[str]:
    options = {"bind": f"127.0.0.1:{port}", "workers": WEB_WORKERS, "threads": WEB_THREADS, "log-level": "warning"}
    return ["gunicorn", "wsgi:app", "--worker-class=gthread", *(f"--{name}={value}" for name, value in options.items())]


def _greeting(settings: Settings, *, base_url: str) -> str:
    accounts = json.loads((settings.var_dir / "seed" / "accounts.json").read_text(encoding="utf-8"))
    shown = [{key: row[key] for key in ("role", "username", "password")} for row in accounts]
    (settings.var_dir / "demo-accounts.json").write_text(
        json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    examples = json.loads((settings.var_dir / "seed" / "truth.json").read_text(encoding="utf-8"))["demo"]
    calls = curl_lines(
        base_url,
        accounts={row["role"]: (row["username"], row["password"]) for row in shown},
        point_ll=(examples["point"]["lon"], examples["point"]["lat"]),
        elder_id=examples["elder_id"],
        area_code=DISTRICT,
        today=dates.service_date(clock.utc_now(), settings.time_zone),
        zone=settings.time_zone,
    )
    lines = [f"ready {base_url}", "", "made-up accounts (var/demo-accounts.json):"]
    lines += [f"  {row['role']:<18}{row['username']:<20}{row['password']}" for row in shown]
    for about, call in calls:
        lines += ["", f"# {about}", call]
    lines += ["", "# commands on these data, in another terminal", _in_shell(settings)]
    return "\n".join([*lines, "", f"every call is explained at {base_url}/docs; Ctrl-C ends everything"])


def _in_shell(settings: Settings) -> str:
    places = {
        "DISPATCH_NETWORK": settings.network,
        **{name: os.environ[name] for name in ("DISPATCH_DATABASE_URL", "DISPATCH_VAR_DIR") if name in os.environ},
    }
    said = " ".join(f"{name}={shlex.quote(place)}" for name, place in places.items())
    lines = [f"export {said}", ".venv/bin/dispatch coverage list"]
    lines += [".venv/bin/dispatch plan list    # a day ahead is planned: plan show PLAN, plan accept PLAN"]
    return "\n".join(lines)


def _refuse_taken_port(port: int) -> None:
    # another server's answer would look like ours
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(f"port {port} is in use; try: make demo PORT={port + 1}") from None


def _say(step: str) -> None:
    console.print(f"[bold]==[/bold] {step}")
