"""
Which OpenStreetMap ways are walked on: the table, as data, and the rule that reads it.

The table is published in docs/walkable-tags.md. It leans on the OpenStreetMap wiki, "OSM tags for
routing/Access restrictions" (worldwide defaults for foot), and leaves out what is no street at all.
"""

from __future__ import annotations

from enum import StrEnum

TABLE_VERSION = "foot-1"

WALKED: dict[str, str] = {
    "trunk": "roads of the country and the province run through towns",
    "trunk_link": "as trunk",
    "primary": "",
    "primary_link": "",
    "secondary": "",
    "secondary_link": "",
    "tertiary": "",
    "tertiary_link": "",
    "unclassified": "",
    "residential": "",
    "living_street": "",
    "road": "a road of unknown kind",
    "service": "ways inside compounds, to car parks and along buildings",
    "track": "field and forest ways, walked in villages",
    "pedestrian": "squares too: their outline is kept",
    "footway": "pavements and crossings too",
    "path": "",
    "steps": "kept; no slower than level ground",
    "corridor": "ways inside buildings",
    "cycleway": "walked where nothing forbids it",
    "bridleway": "walked where nothing forbids it",
    "crossing": "",
}
"""Values of `highway` that are walked on unless foot or access forbids it, with a remark."""

INVITED_ONLY: dict[str, str] = {
    "motorway": "closed to walkers by law",
    "motorway_link": "as motorway",
    "busway": "for buses",
    "bus_guideway": "for buses on rails",
    "platform": "waiting places, seldom joined to the streets",
    "elevator": "joined to the streets by its footways",
}
"""Values of `highway` that are walked on only where foot invites it."""

INVITING = frozenset({"yes", "designated", "permissive"})
"""Values of `foot` that open a way, whatever `access` says."""

FORBIDDING = frozenset({"no", "private"})
"""Values of `foot`, and else of `access`, that close a way."""


class Verdict(StrEnum):
    """Whether a way is walked on, and if not, which rule says so."""

    WALKED = "walked"
    FOOT_FORBIDS = "foot_forbids"
    ACCESS_FORBIDS = "access_forbids"
    NOT_INVITED = "not_invited"
    NOT_IN_TABLE = "not_in_table"


def judge_way(highway: str, *, foot: str | None, access: str | None) -> Verdict:
    """Decide from three tags whether people walk on a way; one-way streets are walked both ways."""
    if foot in FORBIDDING:
        return Verdict.FOOT_FORBIDS
    is_invited = foot in INVITING
    if highway not in WALKED and highway not in INVITED_ONLY:
        return Verdict.NOT_IN_TABLE
    if highway in INVITED_ONLY and not is_invited:
        return Verdict.NOT_INVITED
    if access in FORBIDDING and not is_invited:
        return Verdict.ACCESS_FORBIDS
    return Verdict.WALKED
