"""`dispatch worker`: run jobs and deadlines in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dispatch import storage

if TYPE_CHECKING:
    from collections.abc import Callable


def make_command(run_worker: Callable[..., None]) -> click.Command:
    """Make the command of a worker; what runs jobs stands beside this room, so it is given."""

    @click.command("worker")
    @click.option("--name", help="Unique, and the same after a restart; by default of this machine and a number.")
    @click.pass_obj
    def worker(create_app: Callable[..., Any], name: str | None) -> None:
        """
        Run jobs (coverage runs, imports) and deadlines until told to stop. 后台任务。

        Several may run, on one machine or (with PostgreSQL) on several: they share the work. What one leaves
        when it ends, in whatever way, is taken up by itself after a restart or by another one.
        """
        app = create_app(is_serving=False)
        with app.app_context(), storage.database_faults():
            storage.check_schema()
            storage.engine().dispose()
        run_worker(app, name=name, say=lambda mine: click.echo(f"worker {mine} is ready"))

    return worker
