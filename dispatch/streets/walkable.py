"""
Which OpenStreetMap ways are walked on, and which barriers stop a walker: tables, as data, and the rules that read them.

The table is published in docs/walkable-tags.md. It leans on the OpenStreetMap wiki, "OSM tags for
routing/Access restrictions" (worldwide defaults for foot), and leaves out what is no street at all.
"""

from __future__ import annotations

from enum import StrEnum

TABLE_VERSION = "foot-2"

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

PASSED: dict[str, str] = {
    "block": "keeps cars out",
    "bollard": "keeps cars out",
    "border_control": "",
    "bump_gate": "",
    "bus_trap": "keeps cars out",
    "cattle_grid": "",
    "chain": "stepped over or walked around",
    "cycle_barrier": "keeps cycles slow",
    "debris": "",
    "entrance": "an opening",
    "full-height_turnstile": "",
    "height_restrictor": "keeps lorries out",
    "horse_stile": "",
    "jersey_barrier": "keeps cars out",
    "kerb": "",
    "kissing_gate": "made for walkers",
    "lift_gate": "keeps cars out; walkers pass beside it",
    "log": "keeps cars out",
    "motorcycle_barrier": "",
    "planter": "keeps cars out",
    "rope": "",
    "rising_bollard": "keeps cars out",
    "sally_port": "a passage through a city wall",
    "spikes": "keeps cars out",
    "stile": "made for walkers",
    "sump_buster": "keeps cars out",
    "toll_booth": "",
    "turnstile": "made for walkers",
}
"""Values of `barrier` that walkers pass unless foot or locked forbids it; `access` speaks of vehicles there."""

GATED: dict[str, str] = {
    "door": "",
    "gate": "of a compound, a yard, a park",
    "hampshire_gate": "",
    "security_control": "",
    "sliding_gate": "",
    "swing_gate": "",
    "wicket_gate": "",
}
"""Values of `barrier` that walkers pass unless foot, locked or access forbids it."""

IMPASSABLE: dict[str, str] = {
    "cable_barrier": "",
    "city_wall": "",
    "ditch": "",
    "fence": "",
    "guard_rail": "",
    "hedge": "",
    "retaining_wall": "",
    "wall": "",
    "wire_fence": "",
}
"""Values of `barrier` that stop walkers unless foot invites them."""


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


class BarrierVerdict(StrEnum):
    """Whether walkers pass a barrier on a way, and if not, which rule says so."""

    PASSED = "passed"
    FOOT_FORBIDS = "foot_forbids"
    LOCKED = "locked"
    ACCESS_FORBIDS = "access_forbids"
    IMPASSABLE = "impassable"
    NOT_IN_TABLE = "not_in_table"

    @property
    def is_passed(self) -> bool:
        """What no table knows is passed: to cut off a street one should know why."""
        return self in {BarrierVerdict.PASSED, BarrierVerdict.NOT_IN_TABLE}


def judge_barrier(barrier: str, *, foot: str | None, access: str | None, locked: str | None) -> BarrierVerdict:
    """Decide from four tags of a point on a way whether people walk through there."""
    if foot in FORBIDDING:
        return BarrierVerdict.FOOT_FORBIDS
    if foot in INVITING:
        return BarrierVerdict.PASSED
    if barrier in IMPASSABLE:
        return BarrierVerdict.IMPASSABLE
    if locked == "yes":
        return BarrierVerdict.LOCKED
    if barrier in GATED and access in FORBIDDING:
        return BarrierVerdict.ACCESS_FORBIDS
    return BarrierVerdict.PASSED if barrier in PASSED or barrier in GATED else BarrierVerdict.NOT_IN_TABLE
