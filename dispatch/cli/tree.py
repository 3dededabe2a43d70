"""The tree of commands; a command's module is loaded when it is asked for, so that help is quick."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from dispatch import storage
from dispatch.cli.worker import make_command

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = "0.1.0"
# name: module, and what `dispatch --help` says
COMMANDS = {
    "city": ("city", "Coverage of any OpenStreetMap extract, without a server."),
    "coverage": ("coverage", "Compute who is left outside the 15-minute circles."),
    "indicators": ("indicators", "The policy's own rates, land, equity and beds of an area."),
    "streets": ("streets", "Import and list street networks."),
    "areas": ("areas", "Import subdistricts and communities."),
    "directory": ("directory", "Import organizations and sites; list those without a point."),
    "elders": ("elders", "Import and export elders."),
    "carers": ("carers", "Import and export carers."),
    "rosters": ("rosters", "Import and export shifts, days off and extra hours."),
    "subsidies": ("subsidies", "What areas pay for services: list, import and export rules."),
    "series": ("series", "Care that comes again and again: list it, make the requests that are due."),
    "offers": ("offers", "What is offered to which provider, in ids and codes."),
    "plan": ("plans", "Plan the tours of a day, look at plans, sign them."),
    "sla": ("sla", "Requests past their limits, and what waits for supervisors."),
    "accounts": ("accounts", "Create accounts for those who sign in."),
    "keys": ("keys", "Bring sealed fields under a new key."),
    "audit": ("audit", "Show that journal and access log were not changed."),
    "notices": ("notices", "The outbox of short texts; try the provider."),
    "webhooks": ("webhooks", "Receivers that are told what happens; send again."),
    "retention": ("retention", "End what is over its time."),
    "backup": ("backup", "Keep the whole database in one file, and put it back."),
    "worker": ("worker", "Run jobs and deadlines in the background."),
    "db": ("db", "Bring the database up to date."),
    "seed": ("seeding", "Made-up districts to try things on."),
    "demo": ("demo", "Start everything with made-up data."),
}


class Tree(click.Group):
    """Commands by name, loaded late."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands in the order of a planner's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load a command."""
        if cmd_name not in COMMANDS or cmd_name in self.commands:
            return self.commands.get(cmd_name)
        module, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"dispatch.cli.{module}"), f"{module}_commands")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Say what each is for without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application, on a database that is up to date."""

    @click.pass_obj
    @functools.wraps(command)
    def run_inside(create_app: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a command's own
        with create_app(is_serving=False).app_context():
            with storage.database_faults():
                storage.check_schema()
            return command(*args, **kwargs)

    return run_inside


@click.group(cls=Tree, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version=VERSION, prog_name="dispatch")
def main() -> None:
    """Elder care of a city: directory, 15-minute service circles, requests, visits. 城市居家社区养老服务。"""


def run(create_app: Callable[..., Any], *, run_worker: Callable[..., None]) -> None:
    """Run the command line on applications made by `create_app`, with a worker that `run_worker` runs."""
    main.add_command(make_command(run_worker), "worker")
    main(obj=create_app, prog_name="dispatch")
