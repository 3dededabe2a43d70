"""
How far it is on foot: the walking network of a city, and searches and areas on it.

Pure engine: plain values in, plain values out; it reads and writes files at the paths it is given.
Lengths are whole decimetres; a speed is applied once, on the total (`length_limit_dm`, `walk_time_s`).
"""

from dispatch.streets.areas import covered_area, reach_area
from dispatch.streets.building import build_network, synthetic_network
from dispatch.streets.catchments import Catchments, catchments, sum_catchments
from dispatch.streets.editing import edit_network
from dispatch.streets.edits import (
    GATE_JOIN_M,
    JOIN_M,
    MAX_EDIT_M,
    EditedNetwork,
    EditEffect,
    StreetEdit,
    StreetEditKind,
)
from dispatch.streets.files import (
    NetworkBrokenError,
    NetworkNotFoundError,
    list_networks,
    network_identity,
    open_network,
    read_manifest,
    save_network,
)
from dispatch.streets.gains import Gains, Picks, greedy_sites
from dispatch.streets.keeping import TravelCache
from dispatch.streets.lines import LINE_SUFFIXES, LinesReport, import_lines, read_lines
from dispatch.streets.modes import (
    CARER_EBIKE,
    CARER_SPEED_MPS,
    CARER_WALK,
    CARER_WALK_MPS,
    DOOR_S,
    EBIKE_KPH,
    PARKING_S,
    carer_limit_dm,
    carer_way_s,
)
from dispatch.streets.osm import ImportReport, NetworkSourceError, import_osm, read_osm
from dispatch.streets.searching import matrix, nearest_sites, reach, read_field
from dispatch.streets.sketching import sketch_covered, sketch_reach
from dispatch.streets.snapping import snap_nodes, snap_points
from dispatch.streets.standing import Standing
from dispatch.streets.travel import (
    LONGEST_WAY_S,
    TRAVEL_LIMIT_DM,
    TravelLengths,
    carer_travel_s,
    travel_lengths,
)
from dispatch.streets.values import (
    MAX_SNAP_M,
    UNREACHED,
    WALK_SPEED_MPS,
    Field,
    Manifest,
    Network,
    Reach,
    Snaps,
    length_limit_dm,
    walk_time_s,
)
from dispatch.streets.walkable import (
    FORBIDDING,
    GATED,
    IMPASSABLE,
    INVITED_ONLY,
    INVITING,
    PASSED,
    TABLE_VERSION,
    WALKED,
)
from dispatch.streets.warming import warm_kernels

__all__ = [
    "CARER_EBIKE",
    "CARER_SPEED_MPS",
    "CARER_WALK",
    "CARER_WALK_MPS",
    "DOOR_S",
    "EBIKE_KPH",
    "FORBIDDING",
    "GATED",
    "GATE_JOIN_M",
    "IMPASSABLE",
    "INVITED_ONLY",
    "INVITING",
    "JOIN_M",
    "LINE_SUFFIXES",
    "LONGEST_WAY_S",
    "MAX_EDIT_M",
    "MAX_SNAP_M",
    "PARKING_S",
    "PASSED",
    "TABLE_VERSION",
    "TRAVEL_LIMIT_DM",
    "UNREACHED",
    "WALKED",
    "WALK_SPEED_MPS",
    "Catchments",
    "EditEffect",
    "EditedNetwork",
    "Field",
    "Gains",
    "ImportReport",
    "LinesReport",
    "Manifest",
    "Network",
    "NetworkBrokenError",
    "NetworkNotFoundError",
    "NetworkSourceError",
    "Picks",
    "Reach",
    "Snaps",
    "Standing",
    "StreetEdit",
    "StreetEditKind",
    "TravelCache",
    "TravelLengths",
    "build_network",
    "carer_limit_dm",
    "carer_travel_s",
    "carer_way_s",
    "catchments",
    "covered_area",
    "edit_network",
    "greedy_sites",
    "import_lines",
    "import_osm",
    "length_limit_dm",
    "list_networks",
    "matrix",
    "nearest_sites",
    "network_identity",
    "open_network",
    "reach",
    "reach_area",
    "read_field",
    "read_lines",
    "read_manifest",
    "read_osm",
    "save_network",
    "sketch_covered",
    "sketch_reach",
    "snap_nodes",
    "snap_points",
    "sum_catchments",
    "synthetic_network",
    "travel_lengths",
    "walk_time_s",
    "warm_kernels",
]
