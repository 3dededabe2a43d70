"""An elder as a row of a file that goes out; brought in again it changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dispatch.elders.values import View
from dispatch.phones import local_phone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dispatch.elders.values import ContactCard, ElderCard
    from dispatch.sheets import Cell


def row_of(
    card: ElderCard,
    *,
    source_ref: str | None = None,
    id_no: str | None = None,
    home: tuple[date, str | None, Any] | None = None,
    categories: Sequence[tuple[str, date, date | None]] = (),
    basis: str | None = None,
    risk: tuple[str, str, date] | None = None,
    contacts: Sequence[ContactCard] = (),
) -> dict[str, Cell]:
    """
    Give a row of what a record shows.

    Parameters
    ----------
    card : ElderCard
        The record as far as the reader sees it.
    source_ref, id_no, home, categories, basis, risk, contacts
        What a full record adds: `home` is since when, and the point as it came in (its reference system, longitude
        and latitude); `risk` is level, reason and since when.

    """
    row: dict[str, Cell] = {
        "source_ref": source_ref,
        "name": card.name,
        "id_no": id_no,
        "sex": card.sex.value,
        "born_on": card.born_on,
        "phone": _phone(card),
        "registered_area_code": card.registered_area_code,
        "area_code": card.area_code,
        "address": card.address,
        "lon": card.lon,
        "lat": card.lat,
        "crs": None if card.lon is None else "wgs84",
        "located_by": card.located_by.value if card.located_by else None,
        "has_lift_access": {None: None, True: "是", False: "否"}[card.has_lift_access],
        "categories": "；".join(_category(*each) for each in categories) or None,
        "category_basis": basis,
    }
    if home:
        row["lives_since"] = home[0]
        if home[2]:
            row |= {"lon": home[2][0], "lat": home[2][1], "crs": home[1]}
    if risk:
        row |= dict(zip(("risk", "risk_reason", "risk_since"), risk, strict=True))
    if card.assessment:
        row |= {
            "grade": card.assessment.grade.value,
            "assessed_on": card.assessment.assessed_on,
            "grade_last_on": card.assessment.valid_to - timedelta(days=1),
        }
    for number, contact in enumerate(contacts, start=1):
        start = "contact" if number == 1 else f"contact{number}"
        row |= {
            f"{start}_name": contact.name,
            f"{start}_relation": contact.relation.value,
            f"{start}_phone": local_phone(contact.phone),
        }
    return row


def _phone(card: ElderCard) -> str | None:
    if card.phone is None or card.view is View.MASKED:
        return card.phone
    return local_phone(card.phone)


def _category(category: str, valid_from: date, valid_to: date | None) -> str:
    return f"{category} {valid_from}" + (f"~{valid_to}" if valid_to else "")
