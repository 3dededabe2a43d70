"""
A day of requests in a tiny town, small enough to check by hand.

Streets lie on a 100 m grid, 6 km by 1 km, so that a way is the sum of its two sides: a site 360 m along the
street is 360 s on foot at 1.0 m/s. The home stands at x 1000, y 500, on the street.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from dispatch import assignment, carers, directory, geo, intake, storage, streets
from dispatch.actor import SYSTEM
from tests.factories.elders import SINCE, elder_record, put_elders, put_places
from tests.factories.intake import NOW, ZONE, submit, wish

if TYPE_CHECKING:
    from dispatch.actor import Actor

AREA, OTHER_AREA, OTHER_DISTRICT = "120198001001", "120198002001", "120199001001"
AT = datetime(2026, 1, 1, tzinfo=UTC)
PROJECTION = geo.local_projection(117.2, 39.1)
COLUMNS, ROWS, STEP_M = 61, 11, 100
HOME_XY = (1000, 500)
MEAL_WINDOW, BATH_WINDOW = ("11:00", "13:00"), ("14:00", "16:00")


def point_ll(x: float, y: float) -> tuple[float, float]:
    """Give the place in degrees of a point of the town."""
    lon, lat = PROJECTION.to_ll(np.array([(x, y)], dtype=np.float64))[0]
    return float(lon), float(lat)


def tiny_network() -> streets.Network:
    """Build the town's streets, each edge exactly 1,000 dm."""
    nodes = [(x * STEP_M, y * STEP_M) for y in range(ROWS) for x in range(COLUMNS)]
    edges = [(y * COLUMNS + x, y * COLUMNS + x + 1) for y in range(ROWS) for x in range(COLUMNS - 1)]
    edges += [(y * COLUMNS + x, (y + 1) * COLUMNS + x) for y in range(ROWS - 1) for x in range(COLUMNS)]
    return streets.build_network(
        PROJECTION.to_ll(np.array(nodes, dtype=np.float64)),
        edges=np.array(edges),
        name="tiny",
        imported_at=AT,
        length_dm=np.full(len(edges), STEP_M * 10),
        source_at=datetime(2026, 1, 2, tzinfo=UTC),
        source_sha256="0123456789abcdef" * 4,
        projection=PROJECTION,
    )


NETWORK = tiny_network()


def identity(number: int) -> UUID:
    """Give an id by a small number, so that ids have an order that a test can rely on."""
    return UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + number)


