"""Reads of the intake."""

from dispatch.intake.queries.breaches import (
    count_breached,
    count_open_breaches,
    find_breached,
)
from dispatch.intake.queries.days import find_served_requests, offer_of
from dispatch.intake.queries.quotes import (
    find_quotes,
    find_taken,
    show_quote,
)
from dispatch.intake.queries.requests import (
    ASKED,
    OPEN,
    count_open,
    count_unmatched_by_elder,
    find_history,
    find_open,
    find_open_elders,
    find_open_of,
    find_page,
    find_request_ids,
    find_row,
    find_rows,
    find_served,
    find_visit_ids,
    to_cards,
)
from dispatch.intake.queries.series import (
    MadeRequest,
    find_exceptions,
    find_made,
    find_obstacles,
    find_open_rows,
    find_pauses,
    find_rows_of_series,
    find_series_of,
    find_series_row,
    find_series_rows,
)
from dispatch.intake.queries.tasks import (
    count_open_tasks,
    find_task,
    find_task_page,
    to_task_card,
)
from dispatch.intake.queries.unmet import (
    STANDING,
    count_unmet,
)

__all__ = [
    "ASKED",
    "OPEN",
    "STANDING",
    "MadeRequest",
    "count_breached",
    "count_open",
    "count_open_breaches",
    "count_open_tasks",
    "count_unmatched_by_elder",
    "count_unmet",
    "find_breached",
    "find_exceptions",
    "find_history",
    "find_made",
    "find_obstacles",
    "find_open",
    "find_open_elders",
    "find_open_of",
    "find_open_rows",
    "find_page",
    "find_pauses",
    "find_quotes",
    "find_request_ids",
    "find_row",
    "find_rows",
    "find_rows_of_series",
    "find_series_of",
    "find_series_row",
    "find_series_rows",
    "find_served",
    "find_served_requests",
    "find_taken",
    "find_task",
    "find_task_page",
    "find_visit_ids",
    "offer_of",
    "show_quote",
    "to_cards",
    "to_task_card",
]
