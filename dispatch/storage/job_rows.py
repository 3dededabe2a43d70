"""Background jobs and the processes that run them: one row each, and what others are told of a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.storage.columns import Base, Json, UtcDateTime, new_id, one_of
from dispatch.words import Words


class JobStatus(StrEnum):
    """Where a job stands: queued, running, then ended in one of three ways."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)


class Job(Base):
    """One piece of long work that was asked for; the job engine runs it, this row says how it goes."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("status", JobStatus),
        sa.Index(None, "requested_by", "id"),
        sa.Index(None, "area_code", "id"),
        sa.Index(None, "status", "requested_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)  # chosen by who asks: the same key twice is one job
    args: Mapped[dict[str, Any]] = mapped_column(Json)  # ids, codes, dates, numbers; nothing personal
    area_code: Mapped[str | None]
    requested_by: Mapped[UUID | None]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str]
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int]
    total: Mapped[int | None]
    step: Mapped[dict[str, str] | None] = mapped_column(Json)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[dict[str, Any] | None] = mapped_column(Json)
    worker: Mapped[str | None]  # who began it last
    begun: Mapped[int]  # how often a worker began it: more than once where one was lost
    sendings: Mapped[int]  # how often it was handed to the engine


class Worker(Base):
    """A process that runs jobs; `seen_at` is written every few seconds while it lives."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed: the code of a problem, with its sentence."""

    code: str
    title: Words
    detail: Words | None = None


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it stands. `done` of `total` parts are finished; what is being done now is `step`."""

    id: UUID
    name: str
    args: dict[str, Any]
    area_code: str | None
    requested_by: UUID | None
    requested_at: datetime
    status: JobStatus
    started_at: datetime | None
    finished_at: datetime | None
    is_cancel_requested: bool
    done: int
    total: int | None
    step: Words | None
    result: dict[str, Any] | None
    error: JobError | None
    sendings: int


def view_of(row: Job) -> JobView:
    """Give a row as others see it."""
    return JobView(
        id=row.id,
        name=row.name,
        args=row.args,
        area_code=row.area_code,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        status=JobStatus(row.status),
        started_at=row.started_at,
        finished_at=row.finished_at,
        is_cancel_requested=row.cancel_requested_at is not None,
        done=row.done,
        total=row.total,
        step=None if row.step is None else Words(**row.step),
        result=row.result,
        error=None if row.error is None else _error(row.error),
        sendings=row.sendings,
    )


def kept_words(words: Words | None) -> dict[str, str] | None:
    """Give a sentence as a row keeps it."""
    return None if words is None else {"zh": words.zh, "en": words.en}


def _error(kept: dict[str, Any]) -> JobError:
    detail = kept["detail"]
    return JobError(kept["code"], title=Words(**kept["title"]), detail=None if detail is None else Words(**detail))
