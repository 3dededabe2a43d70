"""What one elder has within reach: the nearest provider of each basic service."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - flask-smorest reads the views' types

from dispatch import assignment, clock, coverage, directory, storage
from dispatch.actor import Role
from dispatch.api.access import open_to, settings
from dispatch.api.language import say
from dispatch.api.matching import reason_out
from dispatch.api.networks import current_network
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.circles import ElderCircleSchema
from dispatch.api.services import facts_of

if TYPE_CHECKING:
    from dispatch.coverage import CircleItem, Provider

READERS = (Role.ELDER, Role.FAMILY, Role.COMMUNITY_WORKER, Role.DISTRICT_OFFICER)
SECONDS_IN_MINUTE = 60

bp = Blueprint("circles", __name__, url_prefix="/v1", description="What one elder has within reach")


@bp.get("/elders/<uuid:elder_id>/circle")
@open_to(*READERS)
@bp.response(200, ElderCircleSchema)
def show_circle(elder_id: UUID) -> dict[str, Any]:
    """Give the nearest open provider of each basic service and the minutes, or why there is none; leaves a line."""
    facts = facts_of(elder_id)
    network = current_network()
    with storage.reading():
        found = coverage.find_circle(
            facts, network=network, at=clock.utc_now(), zone=settings().time_zone, judge_fit=assignment.find_unfit
        )
        labels = {code.code: (code.label_zh, code.label_en) for code in directory.list_codes("service")}
    return {
        "elder_id": found.elder_id,
        "on": found.on,
        "rule_area_code": found.rule_area_code,
        "items": [_item(each, labels=labels) for each in found.items],
        "assumptions": found.assumptions | {"fit_rule_version": assignment.RULE_VERSION},
    }


def _item(item: CircleItem, *, labels: dict[str, tuple[str, str]]) -> dict[str, Any]:
    label_zh, label_en = labels[item.service_code]
    return {
        "service_code": item.service_code,
        "label_zh": label_zh,
        "label_en": label_en,
        "provider": None if item.provider is None else _provider(item.provider),
        "missing": None
        if item.missing is None
        else {
            "code": item.missing,
            "label": say(coverage.MISSING_WORDS[item.missing]),
            "because": [reason_out(each) for each in item.because],
        },
    }


def _provider(provider: Provider) -> dict[str, Any]:
    time_s = provider.time_s
    return asdict(provider) | {"minutes": None if time_s is None else -(-time_s // SECONDS_IN_MINUTE)}
