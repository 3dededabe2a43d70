"""Whether something can be asked for an elder: who asks, whether the elder is there, whether anybody offers it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import dates, directory, elders, subsidies
from dispatch.actor import Role
from dispatch.errors import ConflictError, InvalidError
from dispatch.intake.rules import USUAL_MIN, find_faults, roles_for
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.values import RequestWish

DISTRICT_DIGITS = 6
NEAR_M = 900.0  # a quarter of an hour on foot (domain.md section 5): sites across the border count that far
# who is shown where an elder is (domain.md section 1: sensitive); others are told from when to when
SEES_ABSENCE = frozenset({Role.ELDER, Role.FAMILY, Role.DISTRICT_OFFICER})
ABSENCE_WORDS = {
    "hospital": Words("住院", "in hospital"),
    "family": Words("住在家人处", "with family"),
    "travel": Words("外出", "traveling"),
    None: Words("不在家", "away from home"),
}
OPEN_END = Words("还没有登记的那天", "a day that is not on record yet")
TOO_SHORT = Words(
    "这项服务要 {minutes} 分钟，时间窗放不下；请放宽。",
    "The service takes {minutes} minutes; the window is shorter: widen it.",
)


class InvalidCareRequestError(InvalidError):
    """What was asked for cannot be."""

    slug = "care-request-invalid"
    title = Words("服务请求填写有误", "The care request is not valid")
    detail = Words(
        "按各字段的说明改正后再提交；需要帮助请找热线话务员。",
        "Correct the fields named and send it again; a phone operator can help.",
    )


class ElderHasDiedError(ConflictError):
    """Nobody can be served on or after the day of death."""

    slug = "elder-has-died"
    title = Words("档案登记老人已去世", "The elder has died, by the record")
    detail = Words(
        "登记的日期是 {on}。如果登记有误，请负责的社区工作者或民政干部更正档案。",
        "The date on record is {on}. If that is wrong, the responsible community worker or an officer can correct it.",
    )


class ElderHasLeftError(ConflictError):
    """The elder moved away, and lives nowhere here on that day."""

    slug = "elder-has-left"
    title = Words("档案登记老人已迁出", "The elder moved away, by the record")
    detail = Words(
        "登记的迁出日期是 {on}。已经回来的，请负责的社区工作者或民政干部登记新的住址；否则请向现住地申请。",
        "The date on record is {on}. Whoever came back needs a home on record, by the responsible community worker or "
        "an officer; otherwise ask where the elder lives now.",
    )


class ElderWithoutHomeError(ConflictError):
    """No home is on record for that day."""

    slug = "elder-without-home"
    title = Words("档案里那天没有住址", "No home is on record for that day")
    detail = Words(
        "请负责的社区工作者或民政干部登记 {on} 的住址后再提交。",
        "The responsible community worker or an officer can record the home of {on}; then ask again.",
    )


class ElderAwayError(ConflictError):
    """The elder is not at home on the day of the service."""

    slug = "elder-away"
    title = Words("档案登记老人那天不在家", "The elder is away that day, by the record")
    detail = Words(
        "登记的是{where_zh}，从 {absent_from} 到 {until_zh}。已经回来的，请负责的社区工作者或民政干部结束这条登记；"
        "或者改到回来之后的日期再提交。",
        "On record: {where_en}, from {absent_from} until {until_en}. If the elder is back, the responsible community "
        "worker or an officer can end the entry; or ask for a day after it.",
    )


class ServiceNotOfferedError(ConflictError):
    """Nobody in the district offers the service, and no rule pays for it."""

    slug = "service-not-offered"
    title = Words("本区没有机构提供这项服务", "Nobody in the district offers this service")
    detail = Words(
        "本区有这些服务：{offered}。仍要登记这项需求时，加上 even_if_not_offered；民政干部可以增加服务。",
        "The district has these services: {offered}. To put the need on record all the same, send even_if_not_offered; "
        "an officer can add the service.",
    )

    def __init__(self, *, service_code: str, area_code: str, offered: Sequence[directory.Code]) -> None:
        """Keep the services that are offered, to name them in the reader's language; the facts have their codes."""
        self.offered = tuple(Words(each.label_zh, each.label_en) for each in offered)
        super().__init__(
            service_code=service_code, area_code=area_code, offered=", ".join(each.code for each in offered)
        )

    def text(self, locale: Locale) -> str:
        """Name the services."""
        comma = "、" if locale is Locale.ZH else ", "
        return self.detail.text(locale, offered=comma.join(each.text(locale) for each in self.offered))


@dataclass(frozen=True, slots=True)
class Standing:
    """An elder on a date, and the roles in which the actor may ask for them; None: the system."""

    facts: elders.ElderFacts
    area_code: str
    roles: frozenset[Role] | None


@dataclass(frozen=True, slots=True)
class Vetted:
    """A wish that can be, with what it was judged by."""

    wish: RequestWish
    service_on: date
    standing: Standing
    needs: directory.ServiceNeeds
    offers: Sequence[directory.Offer]


def find_standing(elder_id: UUID, *, actor: Actor, on: date, allowed: frozenset[Role]) -> Standing:
    """
    Find an elder as of a date, and in which roles the actor asks for them.

    Raises
    ------
    ElderNotFoundError
        Where there is no such elder, or the actor has none of the allowed roles.
    ElderHasDiedError, ElderHasLeftError, ElderWithoutHomeError
        Where the elder lives nowhere here that day; told to those alone who may ask.

    """
    facts = elders.get_facts(elder_id, on=on)
    area_code = facts.home.area_code if facts.home else elders.find_last_areas([facts.elder_id]).get(facts.elder_id, "")
    roles = roles_for(actor, elder_id=facts.elder_id, area_code=area_code or "-")
    if roles is not None:
        roles &= allowed
        if not roles:
            raise elders.ElderNotFoundError(elder_id=facts.elder_id)
    if facts.home is None:
        _refuse_gone(facts)
    return Standing(facts, area_code, roles)


