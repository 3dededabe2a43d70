"""From a reading to a report: every sentence in one language, every figure chosen; nothing is drawn yet."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from dispatch import areas, coverage
from dispatch.reports.rules import tables, words
from dispatch.reports.rules.formatting import say
from dispatch.reports.rules.sites import site_table
from dispatch.reports.values import Bar, Kind, MapFacts, Report, Unseen

if TYPE_CHECKING:
    from dispatch.reports.values import Reading, Wish
    from dispatch.words import Locale, Words

SECONDS_A_MINUTE = 60
WORST_NAMED = 3
BADGES = 5


def compose_report(reading: Reading, *, wish: Wish) -> Report:
    """Make the report of a run in one language; the same reading and wish give the same report."""
    locale, run = wish.locale, reading.run
    facts = _facts(reading, wish=wish)

    def text(one: Words) -> str:
        return one.text(locale, **facts)

    made = [
        tables.subdistrict_table(reading, wish=wish),
        tables.gap_table(reading, wish=wish),
        site_table(reading, wish=wish),
        tables.community_table(reading, wish=wish),
    ]
    return Report(
        locale=locale,
        run_id=str(run.id),
        title=text(words.TITLE),
        kicker=text(words.KICKER),
        cover=tuple(
            (words.COVER[key].text(locale), said)
            for key, said in (
                ("area", f"{facts['area']}  {run.area_code}"),
                ("service", f"{facts['service']}  {run.service_code}"),
                ("as_of", run.as_of.isoformat()),
                ("computed", wish.computed_on.isoformat()),
                ("unit", wish.unit),
                ("status", _status(reading, locale=locale)),
                ("run", str(run.id)),
            )
        ),
        cover_note=text(words.COMPLETE if reading.is_complete else words.HIDDEN),
        key_number=str(facts["share"]),
        key_text=text(words.KEY),
        sentences=_sentences(reading, wish=wish, facts=facts),
        bars=_bars(reading, locale=locale),
        figures=tables.figure_table(reading, wish=wish),
        methods=_methods(reading, wish=wish, facts=facts),
        silences=tuple(one.text(locale) for one in _silences(reading)),
        tables={one.key: one for one in made},
        repeat=_hashes(reading, locale=locale),
        commands=_commands(reading, wish=wish),
        legend=_legend(reading, facts=facts, locale=locale),
        labels=_labels(facts, locale=locale),
        map=_map_facts(reading, locale=locale),
    )


def _status(reading: Reading, *, locale: Locale) -> str:
    if (scenario := tables.scenario_of(reading)) is not None:
        return words.SUPPOSED.text(locale, **scenario)
    is_published = reading.run.status == coverage.RunStatus.PUBLISHED
    return (words.ADOPTED if is_published else words.DRAFT).text(locale)


def _facts(reading: Reading, *, wish: Wish) -> dict[str, Any]:
    """Give what the sentences are filled with; figures as they are printed."""
    run, locale = reading.run, wish.locale
    totals = run.totals
    elders, covered = totals["elders"], totals["covered"]
    uncovered = None if elders is None or covered is None else elders - covered
    share = tables.share_cell(totals["covered_share"], elders=elders, covered=covered)
    located = tables.share_cell(totals["located_share"], elders=elders, covered=covered)
    if totals["located_share"] is None and totals["unlocated_elders"] is None:
        located = Unseen.SMALL
    return {
        "area": tables.name_of(reading.whole, locale=locale),
        "service": reading.service_zh if locale == "zh" else reading.service_en,
        "minutes": run.limit_s // SECONDS_A_MINUTE,
        "speed": run.speed_mps,
        "slower": run.assumptions.get("slower_speed_mps", Unseen.UNKNOWN),
        "elders": _count(elders),
        "covered": _count(covered),
        "uncovered": _count(uncovered),
        "share": say(share, kind=Kind.SHARE),
        "located_share": say(located, kind=Kind.SHARE),
        "unlocated": _count(totals["unlocated_elders"]),
        "unlocated_sites": totals["unlocated_sites"],
        "sites": totals["sites"],
        "borderline": totals["communities"]["borderline"],
        "as_of": run.as_of.isoformat(),
    }


def _count(value: int | None) -> str:
    return say(tables.count_cell(value), kind=Kind.COUNT)


def _sentences(reading: Reading, *, wish: Wish, facts: dict[str, Any]) -> tuple[str, ...]:
    """Say the finding in three sentences: the number, where those outside live, how firmly the number stands."""
    locale, totals = wish.locale, reading.run.totals
    if totals["elders"] == 0:
        return (words.NOBODY.text(locale, **facts),)
    gaps = tables.open_gaps(reading)
    shown = [row for row in gaps if row.uncovered is not None][:WORST_NAMED]
    if totals["sites"] == 0 and totals["covered"] == 0:
        where = words.NO_SITE.text(locale)
    elif not gaps:
        where = words.NO_GAP.text(locale)
    elif not shown:
        where = words.WORST_HIDDEN.text(locale)
    else:
        named = [
            words.WORST_ONE.text(locale, name=tables.name_of(row, locale=locale), uncovered=_count(row.uncovered))
            for row in shown
        ]
        where = words.WORST.text(locale, list=words.COMMA.text(locale).join(named))
    shares = {name: say(_band_share(totals, name=name), kind=Kind.SHARE) for name in ("10", "20", "slower")}
    stable = words.STABLE.text(
        locale, low=shares["10"], high=shares["20"], slower=shares["slower"], borderline=facts["borderline"]
    )
    scenario = tables.scenario_of(reading)
    supposed = "" if scenario is None else words.SUPPOSED_FINDING.text(locale, **scenario)
    return supposed + words.FINDING.text(locale, **facts), where, stable


def _band_share(totals: dict[str, Any], *, name: str) -> float | Unseen:
    count, elders = totals["band"].get(name), totals["elders"]
    if count is None or elders is None:
        return Unseen.SMALL
    return count / elders if elders else Unseen.UNKNOWN


def _bars(reading: Reading, *, locale: Locale) -> tuple[Bar, ...]:
    totals, own = reading.run.totals, reading.run.limit_s // SECONDS_A_MINUTE
    elders, covered = totals["elders"], totals["covered"]
    mine = tables.share_cell(totals["covered_share"], elders=elders, covered=covered)
    shares: dict[int, Any] = {m: _band_share(totals, name=str(m)) for m in coverage.BAND_MIN} | {own: mine}
    bars = [Bar(words.MINUTES.text(locale, minutes=m), shares[m], is_own=m == own) for m in sorted(shares)]
    bars.append(Bar(words.SLOWER.text(locale), _band_share(totals, name="slower")))
    bars.append(Bar(words.STRAIGHT.text(locale), _band_share(totals, name="straight"), is_figure=False))
    return tuple(bars)


def _methods(reading: Reading, *, wish: Wish, facts: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    locale, run = wish.locale, reading.run
    assumed = run.assumptions
    language = "zh" if locale == "zh" else "en"
    date = words.UNKNOWN_DATE.text(locale) if run.network_at is None else run.network_at.date().isoformat()
    scenario = tables.scenario_of(reading)
    said = {} if scenario is None else {"scenario": words.SUPPOSED_METHOD.text(locale, **scenario)}
    said |= {
        "speed": words.SPEED.text(locale, **facts),
        "limit": words.LIMIT.text(locale, **facts),
        "hours": _hours(assumed, locale=locale),
        "origin": assumed.get(f"origin_rule_{language}", Unseen.UNKNOWN),
        "snap": words.SNAP.text(locale, snap=f"{assumed.get('snap_limit_m', Unseen.UNKNOWN):g}"),
        "boundary": assumed.get(f"boundary_rule_{language}", Unseen.UNKNOWN),
        "capacity": words.CAPACITIES[assumed.get("capacity", coverage.CapacityRule.IGNORED)].text(
            locale, unknown=assumed.get("sites_without_capacity", 0)
        ),
        "unlocated": words.UNLOCATED.text(
            locale, elders=facts["unlocated"], sites=facts["unlocated_sites"], share=facts["located_share"]
        ),
        "people": words.PEOPLE_SOURCE.text(locale, as_of=facts["as_of"]),
        "sites": words.SITES_SOURCE.text(
            locale,
            as_of=facts["as_of"],
            services=words.COMMA.text(locale).join(assumed.get("service_codes", [run.service_code])),
            sites=facts["sites"],
        ),
        "network": words.NETWORK.text(
            locale,
            name=assumed.get("network_name", Unseen.UNKNOWN),
            source=assumed.get("network_source", Unseen.UNKNOWN),
            date=date,
            id=run.network_id,
        ),
        "edits": _edits(assumed, locale=locale),
        "area": words.AREA_RULE.text(locale),
        "borderline": words.BORDER_RULE.text(locale),
        "rules": run.rule_version,
    }
    return tuple((words.METHODS[key].text(locale), one) for key, one in said.items())


def _silences(reading: Reading) -> tuple[Words, ...]:
    """Give what the report says nothing of: of room, too, unless the run asked for it."""
    return words.SILENCES[1:] if "capacity" in reading.run.assumptions else words.SILENCES


def _hours(assumed: dict[str, Any], *, locale: Locale) -> str:
    at = assumed.get("at_local")
    if at is None:
        return words.ANY_HOUR.text(locale)
    is_counted = assumed.get("unknown_hours") == coverage.UnknownHours.INCLUDE
    return words.AT_HOUR.text(
        locale,
        at=str(at)[:16].replace("T", " "),
        unknown=assumed.get("sites_without_hours", 0),
        counted=(words.COUNTED if is_counted else words.NOT_COUNTED).text(locale),
        closed=assumed.get("sites_closed_then", 0),
    )


def _edits(assumed: dict[str, Any], *, locale: Locale) -> str:
    """Name the paths, gates and closures that were put on record by hand; those that changed nothing are left out."""
    named = [str(one["name"]) for one in assumed.get("network_edits", ()) if not one["is_idle"]]
    if not named:
        return words.NO_EDITS.text(locale)
    return words.EDITS.text(locale, count=len(named), list=words.COMMA.text(locale).join(named))


def _hashes(reading: Reading, *, locale: Locale) -> tuple[tuple[str, str], ...]:
    hashes = {"inputs": reading.run.inputs_hash} | reading.run.assumptions.get("hashes", {})
    return tuple((words.HASHES[key].text(locale), hashes[key]) for key in words.HASHES if key in hashes)


def _commands(reading: Reading, *, wish: Wish) -> tuple[str, ...]:
    run = reading.run
    unit = f" --unit {shlex.quote(wish.unit)}" if wish.unit else ""
    asked = tables.asked_of(reading)
    assumed = run.assumptions
    if "at_local" in assumed:
        asked += f" --at {str(assumed['at_local'])[:16]} --unknown-hours {assumed['unknown_hours']}"
    if "capacity" in assumed:
        asked += f" --capacity {assumed['capacity']}"
    scenario = tables.scenario_of(reading)
    return (
        f"dispatch coverage run {asked}" if scenario is None else f"dispatch coverage scenario run {scenario['id']}",
        f"dispatch coverage report {run.id} --lang {wish.locale.value}{unit} --out FILE.pdf",
    )


def _legend(reading: Reading, *, facts: dict[str, Any], locale: Locale) -> dict[str, str]:
    legend = {key: one.text(locale) for key, one in words.LEGEND.items() if key not in {"more", "reached", "sites"}}
    assumed = reading.run.assumptions
    return legend | {
        "small": legend["small" if reading.is_complete else "small_hidden"],
        "reached": words.LEGEND["reached"].text(locale, minutes=facts["minutes"]),
        "sites": words.LEGEND["sites"].text(locale, count=_count(len(reading.circles))),
        "more": words.LEGEND["more"].text(locale, bound="{bound}"),
        "rule": assumed.get("boundary_rule_zh" if locale == "zh" else "boundary_rule_en", legend["rule"]),
    }


def _labels(facts: dict[str, Any], *, locale: Locale) -> dict[str, str]:
    """Give headings and small words by key."""
    labels = {key: one.text(locale) for key, one in words.HEADINGS.items()}
    return labels | {
        "run": words.COVER["run"].text(locale),
        "contents": words.CONTENTS.text(locale),
        "band": words.BAND_TITLE.text(locale, speed=facts["speed"]),
        "straight_note": words.STRAIGHT_NOTE.text(locale),
        "silences": words.SILENCES_TITLE.text(locale),
        "repeat_lead": words.REPEAT_LEAD.text(locale),
        "commands_lead": words.COMMANDS_LEAD.text(locale),
        "repeat_note": words.REPEAT_NOTE.text(locale),
        "page": words.PAGE.text(locale, page="{page}", pages="{pages}"),
        "missing": words.METHODS["missing"].text(locale),
        "missing_text": words.MISSING.text(locale, list="{list}"),
        "comma": words.COMMA.text(locale),
    }


def _map_facts(reading: Reading, *, locale: Locale) -> MapFacts:
    parts = [row for row in reading.at(areas.Level.SUBDISTRICT) if row.outline_ll is not None]
    parts.sort(key=lambda row: (-(row.elders or 0), row.area_code))
    gaps = [row for row in tables.open_gaps(reading) if row.uncovered is not None and row.outline_ll is not None]
    cells = [(row.cell, row.uncovered) for row in reading.cells if row.uncovered is None or row.uncovered > 0]
    return MapFacts(
        boundary_ll=reading.whole.outline_ll,
        parts=tuple((tables.name_of(row, locale=locale), row.outline_ll or {}) for row in parts),
        covered_ll=reading.covered_ll,
        cells=tuple(cells),
        sites_ll=tuple(row.point_ll for row in reading.circles if row.point_ll is not None),
        gaps_ll=tuple(row.outline_ll or {} for row in gaps[:BADGES]),
        network_id=reading.run.network_id,
    )
