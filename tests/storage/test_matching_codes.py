"""Every code that says why not: a provider fails with it alone, its one fact is changed, and the provider can serve."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from dispatch import assignment, directory, elders, storage
from dispatch.actor import SYSTEM
from dispatch.assignment import ReasonCode
from dispatch.assignment.models import Offer
from dispatch.intake import RequestStatus
from tests.factories.assignment import refuse
from tests.factories.elders import SINCE, elder_record, put_elders
from tests.factories.intake import NOW, move
from tests.worlds.tiny_day import AREA, AT, HOME_XY, OTHER_AREA, make_tiny_day, point_ll

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.worlds.tiny_day import TinyDay

SUBJECT, FAR = "甲", (1901, 500)  # one metre more than an elder walks in 15 minutes


class Case(NamedTuple):
    """What makes the provider fail, what is asked for, and the change that mends it."""

    code: ReasonCode
    fails: Callable[[TinyDay], object]
    mended: Callable[[TinyDay, UUID], object]
    service: str = "meal_dine_in"


def site(code: ReasonCode, failing: dict, mended: dict) -> Case:
    """The provider's own facts decide: it is put, and put again as it should be."""
    return Case(code, lambda town: town.provider(SUBJECT, **failing), lambda town, _: town.provider(SUBJECT, **mended))


def team(code: ReasonCode, failing: dict, mended: dict, *, service: str = "health_care") -> Case:
    """One of its carers decides; where two are wanted the other one is fit."""

    def fails(town: TinyDay) -> None:
        town.provider(SUBJECT, service=service, delivery="home", visit_min=60)
        if service == "bathing_home":
            town.carer("另一人", of=SUBJECT, skills=("lifting",))
        town.carer("小王", of=SUBJECT, **({"skills": ("nursing",)} | failing))

    return Case(
        code, fails, lambda town, _: town.carer("小王", of=SUBJECT, **({"skills": ("nursing",)} | mended)), service
    )


def elder(code: ReasonCode, failing: dict, *categories: str, **fields) -> Case:
    """The elder's record decides: something is added to it."""

    def mended(town: TinyDay, _: UUID) -> None:
        home = {"point_ll": point_ll(*HOME_XY), "area": AREA, "elder_id": town.elder_id}
        put_elders(elder_record("living_alone", *categories, **(home | fields)))

    return Case(code, lambda town: town.provider(SUBJECT, **failing), mended)


def _insured(town: TinyDay) -> None:
    town.provider(SUBJECT, service="ltci_nursing", delivery="home", visit_min=60)
    town.carer("小王", of=SUBJECT, skills=("nursing",))


def _designate(town: TinyDay, _: UUID) -> None:
    record = directory.AgreementRecord(
        valid_from=SINCE,
        kind=directory.AgreementKind.LTCI_DESIGNATED,
        partner_organization_id=town.organizations[SUBJECT],
    )
    part = directory.SitePart.AGREEMENTS
    directory.add_site_part(town.sites[SUBJECT], part=part, record=record, actor=SYSTEM, at=AT)


def _refused(town: TinyDay) -> None:
    town.provider(SUBJECT, service="health_care", delivery="home", visit_min=60)
    refuse(town.elder_id, carer_id=town.carer("小王", of=SUBJECT, skills=("nursing",)))


def _other_service(town: TinyDay) -> None:
    town.provider(SUBJECT, status="inactive")


