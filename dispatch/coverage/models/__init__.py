"""The tables of the coverage."""

from dispatch.coverage.models.runs import (
    CoveragePublication,
    CoverageRun,
    RunArea,
    RunCategory,
    RunCell,
    RunPerson,
    RunSite,
)
from dispatch.coverage.models.sitings import SitingPick, SitingRun, SitingRunArea

__all__ = [
    "CoveragePublication",
    "CoverageRun",
    "RunArea",
    "RunCategory",
    "RunCell",
    "RunPerson",
    "RunSite",
    "SitingPick",
    "SitingRun",
    "SitingRunArea",
]
