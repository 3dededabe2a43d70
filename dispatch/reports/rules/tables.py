"""The tables of a report: which rows and columns they have, and what stands in a cell that nobody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import areas
from dispatch.reports.rules import words
from dispatch.reports.values import Column, Kind, Line, Table, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.coverage import AreaRow
    from dispatch.reports.values import Cell, Reading, Wish
    from dispatch.words import Locale

SECONDS_A_MINUTE = 60
SUBDISTRICT_DIGITS = 9  # of the code of a community, the part that names its subdistrict
COUNT, SHARE, MINUTES = Kind.COUNT, Kind.SHARE, Kind.MINUTES


def name_of(row: AreaRow, *, locale: Locale) -> str:
    """Give an area's name in a language, where it has one."""
    return (row.name_zh if locale == "zh" else row.name_en) or row.name_zh


def count_cell(value: float | None) -> Cell:
    """Give a count, which is hidden where it is not there."""
    return Unseen.SMALL if value is None else value


def share_cell(share: float | None, *, elders: int | None, covered: int | None) -> Cell:
    """Give a share: hidden where its counts are, unknown where there is nobody."""
    if share is not None:
        return share
    return Unseen.SMALL if elders is None or covered is None else Unseen.UNKNOWN


def subdistrict_table(reading: Reading, *, wish: Wish) -> Table:
    """Make the table by subdistrict, with the whole area below it."""
    locale, own = wish.locale, reading.run.limit_s // SECONDS_A_MINUTE
    band = _band_minutes(own, wanted=(10, 20))
    rows = reading.at(areas.Level.SUBDISTRICT)
    lines = [_subdistrict(row, band=band, locale=locale) for row in rows]
    if rows:
        whole = reading.whole
        counts = _counts(whole, band=band)
        total = (words.TOTAL.text(locale), *counts, Unseen.UNKNOWN, Unseen.UNKNOWN)
        lines.append(Line(total, is_total=True))
    return table_of(
        "subdistricts",
        columns=(
            _column("subdistrict", locale, share=2.6),
            *_count_columns(band, locale=locale),
            _column("state", locale, share=0.9),
            _column("borderline", locale, share=0.9),
        ),
        lines=lines,
        reading=reading,
        wish=wish,
    )


def community_table(reading: Reading, *, wish: Wish) -> Table:
    """Make the table of all communities, under the names of their subdistricts."""
    locale, own = wish.locale, reading.run.limit_s // SECONDS_A_MINUTE
    band = _band_minutes(own, wanted=(10, 12, 18, 20))
    above = {row.area_code: name_of(row, locale=locale) for row in reading.at(areas.Level.SUBDISTRICT)}
    lines: list[Line] = []
    last = ""
    for row in reading.at(areas.Level.COMMUNITY):
        code = row.area_code[:SUBDISTRICT_DIGITS]
        if code != last and code in above:
            lines.append(Line((f"{above[code]}  {code}",), is_heading=True))
        last = code
        lines.append(
            Line(
                (
                    name_of(row, locale=locale),
                    *_counts(row, band=band),
                    count_cell(row.band.get("slower")),
                    count_cell(row.unlocated_elders),
                    row.sites,
                    _state(row, locale=locale),
                    _borderline(row, locale=locale),
                )
            )
        )
    outside = reading.run.totals.get("outside_communities")
    if outside or outside is None:
        empty = (Unseen.UNKNOWN,) * (len(band) + 7)
        lines.append(Line((words.OUTSIDE.text(locale), count_cell(outside), *empty), is_total=True))
    return table_of(
        "communities",
        columns=(
            _column("community", locale, share=2.4),
            *_count_columns(band, locale=locale),
            _column("slower", locale, COUNT),
            _column("unlocated", locale, COUNT, share=1.05),
            _column("sites", locale, COUNT, share=0.8),
            _column("state", locale, share=1.0),
            _column("borderline", locale, share=1.1),
        ),
        lines=lines,
        reading=reading,
        wish=wish,
    )


def gap_table(reading: Reading, *, wish: Wish) -> Table:
    """Make the table of communities with people outside, most of them first."""
    locale = wish.locale
    above = {row.area_code: name_of(row, locale=locale) for row in reading.at(areas.Level.SUBDISTRICT)}
    lines = [
        Line(
            (
                rank,
                name_of(row, locale=locale),
                above.get(row.area_code[:SUBDISTRICT_DIGITS], Unseen.UNKNOWN),
                count_cell(row.uncovered),
                count_cell(row.elders),
                share_cell(row.covered_share, elders=row.elders, covered=row.covered),
                *_nearest(row),
            )
        )
        for rank, row in enumerate(open_gaps(reading), start=1)
    ]
    return table_of(
        "gaps",
        columns=(
            _column("rank", locale, COUNT, share=0.8),
            _column("community", locale, share=2.6),
            _column("subdistrict", locale, share=2.6),
            _column("uncovered", locale, COUNT, share=1.1),
            _column("elders", locale, COUNT, share=1.1),
            _column("share", locale, SHARE, share=1.1),
            _column("nearest", locale, share=3.0),
            _column("minutes", locale, MINUTES, share=1.3),
            _column("over", locale, MINUTES, share=1.3),
        ),
        lines=lines,
        reading=reading,
        wish=wish,
    )


def open_gaps(reading: Reading) -> list[AreaRow]:
    """Give the communities with people outside, or with a count that is hidden; ground alone is no gap of people."""
    return [row for row in reading.gaps if row.uncovered is None or row.uncovered > 0]


