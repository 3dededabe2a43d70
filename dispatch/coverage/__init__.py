"""
Who cannot be reached: service circles on foot, gaps, and the figures of a service in an area.

A run reads homes and open sites, computes on the street network, and is stored with everything it rests
on; it is never changed. Persons stay inside: only counts by area and by cell leave. The computing is
shared with `dispatch city`, which knows no database.
"""

from dispatch.coverage.operations.reading import (
    RunNotFoundError,
    compare_runs,
    find_areas,
    find_cells,
    find_circles,
    find_gaps,
    find_runs,
    get_run,
    latest_run,
)
from dispatch.coverage.operations.requesting import request_run
from dispatch.coverage.operations.running import (
    NobodyToCoverError,
    RunOutOfRangeError,
    pack_run,
    prepare_run,
    run_coverage,
    store_run,
)
from dispatch.coverage.rules.city import CityFindings, CityGap, CityPoints, CityShares, compute_city
from dispatch.coverage.rules.comparing import RunsNotComparableError
from dispatch.coverage.rules.running import compute_run, describe_question
from dispatch.coverage.values import (
    BAND_MIN,
    BOUNDARY_RULE,
    LIMIT_MAX_MIN,
    LIMIT_MIN_MIN,
    ORIGIN_RULES,
    RULE_VERSION,
    SPEED_MAX_MPS,
    SPEED_MIN_MPS,
    AreaChange,
    AreaRow,
    CellFigures,
    CellRow,
    CircleRow,
    Comparison,
    Counts,
    Mode,
    OriginRule,
    Question,
    Run,
    RunFindings,
    RunInputs,
    RunStatus,
    RunWish,
)

__all__ = [
    "BAND_MIN",
    "BOUNDARY_RULE",
    "LIMIT_MAX_MIN",
    "LIMIT_MIN_MIN",
    "ORIGIN_RULES",
    "RULE_VERSION",
    "SPEED_MAX_MPS",
    "SPEED_MIN_MPS",
    "AreaChange",
    "AreaRow",
    "CellFigures",
    "CellRow",
    "CircleRow",
    "CityFindings",
    "CityGap",
    "CityPoints",
    "CityShares",
    "Comparison",
    "Counts",
    "Mode",
    "NobodyToCoverError",
    "OriginRule",
    "Question",
    "Run",
    "RunFindings",
    "RunInputs",
    "RunNotFoundError",
    "RunOutOfRangeError",
    "RunStatus",
    "RunWish",
    "RunsNotComparableError",
    "compare_runs",
    "compute_city",
    "compute_run",
    "describe_question",
    "find_areas",
    "find_cells",
    "find_circles",
    "find_gaps",
    "find_runs",
    "get_run",
    "latest_run",
    "pack_run",
    "prepare_run",
    "request_run",
    "run_coverage",
    "store_run",
]
