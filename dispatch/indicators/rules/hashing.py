"""Fingerprints of what a figure was computed from, where it rests on registers and not on a stored run."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def fingerprint(content: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Give the SHA-256 of plain values, written as JSON with sorted keys; ids and dates as their text."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
