"""Pages of features: read in the order of keys, bounded in number and in bytes, whatever the outlines weigh."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from dispatch import clock, coverage, directory
from dispatch.api.access import actor, settings
from dispatch.api.ogc_layers import FeatureNotFoundError, feature_of, site_feature
from dispatch.api.paging import BROKEN, encode_cursor
from dispatch.api.problems import RequestError
from dispatch.coverage import LayerFilter, LayerPlace, RunChoice
from dispatch.directory import SiteFilter, SiteWish
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Generator

    from dispatch.api.ogc_layers import Collection
    from dispatch.coverage import LayerRun

PAGE_BYTES = 8_000_000
"""A page that holds more ends before its limit; the next link goes on from there."""
FILTERS = frozenset({"area", "area_code", "level", "service", "run", "site_id", "cell", "name", "facility_type"})
NOT_HERE = Words("这个图层没有这个查询参数；可用：{known}。", "This collection has no such parameter; it has {known}.")
CELL = re.compile("8[0-9a-f]{14}")


class FeaturePage(NamedTuple):
    """A page: its features as JSON, how many there are in all (None: only reading on would tell), and what is next."""

    features: list[str]
    matched: int | None
    cursor: str | None
    runs: list[LayerRun]


def check_filters(collection: Collection, query: dict[str, Any]) -> None:
    """Refuse a filter that the collection does not have, as every unknown parameter is."""
    known = ", ".join(sorted(collection.queryables))
    wrong = [name for name in sorted(FILTERS - set(collection.queryables)) if query[name] is not None]
    if wrong:
        words = Words(NOT_HERE.zh.format(known=known), NOT_HERE.en.format(known=known))
        raise RequestError(400, fields={name: [words] for name in wrong})


def runs_of(collection: Collection, query: dict[str, Any]) -> tuple[LayerRun, ...]:
    """Give the runs that a collection shows the caller; the sites rest on none."""
    if collection.layer is None:
        return ()
    on_from, on_to = query["datetime"] or (None, None)
    service = query["service"]
    choice = RunChoice(
        run_id=query["run"],
        service_code=None if service is None else coverage.service_wanted(service),
        on_from=on_from,
        on_to=on_to,
    )
    return coverage.choose_runs(choice, actor=actor())


def read_page(collection: Collection, query: dict[str, Any]) -> FeaturePage:
    """Read one page; call it inside a reading."""
    runs = runs_of(collection, query)
    place, matched = _place(collection, query)
    rows = _sites(query, after=place) if collection.layer is None else _rows(collection, query, runs=runs, after=place)
    features: list[str] = []
    used: dict[UUID, LayerRun] = {}
    weight = 0
    cursor = None
    with closing(rows):
        for run, last, feature in rows:
            if len(features) == query["limit"] or weight > PAGE_BYTES:
                cursor = last
                break
            text = json.dumps(feature, ensure_ascii=False)
            features.append(text)
            weight += len(text)
            place = last
            if run is not None:
                used[run.run.id] = run
    is_whole = cursor is None and query["cursor"] is None
    if matched is None:
        matched = len(features) if is_whole else _matched(collection, query, runs=runs)
    following = None if cursor is None or place is None else _cursor(collection, place, matched=matched)
    return FeaturePage(features, matched, following, list(used.values()))


def read_feature(collection: Collection, text: str) -> tuple[dict[str, Any], LayerRun | None]:
    """Read one feature by its id; call it inside a reading. Raises FeatureNotFoundError."""
    if collection.layer is None:
        now = clock.utc_now()
        found = directory.find_site_spots(SiteWish(site_id=_uuid(text)), at=now, zone=settings().time_zone, limit=1)
        if not found:
            raise FeatureNotFoundError
        return site_feature(found[0]), None
    run_text, _, key = text.rpartition(".")
    run_id = _uuid(run_text) if run_text else None
    if collection.id == "circles":
        key = str(_uuid(key))
    elif collection.id == "hexagons":
        key = str(_cell(key))
    row = coverage.find_layer_row(collection.layer, place=LayerPlace(run_id, key), wanted=LayerFilter(), actor=actor())
    if row is None:
        raise FeatureNotFoundError
    return feature_of(row), row.run


def _rows(
    collection: Collection, query: dict[str, Any], *, runs: tuple[LayerRun, ...], after: LayerPlace | None
) -> Generator[tuple[LayerRun | None, LayerPlace, dict[str, Any]]]:
    assert collection.layer is not None  # noqa: S101 - the caller has looked
    found = coverage.read_layer(
        collection.layer, runs=runs, wanted=_wanted(query), is_counted_only=_is_counted_only(query), after=after
    )
    with closing(found):
        for one in found:
            yield one.run, one.place, feature_of(one)


def _sites(query: dict[str, Any], *, after: LayerPlace | None) -> Generator[tuple[None, LayerPlace, dict[str, Any]]]:
    found = directory.find_site_spots(
        _site_wish(query),
        at=clock.utc_now(),
        zone=settings().time_zone,
        after=None if after is None else UUID(after.key),
        limit=query["limit"] + 1,
    )
    for spot in found:
        yield None, LayerPlace(None, str(spot.entry.site.id)), site_feature(spot)


def _matched(collection: Collection, query: dict[str, Any], *, runs: tuple[LayerRun, ...]) -> int | None:
    """Count; not where a box meets outlines, since the database knows their boxes only."""
    if collection.layer is None:
        return directory.count_site_spots(_site_wish(query), at=clock.utc_now())
    if query["bbox"]:
        return None
    return coverage.count_layer(
        collection.layer, runs=runs, wanted=_wanted(query), is_counted_only=_is_counted_only(query)
    )


def _wanted(query: dict[str, Any]) -> LayerFilter:
    return LayerFilter(
        boxes_ll=query["bbox"] or (),
        area=query["area"],
        levels=() if query["level"] is None else (query["level"].value,),
        area_code=query["area_code"],
        site_id=query["site_id"],
        cell=None if query["cell"] is None else _cell(query["cell"]),
    )


def _is_counted_only(query: dict[str, Any]) -> bool:
    """Whether areas without a run are left out: a filter by a property of runs leaves out what has none."""
    return query["run"] is not None or query["service"] is not None


def _site_wish(query: dict[str, Any]) -> SiteWish:
    service = query["service"]
    codes = None if service is None else (coverage.service_wanted(service),)
    narrowed = SiteFilter(area=query["area"], facility_type=query["facility_type"], service_codes=codes)
    return SiteWish(narrowed, boxes_ll=query["bbox"] or (), name=query["name"], area_code=query["area_code"])


def _cursor(collection: Collection, place: LayerPlace, *, matched: int | None) -> str:
    run = "" if place.run_id is None else str(place.run_id)
    return encode_cursor(collection.id, run, place.key, -1 if matched is None else matched)


def _place(collection: Collection, query: dict[str, Any]) -> tuple[LayerPlace | None, int | None]:
    """Read where the page before ended, and how many there were then: counted once, however many pages follow."""
    if not query["cursor"]:
        return None, None
    name, run, key, matched = query["cursor"]
    if name != collection.id:
        raise RequestError(400, fields={"cursor": [BROKEN]})
    return LayerPlace(UUID(run) if run else None, key), None if matched < 0 else matched


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise FeatureNotFoundError from None


def _cell(text: str) -> int:
    if not CELL.fullmatch(text):
        raise FeatureNotFoundError
    return int(text, 16)
