"""The code lists that come with the product."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownCode:
    """One line of `facts/codes.tsv`; without a source it is a proposal of this product."""

    list_name: str
    code: str
    parent: str | None
    position: int
    label_zh: str
    label_en: str
    source_file: str | None
    clause: str | None
    facts: dict[str, Any]


@cache
def known_codes() -> tuple[KnownCode, ...]:
    """Give all codes in the order in which lists show them."""
    lines = (files("dispatch.directory") / "facts" / "codes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    found = []
    for position, line in enumerate(lines):
        list_name, code, parent, label_zh, label_en, source_file, clause, facts = line.split("\t")
        found.append(
            KnownCode(
                list_name=list_name,
                code=code,
                parent=parent or None,
                position=position,
                label_zh=label_zh,
                label_en=label_en,
                source_file=source_file or None,
                clause=clause or None,
                facts=json.loads(facts),
            )
        )
    return tuple(found)