def _refuse_gone(facts: elders.ElderFacts) -> None:
    departure = elders.find_departure(facts.elder_id)
    if departure is None:
        raise ElderWithoutHomeError(elder_id=facts.elder_id, on=facts.on.isoformat())
    gone = ElderHasDiedError if departure.kind == elders.EventKind.DIED else ElderHasLeftError
    raise gone(elder_id=facts.elder_id, on=departure.on.isoformat())


def vet(
    wish: RequestWish,
    *,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    allowed: frozenset[Role],
    is_drafted: bool = False,
    is_history: bool = False,
) -> Vetted:
    """
    Judge a wish by the record: the elder, the window, the channel, the service.

    The system may ask for the past, for an elder who is away, and for what nobody offers: what it asks was decided
    before. With `is_drafted` the channel was judged already; `is_history` is told later and stands as it was.

    Raises
    ------
    ElderNotFoundError, ElderHasDiedError, ElderHasLeftError, ElderWithoutHomeError
        As for `find_standing`.
    InvalidCareRequestError
        Where the window, the channel or the number of carers cannot be; the window must hold the service.
    UnknownCodeError
        Where there is no such service.
    ElderAwayError
        Where the elder is away on the service's day.
    ServiceNotOfferedError
        Where nobody in the district offers it and no rule pays for it, unless that is what is to be put on record.

    """
    wish = replace(wish, elder_id=elders.find_merged([wish.elder_id]).get(wish.elder_id, wish.elder_id))
    service_on = dates.service_date(wish.window_from_at, zone)
    standing = find_standing(wish.elder_id, actor=actor, on=service_on, allowed=allowed)
    faults = find_faults(wish, roles=standing.roles, now=now)
    if is_drafted:  # how it came in was told then, perhaps by somebody else
        faults = {name: words for name, words in faults.items() if name not in {"channel", "on_behalf_of"}}
    if faults:
        raise InvalidCareRequestError(fields=faults)
    needs = directory.service_needs(wish.service_code)
    offers = find_area_offers(wish.service_code, area_code=standing.area_code, on=service_on)
    vetted = Vetted(wish, service_on, standing, needs, offers)
    if standing.roles is not None and not is_history:
        _refuse_short(vetted)
        _refuse_away(vetted)
        if not wish.even_if_not_offered:
            _refuse_not_offered(vetted)
    return vetted


def find_area_offers(service_code: str, *, area_code: str, on: date) -> list[directory.Offer]:
    """Find the services at sites of an area's district for a service or those below it, as they stand on a date."""
    codes = directory.service_with_children(service_code)
    return directory.find_offers(service_codes=codes, on=on, area_prefixes=[area_code[:DISTRICT_DIGITS]])


def _refuse_short(vetted: Vetted) -> None:
    minutes = min((each.visit_min for each in vetted.offers if each.visit_min), default=0) or _least_min(vetted)
    window = vetted.wish.window_to_at - vetted.wish.window_from_at
    if window < timedelta(minutes=minutes):
        words = Words(TOO_SHORT.zh.format(minutes=minutes), TOO_SHORT.en.format(minutes=minutes))
        raise InvalidCareRequestError(fields={"window_to_at": [words]}, minutes=minutes)


def _least_min(vetted: Vetted) -> int:
    """Give the minutes of a service that says none: of a group those of its shortest member, else the usual ones."""
    codes = directory.service_with_children(vetted.wish.service_code)
    told = [each.facts.get("visit_min") for each in directory.find_codes("service") if each.code in codes]
    return min((each for each in told if each), default=USUAL_MIN)


def _refuse_away(vetted: Vetted) -> None:
    absence = elders.find_absence(vetted.standing.facts.elder_id, on=vetted.service_on)
    if absence is None:
        return
    kind = absence.kind if (vetted.standing.roles or frozenset()) & SEES_ABSENCE else None
    until = absence.valid_to.isoformat() if absence.valid_to else None
    raise ElderAwayError(
        kind=kind,
        where_zh=ABSENCE_WORDS[kind].zh,
        where_en=ABSENCE_WORDS[kind].en,
        absent_from=absence.valid_from.isoformat(),
        until=until,
        until_zh=until or OPEN_END.zh,
        until_en=until or OPEN_END.en,
    )


def _refuse_not_offered(vetted: Vetted) -> None:
    service_code, area_code = vetted.wish.service_code, vetted.standing.area_code
    if any(_is_given(each) for each in vetted.offers) or _is_near(vetted):
        return
    district = area_code[:DISTRICT_DIGITS]
    there = directory.find_offers(service_codes=None, on=vetted.service_on, area_prefixes=[district])
    given = {each.service_code for each in there if _is_given(each)}
    offered = [each for each in directory.list_codes("service") if each.code in given]
    # where nobody is on record at all, the register is not there yet; and what is paid for is a promise
    if offered and not subsidies.is_covered(service_code, area_code=area_code):
        raise ServiceNotOfferedError(service_code=service_code, area_code=district, offered=offered)


def _is_given(offer: directory.Offer) -> bool:
    return offer.service_status is directory.ServiceStatus.ACTIVE and offer.stage is directory.Stage.OPEN


def _is_near(vetted: Vetted) -> bool:
    """Say whether a site across the border offers it within a walk in a straight line."""
    home = vetted.standing.facts.home
    if home is None or home.lon is None or home.lat is None:
        return False
    codes = directory.service_with_children(vetted.wish.service_code)
    return bool(directory.find_offers_near((home.lon, home.lat), service_codes=codes, radius_m=NEAR_M, limit=1))
