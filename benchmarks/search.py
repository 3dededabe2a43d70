"""
Finding 50 of 100,000 made-up names by characters, pinyin and initials, on both engines.

    python benchmarks/search.py [--names 100000] [--queries 200] [--json]

The question is that of `GET /v1/sites?q=` (`directory.find_sites`, one page). Both engines must give the same rows.
PostgreSQL is asked as `benchmarks/nearby.py` says.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from nearby import AT, SEED, postgres_database

from dispatch import areas, directory, storage
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.config import read_settings
from dispatch.directory import Site

PLACES = [
    *("河西", "南开", "和平", "红桥", "河东", "河北"),
    *("津南", "西青", "北辰", "东丽", "宁河", "蓟州"),
    *("静海", "宝坻", "武清", "滨海"),
]
NAMES = [
    *("康乐", "福寿", "幸福", "松鹤", "夕阳红", "金秋"),
    *("长寿", "安康", "颐和", "孝慈", "单家", "曾庄"),
    *("仁爱", "永安", "春晖", "乐龄", "ABC", "E家"),
]
KINDS = [
    *("养老服务中心", "日间照料站", "养老院", "老年食堂", "助餐点", "助浴点"),
    *("社区老年服务中心", "护理院", "活动室", "综合体"),
]
QUESTIONS = [
    *("养老", "助餐", "康乐", "单家", "hx", "yanglao"),
    *("hxkl", "shan", "abc养老", "河西", "食堂", "lnst"),
    *("fushou", "nankai", "不存在", "蓟州", "养老", "%"),
]
ZONE = ZoneInfo("Asia/Shanghai")
AT_ONCE = 5_000


def made_up_names(count: int) -> list[str]:
    """Make names: place, name, number, kind."""
    rng = np.random.default_rng(SEED)
    picks = zip(
        rng.choice(PLACES, count),
        rng.choice(NAMES, count),
        rng.integers(1, 400, count),
        rng.choice(KINDS, count),
        strict=True,
    )
    return [f"{place}{name}第{number}{kind}" for place, name, number, kind in picks]


def store(names: list[str]) -> float:
    """Store sites of these names; give the seconds that their tokens took."""
    with storage.transaction():
        areas.put_known_areas(actor=SYSTEM, at=AT)
        directory.put_known_codes(actor=SYSTEM, at=AT)
        owner = directory.OrganizationRecord("benchmark", "o", "基准机构", "虚构", "company")
        directory.put_organizations([owner], actor=SYSTEM, at=AT)
    with storage.reading():
        owner_id = directory.find_organizations()[0].id
    took_s = 0.0
    for first in range(0, len(names), AT_ONCE):
        begun = time.perf_counter()
        piece = [(n, name, directory.search_text(name)) for n, name in enumerate(names[first : first + AT_ONCE], first)]
        took_s += time.perf_counter() - begun
        with storage.transaction() as session:
            session.execute(
                sa.insert(Site),
                [
                    {
                        "id": storage.new_id(),
                        "organization_id": owner_id,
                        "name": name,
                        "search": search,
                        "facility_type": "elder_canteen",
                        "area_code": "12",
                        "address": "",
                        "source": "benchmark",
                        "source_ref": str(number),
                        "collected_at": AT,
                    }
                    for number, name, search in piece
                ],
            )
        sys.stderr.write(f"\r{first + len(piece):,} names stored")
    sys.stderr.write("\n")
    with storage.engine().connect().execution_options(isolation_level="AUTOCOMMIT", is_reading=True) as connection:
        connection.exec_driver_sql("ANALYZE")
    return took_s


def ask(question: str, *, limit: int | None = 50) -> list[str]:
    """Ask as the API does: one reading, one page."""
    with storage.reading():
        found = directory.find_sites(directory.SiteFilter(name=question), now=AT, zone=ZONE, limit=limit)
        return [entry.site.source_ref for entry in found]


def run(url: str, folder: Path, *, names: list[str], count: int) -> dict[str, Any]:
    """Store, ask, measure on one engine."""
    settings = replace(read_settings(needs_secret=False), database_url=url, var_dir=folder)
    with create_app(settings, is_serving=False).app_context():
        storage.migrate()
        tokens_s = store(names)
        answers = {question: sorted(ask(question, limit=500), key=int) for question in QUESTIONS[:8]}
        asked = [QUESTIONS[n % len(QUESTIONS)] for n in range(count)]
        took_ms = []
        for question in asked:
            begun = time.perf_counter()
            ask(question)
            took_ms.append((time.perf_counter() - begun) * 1e3)
        storage.engine().dispose()
    p50, p95 = np.percentile(took_ms, [50, 95])
    return {"tokens_s": round(tokens_s, 1), "p50_ms": round(p50, 1), "p95_ms": round(p95, 1), "answers": answers}


def main() -> None:
    """Run on both engines, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    names = made_up_names(wanted.names)
    engines: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        engines["sqlite"] = run(f"sqlite:///{path / 'search.sqlite'}", path, names=names, count=wanted.queries)
        with postgres_database() as url:
            if url:
                engines["postgresql"] = run(url, path, names=names, count=wanted.queries)
    answers = [engine.pop("answers") for engine in engines.values()]
    if any(each != answers[0] for each in answers):
        raise SystemExit("the engines gave different answers")
    found = {question: len(refs) for question, refs in answers[0].items()}
    print(json.dumps({"names": wanted.names, "found": found, **engines}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
