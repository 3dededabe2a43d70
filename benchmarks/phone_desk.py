"""
How long a phone operator waits until the elder on the line is found, among 200,000, over HTTP, on both engines.

    python benchmarks/phone_desk.py [--elders 200000] [--asks 60] [--engine sqlite,postgresql] [--json]

A made-up district of 240 communities is stored in a database of its own and served by gunicorn (2 workers of 4
threads). The question is that of `POST /v1/phone-desk/search`: whole names, given names, surnames, pinyin, initials,
telephone numbers, communities, and two of them together. Before, answers are held against a walk through all names.
Mark: p95 over all questions at most 100 ms. PostgreSQL is asked at DISPATCH_TEST_POSTGRES_URL; where none answers,
that is said.
"""

# ruff: noqa: E402 - the first lines mend the path
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Python puts the folder of a script first on the path, where `http.py` would stand for the standard library's `http`.
sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != HERE]

import argparse
import json
import os
import random
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from benchmarks.http import _post
from benchmarks.nearby import postgres_database
from benchmarks.scenarios import _server
from dispatch import accounts, areas, directory, elders, intake, storage
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from dispatch.app import create_app
from dispatch.config import read_settings
from dispatch.elders.models import Elder, Residence
from dispatch.elders.values import name_keys

MARK_MS, SEED, LIMIT, AT_ONCE = 100.0, 20260331, 10, 5_000
DISTRICT, COMMUNITIES = "120198", 240
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗单曾仇解任区"
GIVEN = "秀英桂兰玉珍淑华建国志明永福凤霞文德宝贵金荣春梅红军长青月娥素琴惠芳庆生"
SINCE, ZONE = date(2020, 1, 1), ZoneInfo("Asia/Shanghai")
USER, PASSWORD = "operator", "a-benchmark-only-password"
CHECKED = 5  # questions of each kind


class Person(NamedTuple):
    """One made-up elder."""

    name: str
    phone: str
    community: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elders", type=int, default=200_000)
    parser.add_argument("--asks", type=int, default=60, help="questions of each kind")
    parser.add_argument("--engine", default="sqlite,postgresql")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="dispatch-desk-") as folder:
        if "sqlite" in options.engine:
            found["sqlite"] = _run(f"sqlite:///{folder}/desk.sqlite", Path(folder), options=options)
        if "postgresql" in options.engine:
            with postgres_database() as url:
                found["postgresql"] = _run(url, Path(folder), options=options) if url else None
    result = {"elders": options.elders, "mark_ms": MARK_MS, "load": round(os.getloadavg()[0], 1), "engines": found}
    if options.json:
        print(json.dumps(result, indent=1))
        return
    for engine, one in found.items():
        if one is None:
            print(f"{engine}: no server answered")
            continue
        print(f"{engine}: {options.elders:,} elders stored in {one['stored_s']} s; {one['checked']} answers checked")
        for kind, waits in one["waits"].items():
            print(f"  {kind:<22} p50 {waits['p50_ms']:7.1f}  p95 {waits['p95_ms']:7.1f}  p99 {waits['p99_ms']:7.1f} ms")


def _run(url: str, folder: Path, *, options: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(SEED)  # noqa: S311 - made-up people, no secrets
    people = _people(options.elders, chance=chance)
    os.environ |= {
        "DISPATCH_DATABASE_URL": url,
        "DISPATCH_VAR_DIR": str(folder),
        "DISPATCH_SECRET_KEY": secrets.token_hex(32),
        "DISPATCH_FIELD_KEYS": "1:" + "A" * 43,
        "DISPATCH_INDEX_KEY": "B" * 42 + "A",
        "DISPATCH_RATE_LIMIT": "off",
    }
    begin = time.perf_counter()
    app = create_app(read_settings(), is_serving=False)
    with app.app_context():
        storage.migrate()
        ids = _store(people)
        storage.engine().dispose()
    stored_s = round(time.perf_counter() - begin, 1)
    questions = _questions(people, chance=chance, count=options.asks)
    with _server(folder, ready="/livez") as port:  # it has no network, which this does not need
        token = _post(port, "/v1/auth/tokens", {"username": USER, "password": PASSWORD})["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        checked = _check(port, headers, questions=questions, people=people, ids=ids)
        waits = {kind: _ask_all(port, headers, asked) for kind, asked in questions.items()}
    everything = [wait for each in waits.values() for wait in each]
    return {
        "stored_s": stored_s,
        "checked": checked,
        "waits": {kind: _summary(each) for kind, each in waits.items()} | {"all": _summary(everything)},
        "is_within_mark": _summary(everything)["p95_ms"] <= MARK_MS,
    }


def _people(count: int, *, chance: random.Random) -> list[Person]:
    return [
        Person(
            name=chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2, 2)))),
            phone=f"138{number:08d}",
            community=chance.randrange(COMMUNITIES),
        )
        for number in range(count)
    ]


def _code(community: int) -> str:
    return f"{DISTRICT}{1 + community // 12:03d}{1 + community % 12:03d}"


