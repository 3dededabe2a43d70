"""Elders, the areas they live in, and category sets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from stdnum.iso7064 import mod_11_2

from dispatch import areas, directory, elders, storage
from dispatch.actor import SYSTEM

if TYPE_CHECKING:
    from uuid import UUID

AT = datetime(2026, 1, 1, tzinfo=UTC)
SINCE = date(2020, 1, 1)
LEVELS = {2: "city", 6: "district", 9: "subdistrict", 12: "community"}
HOME_LL = (117.2, 39.1)


def put_places(*codes: str) -> None:
    """Put areas on record, with all that they lie in, and the code lists."""
    directory.put_known_codes(actor=SYSTEM, at=AT)
    wanted = {code[:digits] for code in codes for digits in LEVELS if digits <= len(code)}
    areas.put_areas(
        [
            areas.AreaRecord(
                code=code,
                level=LEVELS[len(code)],
                name_zh=f"测试地区{code}",
                settlement="urban" if len(code) == 12 else None,
                source="test",
                is_made_up=True,
            )
            for code in wanted
        ],
        actor=SYSTEM,
        at=AT,
    )


def elder_record(
    *categories: str,
    area: str = "120198001001",
    elder_id: UUID | None = None,
    name: str = "张三丰",
    point_ll: tuple[float, float] | None = HOME_LL,
    since: date = SINCE,
    **fields,
) -> elders.ElderRecord:
    """Give the record of an elder who has lived in one place and belonged to the categories since long ago."""
    lon, lat = point_ll or (None, None)
    home = elders.ResidenceRecord(
        kind="main", area_code=area, address="测试路1号", valid_from=since, lon=lon, lat=lat, located_by="door"
    )
    made = {
        "id": elder_id or storage.new_id(),
        "name": name,
        "sex": "female",
        "born_on": date(1944, 5, 6),
        "residences": (home,),
        "memberships": tuple(elders.MembershipRecord(each, valid_from=since, basis="test") for each in categories),
    }
    return elders.ElderRecord(**(made | fields))


def make_id_no(*, area: str = "120198", born_on: date = date(1944, 5, 6), sex: str = "female", number: int = 1) -> str:
    """Give a made-up ID number; the check digit is python-stdnum's."""
    plain = f"{area}{born_on:%Y%m%d}{2 * number + (sex == 'male'):03d}"
    return plain + mod_11_2.calc_check_digit(plain)


def put_elders(*records: elders.ElderRecord) -> list[UUID]:
    """Put elders on record; their ids come back in order."""
    elders.register_elders(records, actor=SYSTEM, at=AT)
    return [record.id for record in records]


def put_set(
    *members: str,
    area: str = "120198",
    key: str = "test_visit",
    valid_from: date = SINCE,
    valid_to: date | None = None,
    status: str = "adopted",
) -> None:
    """Put a visiting set in force."""
    record = elders.CategorySetRecord(
        set_key=key,
        area_code=area,
        purpose="visit",
        members=members,
        valid_from=valid_from,
        valid_to=valid_to,
        status=status,
        clause="test clause",
    )
    elders.put_category_sets([record], actor=SYSTEM, at=AT)
