"""
What pictures are made of: the classes and colours of the map, its layers, and the font that is set from here on.

Plain values in, plain values out: metres, arrays and colours; no database, no clock, no settings. Whatever draws a
map (map.png, the report) takes its colours and its order of layers from here. Importing it loads matplotlib.
"""

from dispatch.drawing.districts import DistrictMap, Ground, Label, draw_district
from dispatch.drawing.fonts import (
    CHINESE_FAMILY,
    LATIN_FAMILY,
    Font,
    FontMissingError,
    chinese_folder,
    choose_font,
    cut_family,
    missing_characters,
)
from dispatch.drawing.layers import fill, in_frame, outline_of, round_length_m, stroke, strokes_of
from dispatch.drawing.palette import (
    BADGE,
    CASING,
    GREY,
    HAIRLINE,
    HATCH,
    LIMIT,
    PAPER,
    RAIL,
    REACHED,
    ROAD,
    SECONDARY,
    SITE,
    TEXT,
    UNCOVERED_BOUNDS,
    WARM,
    WATER,
    class_of,
)

__all__ = [
    "BADGE",
    "CASING",
    "CHINESE_FAMILY",
    "GREY",
    "HAIRLINE",
    "HATCH",
    "LATIN_FAMILY",
    "LIMIT",
    "PAPER",
    "RAIL",
    "REACHED",
    "ROAD",
    "SECONDARY",
    "SITE",
    "TEXT",
    "UNCOVERED_BOUNDS",
    "WARM",
    "WATER",
    "DistrictMap",
    "Font",
    "FontMissingError",
    "Ground",
    "Label",
    "chinese_folder",
    "choose_font",
    "class_of",
    "cut_family",
    "draw_district",
    "fill",
    "in_frame",
    "missing_characters",
    "outline_of",
    "round_length_m",
    "stroke",
    "strokes_of",
]
