"""Reads of the code lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas
from dispatch.directory.models import Code
from dispatch.directory.values import AgreementKind, Delivery, ServiceNeeds
from dispatch.errors import InvalidError, NotFoundError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

ALLOWED = Words("没有代码“{given}”，只能是：{allowed}。", 'There is no code "{given}"; it must be one of: {allowed}.')
SERVICE = "service"
_CHILD = sa.orm.aliased(Code)
SERVICES = sa.select(
    Code.code, Code.facts, sa.exists().where(_CHILD.list_name == SERVICE, _CHILD.parent == Code.code)
).where(Code.list_name == SERVICE, Code.code.in_(sa.bindparam("codes", expanding=True)))
TREE = sa.select(Code.code, Code.parent).where(Code.list_name == SERVICE)


class UnknownCodeError(InvalidError):
    """A code that its list does not hold; `fields` names the field and the allowed codes."""

    slug = "unknown-code"
    title = Words("没有这个代码", "No such code")

    def __init__(self, field: str, *, given: Iterable[str], allowed: Iterable[str]) -> None:
        """Say which field holds what, and what it may hold."""
        known = list(allowed)
        text = {"given": ", ".join(given)[:80], "allowed": ", ".join(known)}
        sentence = Words(ALLOWED.zh.format(**text), ALLOWED.en.format(**text))
        super().__init__(fields={field: [sentence]}, field=field, allowed=known)


class CodeListNotFoundError(NotFoundError):
    """There is no such list of codes."""

    slug = "code-list-not-found"
    title = Words("没有这份代码表", "No such code list")
    detail = Words("现有的代码表：{lists}", "The lists there are: {lists}")


def list_code_lists() -> list[tuple[str, int]]:
    """Give the names of all lists and how many codes each holds, in the order of the document."""
    rows = session().execute(
        sa.select(Code.list_name, sa.func.count()).group_by(Code.list_name).order_by(sa.func.min(Code.position))
    )
    return [(name, count) for name, count in rows]


def find_codes(list_name: str) -> list[Code]:
    """Give the codes of a list in their order; an empty list where there is no such list."""
    return list(session().scalars(sa.select(Code).where(Code.list_name == list_name).order_by(Code.position)))


def list_codes(list_name: str) -> list[Code]:
    """Give the codes of a list in their order, or raise CodeListNotFoundError."""
    codes = find_codes(list_name)
    if not codes:
        raise CodeListNotFoundError(list=list_name[:80], lists=", ".join(name for name, _ in list_code_lists()))
    return codes


def get_code(list_name: str, *, code: str, field: str | None = None) -> Code:
    """
    Give one code of a list.

    Raises
    ------
    UnknownCodeError
        Where the list does not hold it; `field` is what it is called in the caller's message.

    """
    found = session().get(Code, (list_name, code))
    if found is None:
        raise UnknownCodeError(field or list_name, given=[code], allowed=[each.code for each in find_codes(list_name)])
    return found


def check_codes(list_name: str, *, codes: Iterable[str | None], field: str | None = None) -> None:
    """Raise UnknownCodeError unless the list holds all of these codes; None is left out."""
    given = {code for code in codes if code is not None}
    if not given:
        return
    allowed = [each.code for each in find_codes(list_name)]
    unknown = sorted(given.difference(allowed))
    if unknown:
        raise UnknownCodeError(field or list_name, given=unknown, allowed=allowed)


def find_by_label(list_name: str, *, text: str) -> Code | None:
    """Find the code that a text means: the code itself, its label in either language, or another name of it."""
    return _called(text, codes=find_codes(list_name))


def _called(text: str, *, codes: Iterable[Code]) -> Code | None:
    wanted = areas.plain_name(text).casefold()
    for each in codes:
        names = (each.code, each.label_zh, each.label_en, *each.facts.get("aliases", ()))
        if wanted in {areas.plain_name(name).casefold() for name in names}:
            return each
    return None


def service_with_children(text: str) -> frozenset[str]:
    """
    Give a service's code and those below it in the tree: 助浴 is bathing, bathing_home and bathing_site.

    Parameters
    ----------
    text : str
        The code, or its label in either language.

    Raises
    ------
    UnknownCodeError
        Where no service is called that.

    """
    reached = find_below([text]).get(text)
    if reached is None:
        services = find_codes(SERVICE)
        found = _called(text, codes=services)
        if found is None:
            raise UnknownCodeError(SERVICE, given=[text], allowed=[each.code for each in services])
        reached = find_below([found.code])[found.code]
    return reached


def find_below(service_codes: Collection[str]) -> dict[str, frozenset[str]]:
    """Find each service's code and those below it in the tree, in one query; unknown codes are left out."""
    below: dict[str | None, list[str]] = {}
    known = set()
    for code, parent in session().execute(TREE):
        below.setdefault(parent, []).append(code)
        known.add(code)
    found = {}
    for service_code in known.intersection(service_codes):
        reached = [service_code]
        for code in reached:  # grows while it is walked
            reached += below.get(code, [])
        found[service_code] = frozenset(reached)
    return found


def find_usual_min(service_codes: Collection[str]) -> dict[str, int | None]:
    """Find how long services usually take where their provider does not say; unknown codes are left out."""
    return {code: facts.get("visit_min") for code, facts, _ in _services(service_codes)} if service_codes else {}


def service_needs(service_code: str) -> ServiceNeeds:
    """Give what a service asks for: carers, skills, delivery and minutes; UnknownCodeError where there is none."""
    found = get_code(SERVICE, code=service_code, field="service_code")
    has_children = session().scalar(
        sa.select(sa.exists().where(Code.list_name == SERVICE, Code.parent == service_code))
    )
    return _needs(found.code, facts=found.facts, is_group=bool(has_children))


def find_service_needs(service_codes: Collection[str]) -> dict[str, ServiceNeeds]:
    """Find what services ask for, in one query however many they are; unknown codes are left out."""
    return {code: _needs(code, facts=facts, is_group=is_group) for code, facts, is_group in _services(service_codes)}


def _services(codes: Collection[str]) -> sa.Result[str, dict[str, Any], bool]:
    """Read the facts of some services, and whether others are below them."""
    return session().execute(SERVICES, {"codes": sorted(codes)})


def _needs(code: str, *, facts: dict[str, Any], is_group: bool) -> ServiceNeeds:
    return ServiceNeeds(
        service_code=code,
        carers=facts.get("carers", 0),
        skills_all=frozenset(facts.get("skills_all", ())),
        skills_any=frozenset(facts.get("skills_any", ())),
        deliveries=frozenset(Delivery(each) for each in facts.get("deliveries", ())),
        visit_min=facts.get("visit_min"),
        is_group=is_group,
        agreement=AgreementKind(facts["agreement"]) if "agreement" in facts else None,
    )
