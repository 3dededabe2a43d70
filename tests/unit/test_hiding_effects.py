"""What a planner sees of an effect: no count of 1 to 4, nor what gives one back by subtraction."""

from __future__ import annotations

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.coverage.rules.hiding_effects import hide_effect
from dispatch.coverage.values.scenarios import Effect, EffectRow, ScenarioFacts, StatesEffect

SCENARIO = ScenarioFacts(UUID(int=1), "试", 1, "", ())
PARTS = ("gained", "kept", "lost", "outside")


def row(code: str, *counts: int) -> EffectRow:
    gained, kept, lost, outside = counts
    return EffectRow(
        area_code=code,
        level="community",
        name_zh=code,
        name_en=None,
        elders=sum(counts),
        covered_before=kept + lost,
        covered_after=kept + gained,
        gained=gained,
        kept=kept,
        lost=lost,
        outside=outside,
        sites_before=0,
        sites_after=0,
        state_before=False,
        state_after=True,
    )


def effect(*rows: EffectRow) -> Effect:
    sums = [sum(getattr(one, name) for one in rows) for name in PARTS]
    return Effect(
        scenario=SCENARIO,
        totals=row("120198", *sums),
        communities=StatesEffect(0, 0, 0, 0, 0),
        rows=rows,
        elsewhere=row("120198", 0, 0, 0, 0),
        notes=(),
        assumptions={},
    )


def shown(*rows: EffectRow) -> tuple[list[int | None], int | None]:
    found = hide_effect(effect(*rows))
    return [one.gained for one in found.rows], found.totals.gained


def test_large_counts_are_shown_whole() -> None:
    assert shown(row("a", 20, 50, 0, 30), row("b", 10, 60, 5, 25)) == ([20, 10], 30)


def test_fifteen_to_sixteen_is_one_elder_and_is_hidden_with_another_row() -> None:
    # alone, a's 1 is 31 - 30; with b hidden too, it lies between 0 and 31
    gained, total = shown(row("a", 1, 15, 0, 84), row("b", 30, 40, 0, 30), row("c", 0, 50, 0, 50))

    assert (gained, total) == ([None, None, 0], 31)


def test_a_total_that_is_small_itself_is_hidden() -> None:
    assert shown(row("a", 3, 15, 0, 82), row("b", 0, 40, 0, 60)) == ([None, 0], None)


def test_states_of_hidden_rows_without_a_site_are_hidden() -> None:
    found = hide_effect(effect(row("a", 1, 15, 0, 84), row("b", 30, 40, 0, 30)))

    assert (found.rows[0].state_before, found.rows[0].is_suppressed) == (None, True)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=8))
def test_no_small_gain_or_loss_can_be_worked_out(counts: list[tuple[int, ...]]) -> None:
    rows = [row(str(number), *each) for number, each in enumerate(counts)]
    found = hide_effect(effect(*rows))

    hidden = [place for place, one in enumerate(found.rows) if one.is_suppressed]
    for one in found.rows:
        for name in (*PARTS, "covered_before", "covered_after"):
            assert getattr(one, name) is None or not 0 < getattr(one, name) < 5
    if found.totals.gained is None:
        return  # without a sum nothing can be subtracted
    # the attacker's own sum, by brute force over what each hidden row could be: before is known, and the sum
    for name, most in (
        ("gained", lambda one: one.elders - one.covered_before),
        ("lost", lambda one: one.covered_before),
    ):
        total = sum(getattr(rows[place], name) for place in hidden)
        for place in hidden:
            small = getattr(rows[place], name)
            if not 0 < small < 5 or most(rows[place]) < 5:
                continue
            others = sum(most(rows[each]) for each in hidden if each != place)
            possible = [x for x in range(most(rows[place]) + 1) if 0 <= total - x <= others]
            assert max(possible) >= 5
            assert max(possible) - min(possible) >= 5