def figure_table(reading: Reading, *, wish: Wish) -> Table:
    """Make the table of the three figures: people, communities (town and country apart), subdistricts."""
    locale, totals = wish.locale, reading.run.totals
    elders, covered = totals["elders"], totals["covered"]
    share = share_cell(totals["covered_share"], elders=elders, covered=covered)
    none = Unseen.UNKNOWN
    people = (words.PEOPLE.text(locale), count_cell(elders), count_cell(covered), share, none, none)
    lines = [Line(people)]
    for title, part in (
        (words.COMMUNITIES, totals["communities"]),
        (words.URBAN, totals["settlements"]["urban"]),
        (words.RURAL, totals["settlements"]["rural"]),
        (words.SUBDISTRICTS, totals["subdistricts"]),
    ):
        lines.append(Line(_judged(title.text(locale), part=part)))
    titles = words.FIGURE_COLUMNS
    return Table(
        key="figures",
        title=words.FIGURES.text(locale),
        columns=(
            Column(titles["measure"].text(locale), share=2.0),
            *(Column(titles[key].text(locale), COUNT) for key in ("counted", "covered")),
            Column(titles["share"].text(locale), SHARE),
            *(Column(titles[key].text(locale), COUNT) for key in ("left_out", "borderline")),
        ),
        lines=tuple(lines),
        notes=tuple(one.text(locale) for one in words.NOTES),
    )


def _judged(title: str, *, part: dict[str, Any]) -> tuple[Cell, ...]:
    share = part["covered_share"]
    known = Unseen.UNKNOWN if share is None else share
    return title, part["counted"], part["covered"], known, part["left_out"], part["borderline"]


def asked_of(reading: Reading) -> str:
    """Give what a run asked as options of a command."""
    run = reading.run
    asked = f"--area {run.area_code} --service {run.service_code} --speed-mps {run.speed_mps}"
    return f"{asked} --minutes {run.limit_s // SECONDS_A_MINUTE} --as-of {run.as_of.isoformat()}"


def scenario_of(reading: Reading) -> dict[str, Any] | None:
    """Give the scenario whose changes a run took as made; None for a run of the register as it is."""
    told = reading.run.assumptions.get("scenario")
    if told is None:
        return None
    known = {name: told[name] for name in ("id", "name", "version")}
    return known | {"hash": told["changes_hash"][:12], "count": len(told["changes"])}


def table_of(
    key: str,
    *,
    columns: tuple[Column, ...],
    lines: Iterable[Line],
    reading: Reading,
    wish: Wish,
    lead: str = "",
    empty: str = "",
) -> Table:
    """Make a table with its title, what is said above it, and the notes that stand under every one."""
    locale, run = wish.locale, reading.run
    network_at = run.network_at
    assumed = words.ASSUMED.text(
        locale,
        speed=run.speed_mps,
        minutes=run.limit_s // SECONDS_A_MINUTE,
        as_of=run.as_of.isoformat(),
        network_date=words.UNKNOWN_DATE.text(locale) if network_at is None else network_at.date().isoformat(),
        rule=run.rule_version,
    )
    scenario = scenario_of(reading)
    if scenario is not None:
        assumed = words.SUPPOSED_NOTE.text(locale, **scenario) + assumed
    return Table(
        key=key,
        title=words.HEADINGS[key].text(locale),
        columns=columns,
        lines=tuple(lines),
        lead=lead or words.LEADS[key].text(locale),
        empty=empty or words.EMPTY[key].text(locale),
        notes=(*(one.text(locale) for one in words.NOTES), assumed),
    )


def _column(key: str, locale: Locale, kind: Kind = Kind.TEXT, *, share: float = 1.0) -> Column:
    return Column(words.COLUMNS[key].text(locale), kind, share)


def _count_columns(band: tuple[int, ...], *, locale: Locale) -> tuple[Column, ...]:
    return (
        _column("elders", locale, COUNT, share=1.1),
        _column("covered", locale, COUNT, share=1.1),
        _column("share", locale, SHARE, share=1.1),
        *(Column(words.AT.text(locale, minutes=m), COUNT) for m in band),
    )


def _counts(row: AreaRow, *, band: tuple[int, ...]) -> tuple[Cell, ...]:
    return (
        count_cell(row.elders),
        count_cell(row.covered),
        share_cell(row.covered_share, elders=row.elders, covered=row.covered),
        *(count_cell(row.band.get(str(minutes))) for minutes in band),
    )


def _subdistrict(row: AreaRow, *, band: tuple[int, ...], locale: Locale) -> Line:
    cells = (
        name_of(row, locale=locale),
        *_counts(row, band=band),
        _state(row, locale=locale),
        _borderline(row, locale=locale),
    )
    return Line(cells)


def _state(row: AreaRow, *, locale: Locale) -> Cell:
    if row.state is None:
        return Unseen.SMALL if row.is_suppressed and row.covered is None else Unseen.UNKNOWN
    return (words.YES if row.state else words.NO).text(locale)


def _borderline(row: AreaRow, *, locale: Locale) -> Cell:
    if row.is_borderline is None:
        return Unseen.SMALL
    return words.BORDERLINE.text(locale) if row.is_borderline else ""


def _nearest(row: AreaRow) -> tuple[Cell, Cell, Cell]:
    if row.uncovered is None:  # hidden with the counts: which elder is in the middle would tell
        return Unseen.SMALL, Unseen.SMALL, Unseen.SMALL
    if row.nearest_s is None:
        return Unseen.UNKNOWN, Unseen.UNKNOWN, Unseen.UNKNOWN
    over = Unseen.UNKNOWN if row.over_limit_min is None else row.over_limit_min
    return row.nearest_site_name or Unseen.UNKNOWN, -(-row.nearest_s // SECONDS_A_MINUTE), over


def _band_minutes(own: int, *, wanted: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(minutes for minutes in wanted if minutes != own)
