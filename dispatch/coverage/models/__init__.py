"""The tables of the coverage."""

from dispatch.coverage.models.runs import (
    CoveragePublication,
    CoverageRun,
    RunArea,
    RunCell,
    RunPerson,
    RunSite,
)

__all__ = [
    "CoveragePublication",
    "CoverageRun",
    "RunArea",
    "RunCell",
    "RunPerson",
    "RunSite",
]
