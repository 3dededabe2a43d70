"""Stored coverage runs with chosen counts: what they found matters, not the streets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from dispatch import areas, directory, storage
from dispatch.actor import SYSTEM
from dispatch.coverage.models import CoverageRun, RunArea
from tests.factories.areas import LEVELS, area_record

if TYPE_CHECKING:
    from uuid import UUID

AT = datetime(2026, 1, 1, tzinfo=UTC)
DISTRICT = "120198"
COMMUNITIES = tuple(f"{DISTRICT}{town:03d}{number:03d}" for town in (1, 2, 3) for number in (1, 2, 3, 4))
TOWNS = tuple(sorted({code[:9] for code in COMMUNITIES}))
SERVICES = {"day_care": ("day_care",), "bathing": ("bathing_home", "bathing_site"), "bathing_home": ("bathing_home",)}


def put_district() -> None:
    """Store a district of three subdistricts with four communities each, and the code lists."""
    directory.put_known_codes(actor=SYSTEM, at=AT)
    areas.put_known_areas(actor=SYSTEM, at=AT)
    areas.put_areas([area_record(code) for code in (DISTRICT, *TOWNS, *COMMUNITIES)], actor=SYSTEM, at=AT)


def put_run(
    counts: dict[str, tuple[int, int]],
    *,
    service: str = "day_care",
    limit_min: int = 15,
    people: str = "january",
    as_of: date = date(2026, 1, 31),
    outside: tuple[int, int] = (0, 0),
) -> UUID:
    """
    Store a run by the elders and covered of each community; the levels above are their sums.

    `outside` are elders of the district, and covered ones, whose community is not known.
    """
    run_id = storage.new_id()
    rows = dict(counts)
    for code in (*TOWNS, DISTRICT):
        parts = [pair for community, pair in counts.items() if community.startswith(code)]
        extra = [outside] if code == DISTRICT else []
        rows[code] = tuple(sum(column) for column in zip(*parts, *extra, strict=True))
    storage.session().add(
        CoverageRun(
            id=run_id,
            area_code=DISTRICT,
            service_code=service,
            mode="walk",
            speed_mps=1.0,
            limit_s=limit_min * 60,
            as_of=as_of,
            network_id="made-up",
            network_date=AT,
            rule_version="coverage-2026-1",
            inputs_hash=f"{service} {limit_min} {people} {as_of}",
            assumptions={
                "service_codes": list(SERVICES[service]),
                "network_sha256": "made-up",
                "network_table": "1",
                "origin_rule": "door",
                "rule_version": "coverage-2026-1",
                "as_of": as_of.isoformat(),
                "speed_mps": 1.0,
                "hashes": {"elders": people, "areas": "made-up"},
            },
            totals={"covered": rows[DISTRICT][1]},
            status="done",
            started_at=AT,
            finished_at=AT,
        )
    )
    storage.session().flush()
    storage.session().add_all(
        RunArea(
            run_id=run_id,
            area_code=code,
            level=LEVELS[len(code)],
            elders=elders,
            unlocated_elders=0,
            sites=0,
            unlocated_sites=0,
            covered=covered,
            is_borderline=False,
            band={},
        )
        for code, (elders, covered) in rows.items()
    )
    return run_id
