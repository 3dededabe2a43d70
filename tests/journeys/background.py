"""Workers in processes of their own, on a database of their own, and what one asks of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import clock, coverage, storage, streets
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.app import create_app
from dispatch.storage.deadlines import Deadline
from dispatch.storage.uploads import KEPT_FOR
from tests.conftest import make_settings
from tests.factories.accounts import make_account
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

ROOT = Path(__file__).parents[2]
LIMIT_S = 120
POLL_S = 0.02


def until(is_true: Callable[[], object], *, limit_s: float = LIMIT_S) -> None:
    """Wait for other processes; a condition that does not come true in time fails."""
    end = time.monotonic() + limit_s
    while not is_true():
        assert time.monotonic() < end, "it did not happen in time"
        threading.Event().wait(POLL_S)


class Backstage:
    """The long street in a migrated database, its application, and workers by name."""

    def __init__(self, url: str, var_dir: Path) -> None:
        self.settings = make_settings(url, var_dir)
        self.app = create_app(self.settings, is_serving=False)
        self.manifest = ""
        self.workers: dict[str, subprocess.Popen[str]] = {}
        with self.app.app_context(), storage.transaction():
            world.put_world()
        streets.save_network(world.make_network(), folder=self.settings.networks_dir / self.settings.network)
        account_id = make_account(self.app, role=Role.PLANNER, area=world.DISTRICT)
        self.planner = Actor(account_id, grants=(Grant(Role.PLANNER, ScopeKind.AREA, world.DISTRICT),))

    def start(self, name: str, *, is_awaited: bool = True) -> None:
        """Start a worker and wait until it says that it is ready."""
        environment = os.environ | {
            "DISPATCH_SECRET_KEY": self.settings.secret_key,
            "DISPATCH_FIELD_KEYS": self.settings.field_keys,
            "DISPATCH_INDEX_KEY": self.settings.index_key,
            "DISPATCH_DATABASE_URL": self.settings.database_url,
            "DISPATCH_VAR_DIR": str(self.settings.var_dir),
            "DISPATCH_NETWORK": self.settings.network,
        }
        worker = subprocess.Popen(
            [sys.executable, "-m", "dispatch", "worker", "--name", name],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.workers[name] = worker
        assert not is_awaited or worker.stdout.readline() == f"worker {name} is ready\n"

    def kill(self, name: str, *, number: int = signal.SIGKILL) -> int:
        """End a worker; kill -9 unless another signal is given."""
        worker = self.workers.pop(name)
        worker.send_signal(number)
        code = worker.wait(30)
        worker.stdout.close()
        return code

    def close(self) -> None:
        for name in list(self.workers):
            self.kill(name)
        with self.app.app_context():
            storage.engine().dispose()

    def hold(self) -> None:
        """Let runs wait for the network: its manifest becomes a pipe into which nobody writes."""
        self.manifest = self._manifest().read_text(encoding="utf-8")
        self._manifest().unlink()
        os.mkfifo(self._manifest())

    def let_go(self) -> bool:
        """Write the manifest into the pipe where a run waits for it; say whether one did."""
        try:
            pipe = os.open(self._manifest(), os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads
            return False
        os.write(pipe, self.manifest.encode())
        os.close(pipe)
        return True

    def restore(self) -> None:
        """Put the manifest back as a file, for runs that begin from now on."""
        self._manifest().unlink()
        self._manifest().write_text(self.manifest, encoding="utf-8")

    def _manifest(self) -> Path:
        return self.settings.networks_dir / self.settings.network / "manifest.json"

    def ask(self, count: int = 1) -> list[UUID]:
        """Ask for coverage runs."""
        made = []
        for _ in range(count):
            with self.app.app_context(), storage.transaction():
                wish = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)
                key = str(storage.new_id())
                job = coverage.request_run(wish, key=key, actor=self.planner, at=clock.utc_now())
            made.append(job.id)
        return made

    def send_elders(self, count: int) -> UUID:
        """Send a file of elders in, as an officer of the district, and ask for its import."""
        account_id = make_account(self.app, role=Role.DISTRICT_OFFICER, area=world.DISTRICT)
        lines = ["姓名,编号,性别,出生日期,居住地区划代码,居住地址,居住起始日期"]
        lines += [
            f"老人{number},r{number},女,1940-01-01,{world.C1},测试路{number}号,2020-01-01" for number in range(count)
        ]
        officer = Actor(account_id)
        with self.app.app_context(), storage.transaction():
            upload_id = storage.begin_upload(actor=officer, at=clock.utc_now())
            storage.add_upload_part(upload_id, part_no=0, content="\n".join(lines).encode())
            args = {"upload_id": str(upload_id), "file": "elders.csv", "source": "list", "is_dry_run": False}
            job = storage.request_job(
                "import_elders",
                key=str(upload_id),
                args=args | {"facility_type": None},
                actor=officer,
                at=clock.utc_now(),
                area_code=world.DISTRICT,
            )
        return job.id

    def read(self, job_id: UUID) -> storage.JobView:
        with self.app.app_context(), storage.reading():
            return storage.get_job(job_id, actor=SYSTEM)

    def set_deadlines(self, count: int, *, within_s: float) -> list[UUID]:
        """Let files expire that were sent in a day ago, one after the other from now on."""
        made = []
        with self.app.app_context(), storage.transaction():
            for number in range(count):
                age = KEPT_FOR - timedelta(seconds=within_s * number / count)
                made.append(storage.begin_upload(actor=SYSTEM, at=clock.utc_now() - age))
        return made

    def has_all_fired(self) -> bool:
        return self.rows(sa.select(sa.func.count()).where(Deadline.fired_at.is_(None)))[0][0] == 0

    def jobs(self) -> list[storage.JobView]:
        with self.app.app_context(), storage.reading():
            return storage.find_jobs(actor=self.planner, limit=10_000)

    def is_all_over(self) -> bool:
        return all(job.finished_at is not None for job in self.jobs())

    def rows(self, query) -> list:
        with self.app.app_context(), storage.reading() as session:
            return list(session.execute(query))
