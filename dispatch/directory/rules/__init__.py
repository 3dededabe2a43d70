"""Decisions of the directory that ask no database."""

from dispatch.directory.rules.beds import BED_LAYOUT
from dispatch.directory.rules.known import KnownCode, known_codes
from dispatch.directory.rules.layout import LAYOUT

__all__ = ["BED_LAYOUT", "LAYOUT", "KnownCode", "known_codes"]
