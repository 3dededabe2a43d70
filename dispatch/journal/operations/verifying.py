"""Going through the chain from its beginning, a page at a time, and comparing it with what was anchored outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.journal.models import JournalEntry
from dispatch.journal.queries.stored import (
    COVERED,
    count_lines,
    find_lanes,
    find_last_link,
    find_unlinked,
    read_stored_lines,
    read_stored_links,
)
from dispatch.journal.rules import GENESIS, hash_heads, hash_line, hash_link
from dispatch.journal.values import Anchor, Break, Damage, Head, Verification
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from dispatch.journal.queries.stored import Stored

LINKS_AT_ONCE = 1000
BEFORE_ALL = -(2**63)  # whoever puts a line in may number it as they like
# facts: `up_to_line_no`, the last line of the access log that was past its time and is gone
ACCESS_LINES_REMOVED = "access_log.lines_removed"


@dataclass(slots=True)
class _Walk:
    """What has been gone through."""

    removed_up_to: int
    links: int = 0
    removed_lines: int = 0
    heads: list[Head] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)


def verify_chain(anchors: Iterable[Anchor] = (), *, progress: Callable[[int], None] | None = None) -> Verification:
    """
    Go through every lane of the chain and every line that it holds, in pages; the memory needed does not grow.

    `progress` is told the number of links after each page. The first damage of each lane is reported.
    """
    held = sorted(anchors, key=lambda anchor: anchor.at)
    walk = _Walk(removed_up_to=find_removed_up_to())
    for lane_no in sorted({*find_lanes(), *(head.lane_no for anchor in held for head in anchor.heads)}):
        _walk_lane(lane_no, walk=walk, wanted=_hashes_of(held, lane_no=lane_no), progress=progress)
    counts = {name: count_lines(name) for name in COVERED}
    if not walk.breaks and sum(counts.values()) != walk.links - walk.removed_lines:
        walk.breaks += _lines_without_link()
    return Verification(
        entries=counts["journal_entry"],
        access_lines=counts["access_log"],
        links=walk.links,
        removed_lines=walk.removed_lines,
        heads=tuple(walk.heads),
        root_hash=hash_heads(walk.heads),
        anchors=len(held),
        newest_anchor_at=held[-1].at if held else None,
        breaks=tuple(walk.breaks),
    )


def make_anchor(*, at: datetime) -> Anchor:
    """Take the heads of all lanes, to be kept elsewhere."""
    last_links = ((lane_no, find_last_link(lane_no)) for lane_no in find_lanes())
    return Anchor(at=at, heads=tuple(Head(lane_no, last[0] + 1, last[1]) for lane_no, last in last_links if last))


def find_removed_up_to() -> int:
    """Find the last line of the access log that was removed because its time was over (0: none was)."""
    facts = session().scalars(
        sa.select(JournalEntry.facts).where(
            JournalEntry.subject_id == "access_log", JournalEntry.kind == ACCESS_LINES_REMOVED
        )
    )
    return max((int(one["up_to_line_no"]) for one in facts), default=0)


def _walk_lane(lane_no: int, *, walk: _Walk, wanted: dict[int, str], progress: Callable[[int], None] | None) -> None:
    index_no, previous = -1, GENESIS
    while page := read_stored_links(lane_no, after=index_no, limit=LINKS_AT_ONCE):
        lines = _lines_of(page)
        for link in page:
            index_no += 1
            walk.links += 1
            damage, previous = _judge(
                link, index_no=index_no, lane_no=lane_no, previous=previous, lines=lines, walk=walk
            )
            if damage is None and wanted.pop(index_no, previous) != previous:
                damage = Damage.ANCHOR_DIFFERS
            if damage is not None:
                named = damage is not Damage.LINK_MISSING and link["line_no"].isdecimal()
                walk.breaks.append(
                    Break(
                        damage,
                        lane_no,
                        index_no,
                        link["table_name"] if named and link["table_name"] in COVERED else None,
                        int(link["line_no"]) if named else None,
                    )
                )
                return
        if progress is not None:
            progress(walk.links)
    if wanted:  # an anchor holds more than is there: the tail was cut off
        walk.breaks.append(Break(Damage.LINK_MISSING, lane_no, index_no + 1, None, None))
    elif index_no >= 0:
        walk.heads.append(Head(lane_no, index_no + 1, previous))


def _judge(
    link: dict[str, str],
    *,
    index_no: int,
    lane_no: int,
    previous: str,
    lines: dict[str, dict[int, Stored]],
    walk: _Walk,
) -> tuple[Damage | None, str]:
    if link["index_no"] != str(index_no):
        return Damage.LINK_MISSING, previous
    if link["table_name"] not in COVERED or not link["line_no"].isdecimal():
        return Damage.LINK_CHANGED, previous
    line_no = int(link["line_no"])
    expected = hash_link(
        previous,
        lane_no=lane_no,
        index_no=index_no,
        table_name=link["table_name"],
        line_no=line_no,
        line_hash=link["line_hash"],
    )
    if link["link_hash"] != expected:
        return Damage.LINK_CHANGED, previous
    stored = lines[link["table_name"]].get(line_no)
    if stored is None:
        if link["table_name"] != "access_log" or line_no > walk.removed_up_to:
            return Damage.LINE_MISSING, expected
        walk.removed_lines += 1
    elif hash_line(stored) != link["line_hash"]:
        return Damage.LINE_CHANGED, expected
    return None, expected


def _lines_of(page: list[dict[str, str]]) -> dict[str, dict[int, Stored]]:
    return {
        name: read_stored_lines(
            name,
            [int(link["line_no"]) for link in page if link["table_name"] == name and link["line_no"].isdecimal()],
        )
        for name in COVERED
    }


def _hashes_of(anchors: list[Anchor], *, lane_no: int) -> dict[int, str]:
    """Give the hashes that the anchors hold of one lane, by index."""
    return {head.links - 1: head.link_hash for anchor in anchors for head in anchor.heads if head.lane_no == lane_no}


def _lines_without_link() -> list[Break]:
    found = ((name, find_unlinked(name, after=BEFORE_ALL, limit=1)) for name in COVERED)
    return [Break(Damage.LINE_WITHOUT_LINK, None, None, name, numbers[0]) for name, numbers in found if numbers]
