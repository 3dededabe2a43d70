"""Decisions about elders: same input, same answer; no session, no clock."""

from dispatch.elders.rules.ages import age_band, age_on, is_overlapping
from dispatch.elders.rules.changing import judge_change
from dispatch.elders.rules.counting import DISTRICT_DIGITS, judge_member, nearest_set
from dispatch.elders.rules.duplicates import Compared, judge_likeness, name_sound
from dispatch.elders.rules.giving_out import row_of
from dispatch.elders.rules.identity import check_digit, judge_identity, mask_id_no
from dispatch.elders.rules.layout import CONTACTS, LAYOUT
from dispatch.elders.rules.rows import RELATIONS, ElderSurroundings, judge_elder
from dispatch.elders.rules.settling import Place, SettleFault, is_same_elder, settle_category, settle_single
from dispatch.elders.rules.spans import subtract_spans
from dispatch.elders.rules.viewing import judge_view, mask_name, round_point, show_card

__all__ = [
    "CONTACTS",
    "DISTRICT_DIGITS",
    "LAYOUT",
    "RELATIONS",
    "Compared",
    "ElderSurroundings",
    "Place",
    "SettleFault",
    "age_band",
    "age_on",
    "check_digit",
    "is_overlapping",
    "is_same_elder",
    "judge_change",
    "judge_elder",
    "judge_identity",
    "judge_likeness",
    "judge_member",
    "judge_view",
    "mask_id_no",
    "mask_name",
    "name_sound",
    "nearest_set",
    "round_point",
    "row_of",
    "settle_category",
    "settle_single",
    "show_card",
    "subtract_spans",
]
