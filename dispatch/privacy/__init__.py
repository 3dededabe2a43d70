"""
What the law gives a person over what is kept of them: a copy, and an end.

The tables of a person are found from the schema itself (`storage.find_subject_tables`), so that a new table cannot be
forgotten: it is copied at once, and a test fails until `rules` says what becomes of it in the end.
"""

from dispatch.privacy.operations.copying import give_copy
from dispatch.privacy.operations.erasing import ErasureTooEarlyError, erase_elder
from dispatch.privacy.operations.merging import merge_elder
from dispatch.privacy.operations.retaining import apply_retention
from dispatch.privacy.rules import ERASURE, RETENTION, Fate
from dispatch.privacy.values import ErasureBasis, PersonCopy, RecordClass, Retained

__all__ = [
    "ERASURE",
    "RETENTION",
    "ErasureBasis",
    "ErasureTooEarlyError",
    "Fate",
    "PersonCopy",
    "RecordClass",
    "Retained",
    "apply_retention",
    "erase_elder",
    "give_copy",
    "merge_elder",
]