SEVERE = elders.AssessmentRecord("GB/T 42195-2022", "severe", date(2026, 3, 1), date(2027, 3, 1))
TWO = {"skills": ("lifting", "bathing")}
CASES = [
    Case(ReasonCode.NOT_OFFERED, _other_service, lambda town, _: town.provider(SUBJECT, status="active")),
    site(ReasonCode.SITE_NOT_OPEN, {"stage": "suspended"}, {}),
    site(ReasonCode.CLOSED_THEN, {"hours": "Mo-Su 12:30-20:00", "visit_min": 60}, {"visit_min": 60}),
    site(ReasonCode.UNLOCATED, {"at": None}, {}),
    site(ReasonCode.OUT_OF_RANGE, {"at": FAR}, {"at": (1900, 500)}),
    site(ReasonCode.OUTSIDE_CATCHMENT, {"catchments": (OTHER_AREA,)}, {"catchments": (OTHER_AREA, AREA)}),
    site(ReasonCode.AGE_NOT_ELIGIBLE, {"minimum_age": 82}, {"minimum_age": 81}),
    elder(ReasonCode.CATEGORY_NOT_ELIGIBLE, {"categories": ("no_family",)}, "no_family"),
    elder(ReasonCode.GRADE_NOT_ELIGIBLE, {"grades": ("severe",)}, assessments=(SEVERE,)),
    elder(ReasonCode.REGISTRATION_NOT_ELIGIBLE, {"registration_prefix": "120199"}, registered_area_code="120199"),
    site(ReasonCode.FULL, {"capacity": (10, 0)}, {"capacity": (10, 1), "counted_at": NOW + timedelta(seconds=1)}),
    site(
        ReasonCode.STALE_VACANCY,
        {"capacity": (10, 3), "counted_at": NOW - timedelta(hours=24, seconds=1)},
        {"capacity": (10, 3), "counted_at": NOW},
    ),
    Case(ReasonCode.NOT_DESIGNATED, _insured, _designate, "ltci_nursing"),
    team(ReasonCode.NO_SKILL, {"skills": ()}, {}),
    team(ReasonCode.NO_SHIFT, {"shift": ("08:00", "13:00")}, {"shift": ("08:00", "18:00")}),
    team(ReasonCode.NO_TIME, {"day_limit_min": 59}, {"day_limit_min": 60}),
    team(
        ReasonCode.NO_PAIR,
        TWO | {"shift": ("08:00", "13:00")},
        TWO | {"shift": ("08:00", "18:00")},
        service="bathing_home",
    ),
    team(ReasonCode.SEX_NOT_MATCHED, {"sex": "male"}, {"sex": "female"}),
    Case(
        ReasonCode.REFUSED_BEFORE,
        _refused,
        lambda town, _: refuse(town.elder_id, carer_id=town.carers["小王"], until=date(2026, 3, 31)),
        "health_care",
    ),
]


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder."""
    with storage.transaction():
        yield make_tiny_day()


def test_every_code_has_a_case():
    assert {case.code for case in CASES} | {ReasonCode.DECLINED_THIS} == set(ReasonCode)


@pytest.mark.feature("R5")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code.value)
def test_a_provider_that_fails_one_rule_has_its_code_and_can_serve_once_that_fact_is_changed(town, case):
    case.fails(town)
    request_id = town.ask(case.service, carer_sex="female" if case.code is ReasonCode.SEX_NOT_MATCHED else None)

    before = town.match(request_id)
    case.mended(town, request_id)
    storage.session().flush()
    after = town.match(request_id)

    assert (town.order(before), town.codes(before)) == ([], {SUBJECT: [case.code.value]})
    assert (town.order(after), town.codes(after)) == ([SUBJECT], {})


@pytest.mark.feature("R5")
@pytest.mark.parametrize("status", ["declined", "expired"])
def test_who_declined_a_request_or_did_not_answer_is_asked_again_once_it_is_reopened(town, status):
    offer_id = town.provider(SUBJECT)
    request_id = town.ask()
    storage.session().add(
        Offer(
            care_request_id=request_id,
            service_at_site_id=offer_id,
            turn_no=1,
            round_no=1,
            made_at=NOW,
            expires_at=NOW + timedelta(minutes=10),
            ended_at=NOW + timedelta(minutes=10),
            status=status,
            decline_reason="no_staff" if status == "declined" else None,
        )
    )

    before = town.match(request_id)
    move(request_id, RequestStatus.UNMATCHED, RequestStatus.SUBMITTED)
    after = town.match(request_id)

    assert (town.order(before), town.codes(before)) == ([], {SUBJECT: ["declined_this"]})
    assert (town.order(after), town.codes(after)) == ([SUBJECT], {})


@pytest.mark.feature("R5")
def test_an_officer_may_still_give_a_request_to_who_declined_it(town):
    offer_id = town.provider(SUBJECT)
    request_id = town.ask()
    times = {"made_at": NOW, "expires_at": NOW, "ended_at": NOW}
    ids = {"care_request_id": request_id, "service_at_site_id": offer_id, "turn_no": 1, "round_no": 1}
    storage.session().add(Offer(**ids, **times, status="expired"))

    assert town.assign(request_id, SUBJECT).status == "scheduled"


@pytest.mark.feature("R5")
def test_of_two_carers_the_refused_one_is_named_and_not_that_there_is_no_pair(town):
    town.bath_team()
    refuse(town.elder_id, carer_id=town.carers["Y"])

    found = town.match(town.ask("bathing_home"))

    assert town.codes(found) == {"浴": ["refused_before"]}


def test_every_code_says_itself_in_both_languages():
    assert set(assignment.REASON_WORDS) == set(ReasonCode)
    assert all(words.zh and words.en for words in assignment.REASON_WORDS.values())
