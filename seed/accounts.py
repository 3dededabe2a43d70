"""One account for every role, with published passwords: for demonstration only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seed.areas import DISTRICT
from seed.ids import make_id

if TYPE_CHECKING:
    from seed.carers import Carer
    from seed.people import Elder

CITY = "12"
COORDINATED = "ankang"
DEMO_ELDER = "demo"


def account_id(username: str) -> str:
    """Give the id of an account."""
    return make_id("account", username)


def account_records(people: list[Elder], carers: list[Carer]) -> list[dict[str, Any]]:
    """List the accounts with their grants."""
    elder = next(elder for elder in people if elder.key == DEMO_ELDER)
    worker = next(carer for carer in carers if carer.account == "community_worker1")
    community = worker.community.code if worker.community else DISTRICT
    grants = {
        "elder": [("elder", elder.id)],
        "family": [("elder", elder.id)],
        "community_worker": [("area", community), ("own", account_id("community_worker1"))],
        "coordinator": [("organization", make_id("organization", COORDINATED))],
        "carer": [("area", DISTRICT), ("own", account_id("carer1"))],
        "planner": [("area", DISTRICT)],
        "district_officer": [("area", DISTRICT)],
        "operator": [("area", DISTRICT)],
        "administrator": [("area", CITY)],
    }
    names = {
        "elder": "演示老人",
        "family": "演示家属",
        "community_worker": "演示社区工作者",
        "coordinator": "演示协调员",
        "carer": "演示护理员",
        "planner": "演示规划员",
        "district_officer": "演示区级管理员",
        "operator": "演示接线员",
        "administrator": "演示系统管理员",
    }
    return [
        {
            "role": role,
            "username": f"{role}1",
            "password": f"demo-{role}-2026",
            "display_name": f"{names[role]}（虚构）",
            "locale": "zh",
            "id": account_id(f"{role}1"),
            "grants": [{"role": role, "scope_kind": kind, "scope_ref": ref} for kind, ref in scopes],
        }
        for role, scopes in grants.items()
    ]
