"""
What happened, and who looked.

Every operation that changes a fact about care appends one entry in its own transaction; every read of
an elder's record appends one access line. Both are only ever added to. Entries carry an order in which
a reader who follows them misses none.
"""

from dispatch.journal.operations import append, log_access
from dispatch.journal.queries import find_access_lines, find_entries, read_since
from dispatch.journal.values import START, AccessLine, AccessPurpose, Cursor, Entry

__all__ = [
    "START",
    "AccessLine",
    "AccessPurpose",
    "Cursor",
    "Entry",
    "append",
    "find_access_lines",
    "find_entries",
    "log_access",
    "read_since",
]
