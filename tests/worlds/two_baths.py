"""
A house with 赵敏, 周丽 and 马兰 on duty from 8 to 18, and two baths by two carers; Tuesday, 31 March 2026, 7:30.

周丽 and 赵敏 can bathe and lift, 马兰 can do neither. `bath` is from 14 to 16 o'clock, `other` from 9 to 12.
"""

from __future__ import annotations

from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local
from tests.worlds.tiny_day import TinyDay, make_tiny_day, point_ll

MORNING = local("2026-03-31 07:30")


def make_two_baths() -> TinyDay:
    """Put the house, its carers and the baths on record; inside a transaction."""
    made = make_tiny_day()
    made.provider("家", at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
    made.carer("赵敏", of="家", skills=("lifting", "bathing", "care"))
    made.carer("周丽", of="家", skills=("lifting", "bathing", "care"))
    made.carer("马兰", of="家", skills=("care",))
    [neighbor] = put_elders(elder_record(name="李四", point_ll=point_ll(1100, 500)))
    made.bath = made.assign(made.ask("bathing_home"), "家")
    made.other = made.assign(made.ask("bathing_home", elder_id=neighbor, window=("09:00", "12:00")), "家")
    return made
