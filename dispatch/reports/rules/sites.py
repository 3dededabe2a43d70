"""The table of recommended sites: what each adds, what they do together, and how far from the best they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely import Point
from shapely.geometry import shape

from dispatch import areas, coverage
from dispatch.reports.rules import words
from dispatch.reports.rules.formatting import say
from dispatch.reports.rules.tables import COUNT, asked_of, count_cell, name_of, share_cell, table_of
from dispatch.reports.values import Column, Kind, Line, Unseen

if TYPE_CHECKING:
    from dispatch.coverage import Siting
    from dispatch.reports.values import Cell, Reading, Table, Wish

SHARE_DIGITS = 5  # of a coordinate: a metre


def site_table(reading: Reading, *, wish: Wish) -> Table:
    """Make the table of recommended sites; the newest siting that asked the same as the run."""
    siting, locale = reading.siting, wish.locale
    if siting is None or not siting.picks:
        key = "sites" if siting is None else "picks"
        empty = words.EMPTY[key].text(locale, command=f"dispatch coverage site {asked_of(reading)} -k 5")
        lead = "" if siting is None else words.JOIN.text(locale).join(_origin(siting, wish=wish))
        return table_of("sites", columns=(), lines=(), reading=reading, wish=wish, lead=lead, empty=empty)
    places = [
        (name_of(row, locale=locale), shape(row.outline_ll))
        for row in reading.at(areas.Level.COMMUNITY)
        if row.outline_ll is not None
    ]
    lines = []
    for pick in siting.picks:
        point = Point(pick.point_ll)
        name = next((name for name, outline in places if outline.covers(point)), Unseen.UNKNOWN)
        lon, lat = (f"{one:.{SHARE_DIGITS}f}" for one in pick.point_ll)
        cells: tuple[Cell, ...] = (pick.rank, pick.label or Unseen.UNKNOWN, name, lon, lat, count_cell(pick.gain))
        capacity = Unseen.UNKNOWN if pick.capacity is None else pick.capacity
        lines.append(Line((*cells, capacity, pick.cost)))
    titles = {key: one.text(locale) for key, one in words.SITE_COLUMNS.items()}
    is_elders = siting.wish.get("weight") == coverage.SitingWeight.ELDERS
    return table_of(
        "sites",
        columns=(
            Column(titles["rank"], COUNT, 0.7),
            Column(titles["label"], share=2.4),
            Column(titles["community"], share=2.4),
            Column(titles["lon"], Kind.TEXT, 1.5),
            Column(titles["lat"], Kind.TEXT, 1.4),
            Column(titles["gain" if is_elders else "weight"], COUNT, 1.3),
            Column(titles["capacity"], COUNT, 1.0),
            Column(titles["cost"], COUNT, 0.9),
        ),
        lines=lines,
        reading=reading,
        wish=wish,
        lead=_lead(siting, wish=wish),
    )


def _lead(siting: Siting, *, wish: Wish) -> str:
    locale, total = wish.locale, siting.total
    before = share_cell(_part(total.covered_before, total.elders), elders=total.elders, covered=total.covered_before)
    after = share_cell(_part(total.covered_after, total.elders), elders=total.elders, covered=total.covered_after)
    effect = words.SITE_EFFECT.text(
        locale,
        count=len(siting.picks),
        before=say(before, kind=Kind.SHARE),
        after=say(after, kind=Kind.SHARE),
        gained=say(count_cell(total.gained), kind=COUNT),
        lost=say(count_cell(total.lost), kind=COUNT),
    )
    return words.JOIN.text(locale).join((effect, _bound(siting, wish=wish), *_origin(siting, wish=wish)))


def _origin(siting: Siting, *, wish: Wish) -> tuple[str, str]:
    """Say why there are not more sites, and which siting it was."""
    ended = coverage.END_WORDS[coverage.SitingEnd(siting.end)].text(wish.locale)
    return ended, words.SITE_FROM.text(wish.locale, id=siting.id, considered=f"{siting.considered:,}")


def _bound(siting: Siting, *, wish: Wish) -> str:
    """Say how far from the best the choice can be: a bound is never left out, and never claimed without a proof."""
    gap = siting.gap
    if gap == 0:
        return words.SITE_BEST.text(wish.locale)
    if gap is not None:
        facts: dict[str, Any] = {"gap": say(gap, kind=Kind.SHARE), "bound": f"{siting.best_bound:,}"}
        return words.SITE_BOUND.text(wish.locale, **facts)
    if siting.guaranteed_share is not None:
        return words.SITE_GUARANTEE.text(wish.locale, share=say(siting.guaranteed_share, kind=Kind.SHARE))
    return words.SITE_NO_BOUND.text(wish.locale)


def _part(count: int | None, elders: int | None) -> float | None:
    return None if count is None or not elders else count / elders
