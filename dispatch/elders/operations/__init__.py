"""What the business does with elders: register them, read their records, count a set."""

from dispatch.elders.operations.reading import find_category_set, find_elders, find_members, get_elder, get_facts
from dispatch.elders.operations.registering import InvalidElderError, register_elders
from dispatch.elders.operations.sets import InvalidCategorySetError, put_category_sets

__all__ = [
    "InvalidCategorySetError",
    "InvalidElderError",
    "find_category_set",
    "find_elders",
    "find_members",
    "get_elder",
    "get_facts",
    "put_category_sets",
    "register_elders",
]
