"""Playing the seed's care series: asked for, paused and excepted at their past times."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import intake, storage
from dispatch.cli.seed_rows import Loaded, Row

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor


def play_series(rows: list[Row], *, actors: dict[str, Actor], zone: ZoneInfo) -> Loaded:
    """Start series and make their changes; one that is there has made them."""
    created = 0
    for row in rows:
        wish = _wish(row["wish"])
        at = datetime.fromisoformat(row["started_at"])
        who: dict[str, Any] = {"actor": actors[row["actor"]], "now": at}
        try:
            series = intake.start_series(wish, **who, zone=zone)
        except intake.CareSeriesIdTakenError:
            continue
        created += 1
        skip = intake.ExceptionWish(date.fromisoformat(row["skipped_on"]), intake.ExceptionKind.SKIP)
        intake.except_date(series.id, wish=skip, **who, zone=zone)
        begin, end, reason = row["paused"]
        pause = intake.PauseWish(date.fromisoformat(begin), date.fromisoformat(end), intake.PauseReason(reason))
        intake.pause_series(series.id, wish=pause, **who)
        # made-up dates stay as they were left: they have passed, and nobody is to be asked
        storage.withdraw_deadline(intake.EXTENDING, key=str(series.id), at=at)
    return Loaded(created, 0, len(rows) - created)


def _wish(fields: Row) -> intake.SeriesWish:
    return intake.SeriesWish(
        id=UUID(fields["id"]),
        elder_id=UUID(fields["elder_id"]),
        service_code=fields["service_code"],
        rrule=fields["rrule"],
        starts_on=date.fromisoformat(fields["starts_on"]),
        from_time=time.fromisoformat(fields["from_time"]),
        to_time=time.fromisoformat(fields["to_time"]),
    )
