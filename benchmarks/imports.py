"""
How long the import of a register takes, and how much memory: the whole command in a process of its own.

    benchmarks/imports.py [--register elders,carers,directory] [--rows 200000] [--seed 7]
                          [--engine sqlite,postgresql] [--json]

The files are made up from the seed. Elders have ID numbers, phones, a point each in GCJ-02, two categories with dates,
a risk level and a contact; carers phones, a base and two skills; sites an address, an organization of their own or one
of a thousand, and a point. A file is imported into an empty database, then once more, when nothing may change. Peak
(the largest resident set) and processor time are the process's own, as the system counts them (`resource.getrusage`);
the server's are not in them. Where the machine is busy with other work, processor time says more than the clock.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, directory, storage
from dispatch.actor import SYSTEM
from dispatch.app import create_app
from dispatch.app import main as run_dispatch
from dispatch.config import read_settings
from dispatch.elders.rules import check_digit

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = os.environ.get("DISPATCH_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
DATABASE = "dispatch_bench_imports"
AT = datetime(2026, 1, 1, tzinfo=UTC)
DISTRICT, COMMUNITIES = "120198", 120
ELDER_COLUMNS = (
    *("编号", "姓名", "身份证号码", "联系电话", "居住地区划代码", "居住地址", "居住起始日期", "经度", "纬度", "坐标系"),
    *("人员类别", "风险等级", "风险原因", "风险起始日期", "联系人", "联系人关系", "联系人电话"),
)
AIM_S, AIM_MB = 120, 500
CARER_COLUMNS = (
    *(
        "工号",
        "姓名",
        "所属机构",
        "岗位",
        "性别",
        "联系电话",
        "出行方式",
        "日工时上限",
        "经度",
        "纬度",
        "坐标系",
        "资质",
    ),
)
SITE_COLUMNS = (
    *("编号", "名称", "详细地址", "区划代码", "设施类型", "运营机构", "建筑面积", "启用日期", "经度", "纬度", "坐标系"),
)
HOUSE = "测试养老服务有限公司"
NAMES = ("张王李赵刘陈杨黄", "秀玉桂淑建国志永", "英兰珍华明军")


def main() -> None:
    """Measure each engine, or import in the child process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--register", default="elders,carers,directory")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engine", default="sqlite,postgresql")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        import_in_child(*given.child)
        return
    figures = []
    for register in given.register.split(","):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{register}.csv"
            write_file(file, register=register, rows=given.rows, seed=given.seed)
            figures += [measure(engine, file, register=register, folder=folder) for engine in given.engine.split(",")]
    if given.json:
        print(json.dumps({"rows": given.rows, "seed": given.seed, "imports": figures}, indent=1))
        return
    print(f"{given.rows:,} rows; aim: {AIM_S} s and {AIM_MB} MB for 200,000")
    for each in figures:
        for turn, count in (("first", "created"), ("again", "unchanged")):
            found = each[turn]
            print(
                f"{each['register']:<10} {each['engine']:<11} {turn}: {found['took_s']:6.1f} s, "
                f"{found['cpu_s']:6.1f} s of processor, peak {found['peak_mb']:4.0f} MB, {count} {found[count]:,}"
            )


def measure(engine: str, file: Path, *, register: str, folder: str) -> dict[str, Any]:
    """Import the file twice into a new database of an engine."""
    url = f"sqlite:///{folder}/register.sqlite"
    if engine == "postgresql":
        on_server(f'drop database if exists "{DATABASE}" with (force)', f'create database "{DATABASE}"')
        url = sa.make_url(SERVER).set(database=DATABASE).render_as_string(hide_password=False)
    environment = os.environ | {
        "DISPATCH_DATABASE_URL": url,
        "DISPATCH_VAR_DIR": folder,
        "DISPATCH_SECRET_KEY": "x" * 40,
        "DISPATCH_FIELD_KEYS": "1:" + "A" * 43,
        "DISPATCH_INDEX_KEY": "B" * 42 + "A",
    }
    try:
        os.environ |= environment
        prepare()
        first, again = (in_child(register, file, environment=environment) for _ in range(2))
    finally:
        if engine == "postgresql":
            on_server(f'drop database "{DATABASE}" with (force)')
    return {"register": register, "engine": engine, "first": first, "again": again}


