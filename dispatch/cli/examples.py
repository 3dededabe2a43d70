"""The three calls that the demo prints: they work when pasted."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

# takes the token out of the answer of POST /v1/auth/tokens, and the id out of that of POST /v1/care-requests, whose
# fields come in the order of the alphabet: behind `id` stands the quote, which has an id of its own
FIND_BEARER = r"""tr -d '\n' | sed 's/.*"access_token": *"\([^"]*\)".*/\1/'"""
FIND_ID = r"""tr -d '\n' | sed 's/"quote": *{.*//; s/.*[{,] *"id": *"\([0-9a-f-]*\)".*/\1/'"""


def curl_lines(
    base_url: str,
    *,
    accounts: dict[str, tuple[str, str]],
    point_ll: tuple[float, float],
    elder_id: str,
    area_code: str,
    today: date,
    zone: ZoneInfo,
) -> list[tuple[str, str]]:
    """
    Make the lines.

    Parameters
    ----------
    base_url : str
        Where the server answers.
    accounts : dict
        User name and password for each role.
    point_ll : tuple of float
        Longitude and latitude of the point near which services are looked for.
    elder_id : str
        The elder who asks for a bath.
    area_code : str
        The area whose gaps are shown.
    today : date
        The bath is asked for the day after.
    zone : ZoneInfo
        Where "two in the afternoon" is.

    Returns
    -------
    list of tuple
        What the line shows, and the line.

    """
    lon, lat = point_ll
    start = datetime.combine(today + timedelta(days=1), time(14), tzinfo=zone)
    wish = {
        "elder_id": elder_id,
        "service_code": "bathing_home",
        "channel": "app",
        "urgency": "routine",
        "window_from_at": start.isoformat(),
        "window_to_at": (start + timedelta(hours=2)).isoformat(),
    }
    asking = (
        f"curl -s {base_url}/v1/care-requests {_bearer(base_url, accounts['family'])} "
        f"-H 'Content-Type: application/json' -H 'Idempotency-Key: demo-{start.date()}' "
        f"-d '{json.dumps(wish)}' | {FIND_ID}"
    )
    near = f"near={lon:.6f},{lat:.6f}&crs=wgs84&within=15min&mode=walk&service=meals"
    officer = _bearer(base_url, accounts["district_officer"])
    planner = _bearer(base_url, accounts["planner"])
    gaps = f"area={area_code}&service=day_care"
    return [
        ("nearest meal services, by walking time", f"curl -s '{base_url}/v1/services?{near}'"),
        (
            "a bathing request: who can come, in order, and why the others cannot",
            f'curl -s -X POST "{base_url}/v1/care-requests/$({asking})/candidates" {officer}',
        ),
        ("coverage gaps of day care as GeoJSON", f"curl -s '{base_url}/v1/coverage/gaps?{gaps}' {planner}"),
    ]


def _bearer(base_url: str, account: tuple[str, str]) -> str:
    body = json.dumps({"username": account[0], "password": account[1]})
    signing_in = f"curl -s {base_url}/v1/auth/tokens -H 'Content-Type: application/json' -d '{body}' | {FIND_BEARER}"
    return f'-H "Authorization: Bearer $({signing_in})"'