def _store(people: list[Person]) -> list[str]:
    at = datetime.now(UTC)
    with storage.transaction():
        directory.put_known_codes(actor=SYSTEM, at=at)
        areas.put_known_areas(actor=SYSTEM, at=at)
        towns = [_area(_code(number)[:9], level="subdistrict") for number in range(0, COMMUNITIES, 12)]
        areas.put_areas(
            [
                _area(DISTRICT, level="district"),
                *towns,
                *(_area(_code(number), level="community", number=number) for number in range(COMMUNITIES)),
            ],
            actor=SYSTEM,
            at=at,
        )
        record = accounts.AccountRecord(
            username=USER,
            password=PASSWORD,
            display_name="Operator",
            grants=(Grant(Role.OPERATOR, ScopeKind.AREA, DISTRICT),),
        )
        accounts.create_account(record, actor=SYSTEM, now=at, zone=ZONE)
    ids = [storage.new_id() for _ in people]
    for start in range(0, len(people), AT_ONCE):  # by the tables: an import of so many takes a minute and more
        some = list(zip(people[start : start + AT_ONCE], ids[start : start + AT_ONCE], strict=True))
        with storage.transaction():
            storage.insert_rows(Elder.__table__, rows=[_elder(person, elder_id=each) for person, each in some])
            homes = [_home(person, elder_id=each, at=at) for person, each in some]
            storage.insert_rows(Residence.__table__, rows=homes)
    with storage.transaction():
        elders.rebuild_names(only_missing=True)
    window = (at + timedelta(days=1)).replace(hour=2, minute=0)
    with storage.transaction():
        for elder_id in ids[:: max(1, len(ids) // 500)]:  # some wait for a meal
            wish = intake.RequestWish(
                id=None,
                elder_id=elder_id,
                service_code="meal_delivery",
                window_from_at=window,
                window_to_at=window + timedelta(hours=2),
            )
            intake.submit_request(wish, actor=SYSTEM, now=at, zone=ZONE)
    if storage.engine().dialect.name == "postgresql":
        with storage.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    return [str(each) for each in ids]


def _area(code: str, *, level: str, number: int | None = None) -> areas.AreaRecord:
    return areas.AreaRecord(
        code=code,
        level=level,
        name_zh=f"测试{code}" if number is None else f"{_place(number)}社区",
        settlement="urban" if level == "community" else None,
        source="benchmark",
        is_made_up=True,
    )


def _place(number: int) -> str:
    return "鹤鹭雁鸥燕鹊"[number % 6] + "湾坡桥井巷台园岭"[number // 6 % 8] + "东西南北中"[number // 48]


def _elder(person: Person, *, elder_id: UUID) -> dict[str, Any]:
    sealed = storage.seal(person.phone, place=storage.Place("elder", "phone", elder_id))
    index = storage.blind_index(f"+86{person.phone}", purpose="elder.phone")
    return {
        "id": elder_id,
        "name": person.name,
        "sex": "female",
        "born_on": date(1944, 5, 6),
        "phone_sealed": sealed,
        "phone_index": index,
        "version": 1,
    }


def _home(person: Person, *, elder_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": storage.new_id(),
        "elder_id": elder_id,
        "kind": "main",
        "area_code": _code(person.community),
        "address": "测试路1号",
        "valid_from": SINCE,
        "recorded_at": at,
    }


def _questions(people: list[Person], *, chance: random.Random, count: int) -> dict[str, list[tuple[str, Any]]]:
    """Give questions of each kind, each with what decides whether a person fits."""

    def begins(word: str) -> Callable[[Person], bool]:
        return lambda person: any(key.startswith(word) for key in name_keys(person.name))

    def both(place: str, word: str) -> Callable[[Person], bool]:
        fits = begins(word)
        return lambda person: place in _place(person.community) and fits(person)

    kinds: dict[str, list[tuple[str, Any]]] = {}
    for person in chance.sample(people, count):
        spoken = sorted(key for key in name_keys(person.name) if key.isascii())
        pinyin, initials = max(spoken, key=len), min((k for k in spoken if len(k) >= len(person.name)), key=len)
        place = _place(person.community)
        for kind, text, fits in (
            ("name", person.name, begins(person.name)),
            ("given name", person.name[1:], begins(person.name[1:])),
            ("surname", person.name[0], begins(person.name[0])),
            ("pinyin", pinyin, begins(pinyin)),
            ("initials", initials, begins(initials)),
            ("phone", person.phone, lambda other, phone=person.phone: other.phone == phone),
            ("community", place, lambda other, place=place: place in _place(other.community)),
            (
                "community, surname",
                f"{place} {person.name[0]}",
                both(place, person.name[0]),
            ),
        ):
            kinds.setdefault(kind, []).append((text, fits))
    return kinds


def _check(port: int, headers: dict[str, str], *, questions: Any, people: list[Person], ids: list[str]) -> int:  # noqa: ANN401
    checked = 0
    for kind, asked in questions.items():
        for text, fits in asked[:CHECKED]:
            truth = {elder_id for person, elder_id in zip(people, ids, strict=True) if fits(person)}
            reply = _search(port, headers, text)
            given = [item["elder"]["elder_id"] for item in reply["items"]]
            if (
                not set(given) <= truth
                or len(given) != min(LIMIT, len(truth))
                or reply["is_more"] != (len(truth) > LIMIT)
            ):
                sys.exit(f"{kind}: an answer differs from a walk through all names")
            checked += 1
    return checked


def _ask_all(port: int, headers: dict[str, str], asked: list[tuple[str, Any]]) -> list[float]:
    waits = []
    for text, _ in asked:
        begin = time.perf_counter()
        _search(port, headers, text)
        waits.append((time.perf_counter() - begin) * 1_000)
    return waits


def _search(port: int, headers: dict[str, str], text: str) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/v1/phone-desk/search", json.dumps({"q": text, "limit": LIMIT}), headers)
    reply = connection.getresponse()
    body: dict[str, Any] = json.loads(reply.read())
    connection.close()
    if reply.status != 200:  # noqa: PLR2004 - a status code
        sys.exit(f"the search was answered {reply.status}: {body}")
    return body


def _summary(waits: list[float]) -> dict[str, float]:
    ranked = sorted(waits)
    return {
        f"p{percent}_ms": round(ranked[min(len(ranked) - 1, len(ranked) * percent // 100)], 1)
        for percent in (50, 95, 99)
    }


if __name__ == "__main__":
    main()
