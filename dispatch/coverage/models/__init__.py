"""The tables of the coverage."""

from dispatch.coverage.models.edits import NetworkEditRow
from dispatch.coverage.models.runs import (
    CoveragePublication,
    CoverageRun,
    RunArea,
    RunCategory,
    RunCell,
    RunPerson,
    RunPlannedSite,
    RunSite,
)
from dispatch.coverage.models.scenarios import Scenario, ScenarioChange, ScenarioVersion
from dispatch.coverage.models.sitings import SitingPick, SitingRun, SitingRunArea

__all__ = [
    "CoveragePublication",
    "CoverageRun",
    "NetworkEditRow",
    "RunArea",
    "RunCategory",
    "RunCell",
    "RunPerson",
    "RunPlannedSite",
    "RunSite",
    "Scenario",
    "ScenarioChange",
    "ScenarioVersion",
    "SitingPick",
    "SitingRun",
    "SitingRunArea",
]