@dataclass
class TinyDay:
    """The elder, and the providers that a test has put into the town, by their names."""

    elder_id: UUID
    offers: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, UUID] = field(default_factory=dict)
    organizations: dict[str, UUID] = field(default_factory=dict)
    carers: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def provider(  # noqa: PLR0913 - what a provider is
        self,
        name: str,
        *,
        at: tuple[float, float] | None = (1360, 500),
        service: str = "meal_dine_in",
        delivery: str = "site",
        area: str = AREA,
        stage: str = "open",
        hours: str | None = "Mo-Su 00:00-24:00",
        price: tuple[str, int] | None = None,
        capacity: tuple[int, int] | None = None,
        counted_at: datetime = NOW,
        catchments: tuple[str, ...] = (),
        **service_fields,
    ) -> UUID:
        """
        Put an organization with one site and one service into the town; the id of the offer comes back.

        Put again under the same name it is changed to what is said then.
        """
        number = self.numbers.setdefault(name, 100 * (len(self.numbers) + 1))
        key = ("tiny", name)
        lon, lat = point_ll(*at) if at else (None, None)
        directory.put_organizations(
            [directory.OrganizationRecord(*key, name, "测试", "social_organization", id=identity(number))],
            actor=SYSTEM,
            at=AT,
        )
        directory.put_sites(
            [
                directory.SiteRecord(
                    organization=key,
                    source="tiny",
                    source_ref=name,
                    name=f"{name}站",
                    facility_type="elder_canteen" if service.startswith("meal") else "home_care_center",
                    area_code=area,
                    address="测试路",
                    lon=lon,
                    lat=lat,
                    crs="wgs84" if at else None,
                    stages=((stage, SINCE, None),),
                    collected_at=AT,
                    id=identity(number + 1),
                )
            ],
            actor=SYSTEM,
            at=AT,
        )
        directory.put_services(
            [
                directory.ServiceRecord(
                    organization=key,
                    source_ref=service,
                    service_code=service,
                    name=service,
                    delivery=delivery,
                    id=identity(number + 2),
                    **service_fields,
                )
            ],
            actor=SYSTEM,
            at=AT,
        )
        directory.put_offers(
            [
                directory.OfferRecord(
                    site=key,
                    service=(*key, service),
                    hours_from=SINCE,
                    hours=hours,
                    price=price,
                    capacity=(("meal", *capacity, counted_at) if capacity else None),
                    catchments=catchments,
                    id=identity(number + 3),
                )
            ],
            actor=SYSTEM,
            at=AT,
        )
        self.organizations[name], self.sites[name] = identity(number), identity(number + 1)
        self.offers[name] = identity(number + 3)
        return self.offers[name]

    def carer(
        self,
        name: str,
        *,
        of: str,
        skills: tuple[str, ...] = (),
        shift: tuple[str, str] | None = ("08:00", "18:00"),
        mode: str = "walk",
        base: tuple[float, float] | None = None,
        **fields,
    ) -> UUID:
        """Let somebody work for a provider on Tuesdays; the id comes back. Put again they are changed."""
        carer_id = self.carers.get(name) or identity(10_000 + len(self.carers))
        lon, lat = point_ll(*base) if base else (None, None)
        made = {
            "id": carer_id,
            "organization_id": self.organizations[of],
            "kind": "care_worker",
            "name": name,
            "sex": "female",
            "travel_mode": mode,
            "base_lon": lon,
            "base_lat": lat,
            "qualifications": tuple(carers.QualificationRecord(skill, None, SINCE) for skill in skills),
            "shifts": (
                (carers.ShiftRecord(1, time.fromisoformat(shift[0]), time.fromisoformat(shift[1]), 0, SINCE),)
                if shift
                else ()
            ),
        }
        carers.register_carers([carers.CarerRecord(**(made | fields))], actor=SYSTEM, at=AT)
        self.carers[name] = carer_id
        return carer_id

    def ask(self, service: str = "meal_dine_in", *, actor: Actor = SYSTEM, now: datetime = NOW, **fields) -> UUID:
        """Ask for a service on Tuesday; the request's id comes back."""
        window = MEAL_WINDOW if service.startswith("meal") else BATH_WINDOW
        elder_id = fields.pop("elder_id", self.elder_id)
        asked = wish(elder_id, service, **({"window": window} | fields))
        return submit(asked, actor=actor, now=now).id

    def match(self, request_id: UUID, *, actor: Actor = SYSTEM, now: datetime = NOW) -> assignment.MatchResult:
        """Search candidates."""
        return assignment.find_candidates(request_id, actor=actor, network=NETWORK, now=now, zone=ZONE)

    def assign(self, request_id: UUID, name: str, *, actor: Actor = SYSTEM, now: datetime = NOW):
        """Give a request to a provider."""
        return assignment.assign_request(
            request_id, service_at_site_id=self.offers[name], actor=actor, network=NETWORK, now=now, zone=ZONE
        )

    def codes(self, result: assignment.MatchResult) -> dict[str, list[str]]:
        """Give for each provider that cannot serve its codes."""
        names = {site_id: name for name, site_id in self.sites.items()}
        return {names[each.site_id]: [reason.code.value for reason in each.reasons] for each in result.rejected}

    def order(self, result: assignment.MatchResult) -> list[str]:
        """Give the names of those that can serve, best first."""
        names = {offer_id: name for name, offer_id in self.offers.items()}
        return [names[each.service_at_site_id] for each in result.ranked]

    def bath_team(self, name: str = "浴") -> None:
        """
        Put a provider of baths at home 800 m away, with the two carers of the worked example.

        On foot at 1.3 m/s they take 616 s, with parking and door 796 s: 14 min. X begins at 13:38 and is there
        at 13:52, Y begins at 14:06 and is there at 14:20.
        """
        self.provider(name, at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
        self.carer("X", of=name, skills=("lifting", "bathing"), shift=("13:38", "18:00"))
        self.carer("Y", of=name, skills=("lifting",), shift=("14:06", "18:00"))

    def worked_table(self) -> None:
        """
        Put the providers A to D of domain, section 5 (Matching) into the town, for a meal from 11:00 to 13:00.

        A: 360 s away, open, three accepted requests of this elder in 90 days, 4 of 10 free, free of charge.
        B and C: 180 s away, open from 11:30, 10 of 10, 2,000 cents. D is closed at noon, and so are three more;
        their 8,000 cents make the median of the seven prices 8,000.
        """
        self.provider("A", at=(1360, 500), price=("meal", 0), capacity=(10, 4))
        self.provider("B", at=(820, 500), hours="Mo-Su 11:30-20:00", price=("meal", 2000), capacity=(10, 10))
        self.provider("C", at=(1180, 500), hours="Mo-Su 11:30-20:00", price=("meal", 2000), capacity=(10, 10))
        for name in "DEFG":
            self.provider(name, hours="Mo-Su 17:00-20:00", price=("meal", 8000))
        for on in ("2026-03-03", "2026-03-10", "2026-03-17"):
            self.past(name="A", on=on)

    def past(self, *, name: str, on: str, elder_id: UUID | None = None, now: datetime = AT) -> UUID:
        """Put a meal of the past on record that a provider served."""
        asked = wish(elder_id or self.elder_id, "meal_dine_in", window=MEAL_WINDOW, on=on)
        request_id = submit(asked, now=now).id
        intake.move_request(
            request_id,
            to=intake.RequestStatus.ACCEPTED,
            actor=SYSTEM,
            now=now,
            service_at_site_id=self.offers[name],
        )
        return request_id


def make_tiny_day(**elder_fields) -> TinyDay:
    """Put the town with its one elder on record: a woman of 81 who lives alone; inside a transaction."""
    put_places(AREA, OTHER_AREA, OTHER_DISTRICT)
    made = {"point_ll": point_ll(*HOME_XY), "area": AREA, "born_on": date(1944, 5, 6), "elder_id": storage.new_id()}
    [elder_id] = put_elders(elder_record("living_alone", **(made | elder_fields)))
    return TinyDay(elder_id)
