"""Putting lines into the chain, in the transaction that adds them and as the last thing it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from dispatch.journal.models import AccessLog, JournalEntry
from dispatch.journal.queries.stored import COVERED, find_lanes, find_last_link, find_unlinked, read_stored_lines
from dispatch.journal.rules import GENESIS, hash_line, hash_link
from dispatch.storage import last_act, session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Mapper

# PostgreSQL only: as many writers as this chain lines at the same time without waiting for each other
LANES = 16
LANE_LOCK = 0x6C_61_6E_65  # the first half of the advisory lock's name ("lane"); the second half is the lane
LINES_AT_ONCE = 1000
ADD_LINKS = sa.text(
    "INSERT INTO chain_link (lane_no, index_no, table_name, line_no, line_hash, link_hash) "
    "VALUES (:lane_no, :index_no, :table_name, :line_no, :line_hash, :link_hash)"
)
FREE_LANE = sa.text(
    "SELECT lane_no FROM generate_series(0, :lanes - 1) AS lane_no "
    "WHERE pg_try_advisory_xact_lock(:lock, lane_no) LIMIT 1"
)


class Chaining:
    """The numbers of the lines that a transaction has added, and what puts them into the chain."""

    def __init__(self) -> None:
        self.numbers: dict[str, list[int]] = {name: [] for name in COVERED}

    def __call__(self) -> None:
        """Chain them; lines that a savepoint took back are not there any more."""
        numbers = {name: list(dict.fromkeys(some)) for name, some in self.numbers.items() if some}
        if numbers:
            chain_lines(numbers.items())


@event.listens_for(JournalEntry, "after_insert")
@event.listens_for(AccessLog, "after_insert")
def note_line(_mapper: Mapper[Any], _connection: sa.Connection, line: JournalEntry | AccessLog) -> None:
    """Have a new line chained at the end of its transaction."""
    note_lines(line.__tablename__, [line.seq if isinstance(line, JournalEntry) else line.line_no])


def note_lines(table_name: str, numbers: Iterable[int]) -> None:
    """Have lines that stand in a table chained at the end of the present transaction."""
    chaining = last_act("journal.chain", make=Chaining)
    if isinstance(chaining, Chaining):
        chaining.numbers[table_name].extend(numbers)


def chain_lines(numbers: Iterable[tuple[str, Iterable[int]]]) -> None:
    """Put lines into a lane that no other transaction is writing to, in the order of their numbers."""
    lane_no = _free_lane()
    last_index, link_hash = find_last_link(lane_no) or (-1, GENESIS)
    links: list[dict[str, object]] = []
    for table_name, line_no, line_hash in _hashed(numbers):
        last_index += 1
        link_hash = hash_link(
            link_hash,
            lane_no=lane_no,
            index_no=last_index,
            table_name=table_name,
            line_no=line_no,
            line_hash=line_hash,
        )
        links.append(
            {
                "lane_no": lane_no,
                "index_no": last_index,
                "table_name": table_name,
                "line_no": line_no,
                "line_hash": bytes.fromhex(line_hash),
                "link_hash": bytes.fromhex(link_hash),
            }
        )
        if len(links) == LINES_AT_ONCE:
            session().connection().execute(ADD_LINKS, links)
            links = []
    if links:
        session().connection().execute(ADD_LINKS, links)


def chain_older_lines() -> int:
    """Chain the lines from before there was a chain, and say how many; a chain that has begun is left alone."""
    if find_lanes():
        return 0
    chained = 0
    for table_name in COVERED:
        last = 0
        while numbers := find_unlinked(table_name, after=last, limit=LINES_AT_ONCE):
            chain_lines([(table_name, numbers)])
            last = numbers[-1]
            chained += len(numbers)
    return chained


def _hashed(numbers: Iterable[tuple[str, Iterable[int]]]) -> Iterator[tuple[str, int, str]]:
    for table_name, some in numbers:
        wanted = list(some)
        for start in range(0, len(wanted), LINES_AT_ONCE):
            stored = read_stored_lines(table_name, wanted[start : start + LINES_AT_ONCE])
            for line_no, columns in stored.items():
                yield table_name, line_no, hash_line(columns)


def _free_lane() -> int:
    """
    Take a lane for the rest of the transaction: the first that is free, or wait for one.

    The lock is the last that a transaction takes, so that none who holds a lane waits for another lock.
    """
    current = session()
    if current.get_bind().dialect.name != "postgresql":
        return 0  # SQLite has one writer at a time
    lane_no = current.connection().scalar(FREE_LANE, {"lanes": LANES, "lock": LANE_LOCK})
    if lane_no is None:
        lane_no = int(current.scalar(sa.select(sa.func.pg_backend_pid())) or 0) % LANES
        current.execute(sa.select(sa.func.pg_advisory_xact_lock(LANE_LOCK, lane_no)))
    return int(lane_no)
