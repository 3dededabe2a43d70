"""Make the whole world, and write it as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seed.accounts import account_records
from seed.areas import DISTRICT, area_records, category_set_records, rule_records, subsidy_rule_records
from seed.carers import carer_records, make_carers
from seed.caseloads import caseload_records, make_caseloads
from seed.equity import equity_truth, home_care_truth
from seed.logs import log_records, make_logs
from seed.network import network_xml
from seed.offers import bed_records, closure_records, hours_records, offer_records
from seed.organizations import organization_records, service_records
from seed.people import elder_records, make_people
from seed.registers import bed_change_records, bed_truth, compound_records, land_truth, target_records
from seed.requests import make_requests, preference_records
from seed.series import series_records
from seed.sites import site_records
from seed.truth import (
    check_promises,
    count_truth,
    coverage_truth,
    demo_truth,
    fair_share_truth,
    nearby_truth,
    request_truth,
    visit_truth,
)

if TYPE_CHECKING:
    from pathlib import Path

NETWORK_FILE, TRUTH_FILE = "network.osm", "truth.json"


def make_world() -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    """Make all records, by the name of their file, and the truth about them."""
    people, carers = make_people(), make_carers()
    caseloads = make_caseloads(people, carers)
    logs = make_logs(people, carers, caseloads)
    requests = make_requests(people, carers)
    records = {
        "areas": area_records(),
        "rules": rule_records(),
        "organizations": organization_records(),
        "sites": site_records(),
        "services": service_records(),
        "offers": offer_records(),
        "hours": hours_records(),
        "closures": closure_records(),
        "beds": bed_records(),
        "compounds": compound_records(),
        "bed_changes": bed_change_records(),
        "targets": target_records(DISTRICT),
        "category_sets": category_set_records(),
        "subsidy_rules": subsidy_rule_records(),
        "accounts": account_records(people, carers),
        "elders": elder_records(people),
        "carers": carer_records(carers),
        "caseloads": caseload_records(caseloads),
        "visit_logs": log_records(logs),
        "preferences": preference_records(people, carers),
        "requests": [request.record() for request in requests],
        "series": series_records(people),
    }
    coverage = coverage_truth(people)
    truth = {
        "note": "虚构数据的真值，由构造得出 (made up; true by construction)",
        "counts": count_truth(people, carers, requests),
        "coverage": coverage,
        "home_care": home_care_truth(people),
        "equity": equity_truth(coverage["services"]["day_care"]["areas"]),
        "nearby": nearby_truth(),
        "land": land_truth(),
        "beds": bed_truth(),
        "visits": visit_truth(people, carers, caseloads, logs),
        "requests": request_truth(requests),
        "fair_share": fair_share_truth(requests),
        "demo": demo_truth(people),
        "elders": {elder.key: elder.id for elder in people if elder.key and elder.key != "compound"},
    }
    check_promises(truth)
    return records, truth


def write_world(folder: Path) -> dict[str, int]:
    """Write network, records and truth into a folder; give the size of each file in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    records, truth = make_world()
    texts = {NETWORK_FILE: network_xml(), TRUTH_FILE: json.dumps(truth, ensure_ascii=False, indent=1) + "\n"}
    for name, rows in records.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        texts[f"{name}.json"] = f"[\n{lines}\n]\n"
    sizes = {}
    for name, text in texts.items():
        body = text.encode()
        (folder / name).write_bytes(body)
        sizes[name] = len(body)
    return sizes
