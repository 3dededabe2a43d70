"""
What happened, and who looked.

Every operation that changes a fact about care appends one entry in its own transaction; every read of
an elder's record appends one access line. Both are only ever added to. Entries carry an order in which
a reader who follows them misses none. Both are links of a hash chain, so that a line that was changed,
taken away or put in is found.
"""

from dispatch.journal.operations.anchoring import AnchorFileError, keep_anchor, read_anchors, write_anchor
from dispatch.journal.operations.appending import append, append_all, log_access
from dispatch.journal.operations.chaining import chain_older_lines
from dispatch.journal.operations.following import keep_place, take_place
from dispatch.journal.operations.removing import remove_access_lines
from dispatch.journal.operations.verifying import make_anchor, verify_chain
from dispatch.journal.queries.lines import (
    find_access_lines,
    find_end,
    find_entries,
    find_entries_since,
    find_entry,
    find_latest_at,
    find_news,
    find_place,
    read_since,
)
from dispatch.journal.values import (
    START,
    AccessLine,
    AccessPurpose,
    Anchor,
    Break,
    Cursor,
    Damage,
    Entry,
    Head,
    News,
    Reader,
    Verification,
)

__all__ = [
    "START",
    "AccessLine",
    "AccessPurpose",
    "Anchor",
    "AnchorFileError",
    "Break",
    "Cursor",
    "Damage",
    "Entry",
    "Head",
    "News",
    "Reader",
    "Verification",
    "append",
    "append_all",
    "chain_older_lines",
    "find_access_lines",
    "find_end",
    "find_entries",
    "find_entries_since",
    "find_entry",
    "find_latest_at",
    "find_news",
    "find_place",
    "keep_anchor",
    "keep_place",
    "log_access",
    "make_anchor",
    "read_anchors",
    "read_since",
    "remove_access_lines",
    "take_place",
    "verify_chain",
    "write_anchor",
]
