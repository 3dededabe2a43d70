"""
Calls that schemathesis makes up from the OpenAPI document, sent as everybody, with ids of real records put into some.

The library makes the calls and judges the answers; what each call changes is undone before the next.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import hypothesis
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case

    from tests.walk.walking import Walker
    from tests.walk.world import Caller, Known

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
TARGETS = ("tied_here", "other_here", "tied_there", None)  # None: as the library made it
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
TURNS = 20


@dataclass
class Found:
    """What came of it."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)  # what is wrong -> the first call that showed it


class Fuzzer:
    """Sends made-up calls into the world of the walk."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._schema = schemathesis.openapi.from_wsgi("/openapi.json", walker.app)
        self._rules = {
            (re.sub(r"<[^:>]*:?([^>]+)>", r"{\1}", rule.rule), method): rule
            for rule in walker.app.url_map.iter_rules()
            for method in rule.methods or ()
        }
        self.operations = [found.ok() for found in self._schema.get_all_operations()]

    def endpoint_of(self, operation: Any) -> str:
        """Give the name of the view that answers."""
        return self._rules[operation.path, operation.method.upper()].endpoint

    def callers_of(self, operation: Any) -> list[Caller | None]:
        """Give those whom an operation is open to; with no sign-in where it is open to anyone."""
        roles = self._walker.app.view_functions[self.endpoint_of(operation)].__open_to__
        found = [each for each in self._walker.world.callers.values() if not roles or each.role in roles]
        return [*found, None] if not roles else found

    def fuzz(self, operation: Any, *, caller: Caller | None, cases: int, seed: int, found: Found) -> None:
        """Send about so many made-up calls of one operation as one caller, half of them wrong on purpose."""
        for mode in MODES:

            @hypothesis.settings(
                max_examples=max(1, cases // 2),
                database=None,
                deadline=None,
                phases=[hypothesis.Phase.generate],
                suppress_health_check=list(hypothesis.HealthCheck),
            )
            @hypothesis.seed(seed)
            @hypothesis.given(operation.as_strategy(generation_mode=mode), st.sampled_from(TARGETS))
            def send(case: Case, target: str | None) -> None:
                self._send(case, caller=caller, target=target, found=found)

            try:
                send()
            except (hypothesis.errors.Unsatisfiable, hypothesis.errors.UnsatisfiedAssumption):
                continue  # nothing about this operation can be wrong in that way

    def _send(self, case: Case, *, caller: Caller | None, target: str | None, found: Found) -> None:
        rule = self._rules[case.operation.path, case.operation.method.upper()]
        known = self._walker.world.elders[target] if target else None
        headers = dict(caller.headers) if caller else {}
        if known:
            self._point_at(known, case, endpoint=rule.endpoint, rule=rule.rule, caller=caller)
            headers |= {"If-Match": f'"v{known.version}"', "Idempotency-Key": uuid4().hex}
        savepoint = self._walker.connection.begin_nested()
        try:
            reply = case.call(headers=headers)
        finally:
            self._walker.session.close()
            savepoint.rollback()
        found.cases += 1
        found.statuses[reply.status_code] += 1
        self._judge(case, reply, is_as_made=target is None, found=found, caller=caller)

    def _point_at(self, known: Known, case: Case, *, endpoint: str, rule: str, caller: Caller | None) -> None:
        """Put ids of real records where the library made some up."""
        for name in case.path_parameters or {}:
            case.path_parameters[name] = str(self._walker._values(name, known=known, rule=rule, caller=caller)[0])
        if isinstance(case.body, dict):
            named = {name: self._walker._named(name, known=known, caller=caller) for name in case.body}
            case.body |= {name: value for name, value in named.items() if value is not None}
            if known.name == TARGETS[0]:  # what is asked for is right, and what may be left out is made up
                schema = case.operation.definition.raw["requestBody"]["content"][case.media_type]["schema"]
                case.body |= self._walker._body(endpoint, schema=schema, known=known, caller=caller)
        if case.headers and caller is None:
            case.headers.pop("Authorization", None)  # a made-up token is refused before anything else is looked at

    def _judge(self, case: Case, reply: Response, *, is_as_made: bool, found: Found, caller: Caller | None) -> None:
        checks = CHECKS if is_as_made else CHECKS[:-1]  # with another address it may be right after all
        try:
            case.validate_response(reply, checks=checks)
        except (Failure, FailureGroup) as fault:
            faults = fault.exceptions if isinstance(fault, FailureGroup) else [fault]
            for each in faults:
                name = f"{case.operation.label}: {type(each).__name__}"
                who = caller.name if caller else "nobody"
                found.faults.setdefault(
                    name, f"{who}: {reply.status_code}, {case.as_curl_command()}\n{each}\n{reply.text[:300]}"
                )


def plan(fuzzer: Fuzzer, *, cases: int, seed: int) -> Iterator[tuple[Any, Caller | None, int]]:
    """Share out cases evenly over operations and whom they are open to."""
    pairs = [(operation, caller) for operation in fuzzer.operations for caller in fuzzer.callers_of(operation)]
    each = max(2, round(cases / len(pairs)))
    step = max(1, round(2 * len(pairs) / cases))  # for few cases, leave pairs out, others at each seed
    for operation, caller in pairs[seed % step :: step]:
        yield operation, caller, each


def fuzz_all(walker: Walker, *, cases: int, seed: int, told: Callable[[int, str], None]) -> Found:
    """Send so many calls or a few more: where the library runs out of calls of one kind, others make up for it."""
    fuzzer, found = Fuzzer(walker), Found()
    for turn in range(TURNS):
        if found.cases >= cases:
            break
        for operation, caller, number in plan(fuzzer, cases=cases - found.cases, seed=seed + turn):
            told(found.cases, operation.label)
            fuzzer.fuzz(operation, caller=caller, cases=number, seed=seed + turn, found=found)
    return found
