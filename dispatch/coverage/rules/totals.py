"""The figures of a whole area: people, communities, subdistricts, town and country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import areas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.coverage.values import AreaFigures


def sum_up(found: Iterable[AreaFigures], *, of: str) -> dict[str, Any]:
    """
    Give the totals of a run as plain values.

    People, communities and subdistricts are three figures (domain: coverage rate); none replaces another.
    Communities without elders and without a site of their own are left out of the share and counted.
    """
    rows = list(found)
    whole = next(row for row in rows if row.area.code == of)
    communities = [row for row in rows if row.area.level == areas.Level.COMMUNITY]
    known = sum(row.counts.elders for row in communities)
    is_community = whole.area.level == areas.Level.COMMUNITY
    return describe(whole) | {
        "communities": _judged(communities),
        "subdistricts": _judged([row for row in rows if row.area.level == areas.Level.SUBDISTRICT]),
        "settlements": {
            kind.value: _settlement([row for row in communities if row.area.settlement == kind])
            for kind in areas.Settlement
        },
        "outside_communities": 0 if is_community else whole.counts.elders - known,
    }


def describe(row: AreaFigures) -> dict[str, Any]:
    """Give the people of one area as plain values."""
    counts = row.counts
    return {
        "elders": counts.elders,
        "covered": counts.covered,
        "covered_share": counts.covered_share,
        "located_share": counts.located_share,
        "unlocated_elders": counts.unlocated,
        "sites": row.sites,
        "unlocated_sites": row.unlocated_sites,
        "places": row.places,
        "places_an_elder": row.places_an_elder,
        "band": band_of(row),
    }


def band_of(row: AreaFigures) -> dict[str, int]:
    """Give the covered at each limit of the band, at the slower speed, by the straight line, and without places."""
    asked = {} if row.within_limit is None else {"within_limit": row.within_limit}
    return row.counts.band | {"slower": row.counts.slower, "straight": row.counts.straight} | asked


def _judged(rows: list[AreaFigures]) -> dict[str, Any]:
    states = [row.state for row in rows if row.state is not None]
    return {
        "counted": len(states),
        "covered": sum(states),
        "covered_share": sum(states) / len(states) if states else None,
        "left_out": len(rows) - len(states),
        "borderline": sum(row.is_borderline for row in rows),
    }


def _settlement(rows: list[AreaFigures]) -> dict[str, Any]:
    elders, covered = (sum(getattr(row.counts, name) for row in rows) for name in ("elders", "covered"))
    return _judged(rows) | {
        "elders": elders,
        "covered_elders": covered,
        "covered_elders_share": covered / elders if elders else None,
        "with_own_site": sum(row.sites > 0 for row in rows),
    }
