"""The jobs that bring a file into a register: one entry for each register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import clock, dates, directory, elders, geo, storage
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from io import BytesIO

    from dispatch import sheets
    from dispatch.actor import Actor
    from dispatch.jobs.task import Handler, Task

READING = Words("读取文件", "Reading the file")
JUDGING = Words("逐行核对并保存", "Judging and storing row by row")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file and what an import needs to know besides."""

    file: BytesIO
    name: str
    source: str
    facility_type: str | None
    study_area: geo.StudyArea
    unit: sheets.Unit
    actor: Actor
    at: datetime
    on: date
    progress: sheets.Progress


def import_sites(given: Incoming) -> sheets.ImportReport:
    """Bring sites into the directory."""
    return directory.import_sites(
        given.file,
        options=directory.SheetOptions(
            source=given.source, facility_type=given.facility_type, study_area=given.study_area
        ),
        unit=given.unit,
        look=storage.reading,
        actor=given.actor,
        at=given.at,
        file=given.name,
        progress=given.progress,
    )


def import_elders(given: Incoming) -> sheets.ImportReport:
    """Bring elders on record."""
    return elders.import_elders(
        given.file,
        options=elders.ElderSheetOptions(source=given.source, study_area=given.study_area),
        unit=given.unit,
        actor=given.actor,
        at=given.at,
        on=given.on,
        file=given.name,
        progress=given.progress,
    )


def make_import(bring: Callable[[Incoming], sheets.ImportReport]) -> Handler:
    """Make the job that brings a file into one register; its result is the report."""

    def run(task: Task) -> None:
        upload_id, now = UUID(task.args["upload_id"]), clock.utc_now()
        task.tell(0, total=None, step=READING)
        try:
            with storage.reading():
                actor, file = task.actor(), storage.read_upload(upload_id)

            def told(done: int, /, *, total: int) -> None:
                task.tell(done, total=total, step=JUDGING)

            report = bring(
                Incoming(
                    file=file,
                    name=task.args["file"],
                    source=task.args["source"],
                    facility_type=task.args["facility_type"],
                    study_area=geo.StudyArea(*task.settings.study_area_ll),
                    unit=storage.rehearsal if task.args["is_dry_run"] else storage.transaction,
                    actor=actor,
                    at=now,
                    on=dates.service_date(now, task.settings.time_zone),
                    progress=told,
                )
            )
        except storage.DatabaseBusyError:
            raise  # the job will be run again, and needs its file
        except Exception:
            with storage.transaction():
                storage.drop_upload(upload_id, at=clock.utc_now())
            raise

        def end() -> dict[str, Any]:
            storage.drop_upload(upload_id, at=clock.utc_now())
            return report.plain() | {"is_dry_run": task.args["is_dry_run"]}

        task.finish(end)

    return run


IMPORTS: Mapping[str, Handler] = {
    "import_sites": make_import(import_sites),
    "import_elders": make_import(import_elders),
}
