"""
Statistical disclosure control of tables of counts: which figures stay hidden so that no count of 1 to 4 can be found.

An engine: plain values in, plain values out. A table is a set of counts with the sums that everybody knows between
them; `suppress` hides the small ones and as many others as it takes, `find_bounds` is the attacker's own sum.
"""

from dispatch.suppression.bounding import find_bounds
from dispatch.suppression.choosing import Suppression, UnprotectableError, suppress
from dispatch.suppression.values import SMALLEST_SHOWN, Sum, Table, find_small, is_small

__all__ = [
    "SMALLEST_SHOWN",
    "Sum",
    "Suppression",
    "Table",
    "UnprotectableError",
    "find_bounds",
    "find_small",
    "is_small",
    "suppress",
]
