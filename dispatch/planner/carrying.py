"""Carrying out a move: what it proposes is done, timed, and kept if it is cheap enough, else undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.planner.compiled import part
from dispatch.planner.linking import begin, mark_placed, put_in, seek, set_key, take_out, take_stop, undo
from dispatch.planner.propagation import settle

if TYPE_CHECKING:
    from dispatch.planner.layout import World

OUT, STOP_OUT, KEYS, IN, PLACE_JOB, LEAVE_JOB = range(6)
"""What a line of a proposal asks for."""


@part
def propose(world: World, count: int, what: int, row: int, carer: int, before: int, key: float) -> int:
    """Add a line to a proposal; return how many there are."""
    world.steps_i[count, 0], world.steps_i[count, 1] = what, row
    world.steps_i[count, 2], world.steps_i[count, 3] = carer, before
    world.steps_f[count] = key
    return count + 1


@part
def carry_out(world: World, count: int, limit: float) -> bool:
    """
    Do what is proposed and keep it if no hard rule breaks and the plan costs at most `limit`.

    OUT takes a job out of its tours, STOP_OUT one stop; KEYS gives a job (which is in no tour then) another key; IN
    puts a stop into a carer's tour behind another stop, or where its key belongs (before: -1); PLACE_JOB and
    LEAVE_JOB say that a job is in the plan now, or left out.
    """
    begin(world)
    is_kept = True
    for line in range(count):
        what, row = world.steps_i[line, 0], int(world.steps_i[line, 1])
        if what == OUT:
            take_out(world, row)
        elif what == STOP_OUT:
            take_stop(world, row)
        elif what == KEYS:
            set_key(world, row, world.steps_f[line])
        elif what == IN:
            carer, before = int(world.steps_i[line, 2]), int(world.steps_i[line, 3])
            if before < 0:
                before = seek(world, carer, world.jobs_f[row >> 1, 0])
            if not put_in(world, row, carer, before):
                is_kept = False
                break
        else:
            mark_placed(world, row, what == PLACE_JOB)
    if is_kept and settle(world, limit):
        return True
    undo(world)
    return False
