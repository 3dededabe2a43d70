"""
What becomes of every table of a person, and how long records are kept: data, read by the operations and by a test.

Counts must stay: rows that are counted keep dates, areas, codes and outcomes, and lose what names or finds a person.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

from dispatch.privacy.values import RecordClass
from dispatch.words import Words


class Fate(StrEnum):
    """What becomes of a whole table's rows of an erased person."""

    DELETED = "deleted"
    KEPT = "kept"


# what stands in a column after erasure; columns that are not named stay
ERASURE: dict[str, Fate | dict[str, Any]] = {
    "elder": {
        "name": "",
        "registered_area_code": None,
        "has_lift_access": None,
        "source": None,
        "source_ref": None,
        "id_no_sealed": None,
        "id_no_index": None,
        "phone_sealed": None,
        "phone_index": None,
    },
    "residence": {
        "address": "",
        "lon": None,
        "lat": None,
        "located_by": None,
        "source_crs": None,
        "source_raw": None,
    },
    "assessment": {"item_scores": None, "adjusted_for": None, "assessor": None},
    "elder_event": {"evidence": None},
    "risk_level": {"reason": ""},
    "membership": {"basis": ""},
    "care_request": {"requested_by": None, "on_behalf_of": None},
    "supervisor_task": {"reason": None},
    "care_series": {"requested_by": None, "on_behalf_of": None},
    "visit_log": {"fix_lon": None, "fix_lat": None, "fix_accuracy_m": None, "answers": None},
    "emergency_access": {"reason": ""},
    "elder_name_key": Fate.DELETED,
    "served_call": Fate.KEPT,
    "confirmation": {"account_id": None},
    "dispute": {"account_id": None},
    "calendar_feed": Fate.DELETED,
    "contact": Fate.DELETED,
    "match_run": Fate.DELETED,
    "notice": Fate.DELETED,
    "one_time_code": Fate.DELETED,
    "preference": Fate.DELETED,
    "run_person": Fate.DELETED,
    "series_obstacle": Fate.DELETED,
    "short_text": Fate.DELETED,
    "absence": Fate.KEPT,
    "access_log": Fate.KEPT,
    "attendance": Fate.KEPT,
    "care_request_clock": Fate.KEPT,
    "care_request_visit": Fate.KEPT,
    "caseload": Fate.KEPT,
    "consent": Fate.KEPT,
    "need": Fate.KEPT,
    "series_exception": Fate.KEPT,
    "series_pause": Fate.KEPT,
    "offer": Fate.KEPT,
    "unmet_demand": Fate.KEPT,
    "quote": Fate.KEPT,
    "tour_stop": Fate.KEPT,
    "unplanned": Fate.KEPT,
    "visit": Fate.KEPT,
    "visit_problem": {"note": None, "told_by": None},
    "visit_start": Fate.KEPT,
}

# proposed: the bureau settles the periods; a change is one line here, and is seen in the history of the file
RETENTION = (
    RecordClass(
        "departed_elders", Words("已去世或迁出的老人", "elders who died or moved away"), timedelta(days=5 * 365)
    ),
    RecordClass("positions", Words("走访时手机的位置", "where a phone was at a visit"), timedelta(days=365)),
    RecordClass("searches", Words("匹配的计算过程", "searches for a provider"), timedelta(days=2 * 365)),
    RecordClass("replies", Words("为重发保存的答复", "answers kept for repeated requests"), timedelta(days=90)),
    RecordClass("notices", Words("动态通知", "notices in feeds"), timedelta(days=180)),
    RecordClass("short_texts", Words("短信记录", "short texts"), timedelta(days=180)),
    RecordClass("deliveries", Words("事件投递记录", "deliveries of webhooks"), timedelta(days=90)),
    RecordClass("access_lines", Words("查阅记录", "lines of the access log"), timedelta(days=10 * 365)),
)
