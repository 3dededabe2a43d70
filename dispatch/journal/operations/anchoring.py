"""Heads of the chain in a file that is only added to, one line each: a copy in other hands is what protects."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from dispatch.errors import UnavailableError
from dispatch.journal.rules import hash_heads
from dispatch.journal.values import Anchor, Head
from dispatch.words import Words

if TYPE_CHECKING:
    from pathlib import Path


class AnchorFileError(UnavailableError):
    """A line of the file of anchors cannot be read."""

    slug = "anchor-file-unreadable"
    title = Words("锚点文件读不出", "The file of anchors cannot be read")
    detail = Words(
        "锚点文件第 {line} 行读不出；换上自己保存的副本。",
        "Line {line} of the file of anchors cannot be read; put your own copy in its place.",
    )


def write_anchor(anchor: Anchor) -> str:
    """Give an anchor as one line of text, with one hash for all lanes."""
    heads = [[head.lane_no, head.links, head.link_hash] for head in anchor.heads]
    return json.dumps({"at": anchor.at.isoformat(), "heads": heads, "root": hash_heads(anchor.heads)})


def keep_anchor(anchor: Anchor, *, path: Path) -> str:
    """Add an anchor at the end of a file, and give its line."""
    line = write_anchor(anchor)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return line


def read_anchors(path: Path) -> list[Anchor]:
    """
    Read all anchors of a file; a file that is not there holds none.

    Raises
    ------
    AnchorFileError
        Where a line is no anchor, or was changed.

    """
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [_read(line, number=number) for number, line in enumerate(lines, start=1) if line.strip()]


def _read(line: str, *, number: int) -> Anchor:
    try:
        found = json.loads(line)
        heads = tuple(Head(int(lane_no), int(links), str(link_hash)) for lane_no, links, link_hash in found["heads"])
        at = datetime.fromisoformat(found["at"])
        if hash_heads(heads) != found["root"] or at.tzinfo is None:
            raise ValueError("the hash for all lanes is another")
    except (ValueError, KeyError, TypeError):
        raise AnchorFileError(line=number) from None
    return Anchor(at=at, heads=heads)
