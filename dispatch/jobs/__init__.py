"""
Background work: what runs jobs after the request that asked for them, and fires deadlines.

DBOS keeps the queue and recovers what a lost process left; the row in `job` says how a job goes and ends it
once. Nothing outside this room and `app` knows DBOS.
"""

from dispatch.jobs.port import load_engine, make_port
from dispatch.jobs.task import RequesterGoneError
from dispatch.jobs.worker import run_worker

__all__ = ["RequesterGoneError", "load_engine", "make_port", "run_worker"]
