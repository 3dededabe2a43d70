"""
Elders: who they are, where they live, and which categories and grades they hold from when to when.

Records are put in bulk and repeatably; reading one is work that leaves an access line. Category sets say
which categories an area counts for a purpose, and from when.
"""

from dispatch.elders.operations import (
    InvalidCategorySetError,
    InvalidElderError,
    find_category_set,
    find_elders,
    find_members,
    get_elder,
    get_facts,
    put_category_sets,
    register_elders,
)
from dispatch.elders.operations.reading import ElderNotFoundError
from dispatch.elders.queries import find_area_codes, find_homes, find_known, find_names
from dispatch.elders.rules import judge_view, mask_name
from dispatch.elders.values import (
    AssessmentFacts,
    AssessmentRecord,
    CategorySetFacts,
    CategorySetRecord,
    ElderCard,
    ElderFacts,
    ElderRecord,
    Grade,
    Home,
    LocatedBy,
    Member,
    MembershipFacts,
    MembershipRecord,
    PutCount,
    ResidenceKind,
    ResidenceRecord,
    SetStatus,
    Sex,
    Ties,
    View,
)

__all__ = [
    "AssessmentFacts",
    "AssessmentRecord",
    "CategorySetFacts",
    "CategorySetRecord",
    "ElderCard",
    "ElderFacts",
    "ElderNotFoundError",
    "ElderRecord",
    "Grade",
    "Home",
    "InvalidCategorySetError",
    "InvalidElderError",
    "LocatedBy",
    "Member",
    "MembershipFacts",
    "MembershipRecord",
    "PutCount",
    "ResidenceKind",
    "ResidenceRecord",
    "SetStatus",
    "Sex",
    "Ties",
    "View",
    "find_area_codes",
    "find_category_set",
    "find_elders",
    "find_homes",
    "find_known",
    "find_members",
    "find_names",
    "get_elder",
    "get_facts",
    "judge_view",
    "mask_name",
    "put_category_sets",
    "register_elders",
]