def prepare() -> None:
    """Make tables, code lists, the district's communities and the carers' organization."""
    app = create_app(read_settings(needs_secret=False), is_serving=False)
    levels = {2: "city", 6: "district", 9: "subdistrict", 12: "community"}
    codes = {code[:digits] for code in communities() for digits in levels}
    with app.app_context():
        storage.migrate()
        with storage.transaction():
            directory.put_known_codes(actor=SYSTEM, at=AT)
            areas.put_areas(
                [
                    areas.AreaRecord(
                        code=code,
                        level=levels[len(code)],
                        name_zh=f"测试地区{code}",
                        settlement="urban" if levels[len(code)] == "community" else None,
                        source="benchmark",
                        is_made_up=True,
                    )
                    for code in sorted(codes)
                ],
                actor=SYSTEM,
                at=AT,
            )
            house = directory.OrganizationRecord("benchmark", "1", HOUSE, "虚构", "company")
            directory.put_organizations([house], actor=SYSTEM, at=AT)
        storage.engine().dispose()


def in_child(register: str, file: Path, *, environment: dict[str, str]) -> dict[str, Any]:
    """Run the import in a process of its own, and give its figures."""
    command = [sys.executable, __file__, "--child", register, str(file)]
    done = subprocess.run(  # noqa: S603 - this very file
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def import_in_child(register: str, file: str) -> None:
    """Run the command as a person would, and print how long it took, the peak and the report."""
    told = StringIO()
    sys.argv = ["dispatch", register, "import", file, "--json"]
    started = time.perf_counter()
    try:
        with redirect_stdout(told):
            run_dispatch()
    except SystemExit as end:
        if end.code:
            raise
    took_s = time.perf_counter() - started
    report = json.loads(told.getvalue())
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "took_s": round(took_s, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),  # Linux counts in KiB
    }
    keep = ("rows", "created", "changed", "unchanged", "refused")
    print(json.dumps(figures | {name: report[name] for name in keep}))


def communities() -> list[str]:
    """List the codes of the district's communities."""
    return [f"{DISTRICT}{1 + number // 12:03d}{1 + number % 12:03d}" for number in range(COMMUNITIES)]


def write_file(path: Path, *, register: str, rows: int, seed: int) -> None:
    """Make up a register."""
    make, columns = {
        "elders": (elders, ELDER_COLUMNS),
        "carers": (carers, CARER_COLUMNS),
        "directory": (sites, SITE_COLUMNS),
    }[register]
    chance = random.Random(seed)  # noqa: S311 - made-up people, no secrets
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(make(rows, chance=chance))


def elders(rows: int, *, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Make up elders."""
    codes = communities()
    first_day, days = date(1930, 1, 1), 13_000
    taken: dict[str, int] = {}
    for number in range(rows):
        born_on = first_day + timedelta(days=chance.randrange(days))
        start = f"{codes[0][:6]}{born_on:%Y%m%d}"
        taken[start] = taken.get(start, -1) + 1
        plain = f"{start}{taken[start]:03d}"
        yield (
            number + 1,
            "".join(chance.choice(signs) for signs in NAMES),
            plain + check_digit(plain),
            f"138{chance.randrange(10**8):08d}",
            chance.choice(codes),
            f"测试路{chance.randrange(1, 900)}号{chance.randrange(1, 30)}号楼",
            f"{chance.randrange(1990, 2025)}-01-01",
            *point(chance),
            "独居 2024-05-01；失能 2023-05-01~2024-05-01",
            chance.choice(("高", "重点", "一般")),
            "走访评定",
            "2026-01-01",
            "张小明",
            "子女",
            f"139{chance.randrange(10**8):08d}",
        )


def carers(rows: int, *, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Make up carers of one organization."""
    for number in range(rows):
        yield (
            f"C{number:06}",
            "".join(chance.choice(signs) for signs in NAMES),
            HOUSE,
            "care_worker",
            chance.choice(("女", "男")),
            f"138{chance.randrange(10**8):08d}",
            chance.choice(("步行", "电动车")),
            480,
            *point(chance),
            "助浴 3级 2024-05-01~2027-05-01 证号TJ01；lifting 2025-01-01",
        )


def sites(rows: int, *, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Make up sites: half are their own organization, half belong to one of a thousand."""
    codes = communities()
    for number in range(rows):
        name = f"{''.join(chance.choice(signs) for signs in NAMES)}助餐点{number}"
        yield (
            f"S{number:06}",
            name,
            f"天津市测试路{chance.randrange(1, 900)}号{number}",
            chance.choice(codes),
            "elder_canteen",
            name if number % 2 else f"测试公司{chance.randrange(1000)}",
            chance.randrange(30, 900),
            f"{chance.randrange(1990, 2025)}-01-01",
            *point(chance),
        )


def point(chance: random.Random) -> tuple[float, float, str]:
    """Make up a point of the district in GCJ-02."""
    return round(117.2 + chance.random() / 10, 6), round(39.1 + chance.random() / 10, 6), "gcj02"


def on_server(*statements: str) -> None:
    """Run statements on the server itself."""
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


if __name__ == "__main__":
    main()
