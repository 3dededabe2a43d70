"""Made-up calls of every operation get no answer of 5xx and none that the document does not promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
import pytest

from dispatch import clock, streets
from tests.conftest import make_settings, opened_app
from tests.factories.intake import NOW
from tests.fuzz.fuzzing import Found, Fuzzer, fuzz_all, plan
from tests.walk.walking import opened
from tests.worlds.tiny_day import NETWORK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.walk.walking import Walker

CASES = 300  # in continuous integration; `make fuzz` sends 20,000
SEED = 20_261_127


@pytest.fixture(scope="module")
def walker(engine_name, make_migrated, tmp_path_factory) -> Iterator[Walker]:
    """The world of the walk, open to be asked."""
    settings = make_settings(make_migrated(engine_name), tmp_path_factory.mktemp("var"))
    streets.save_network(NETWORK, folder=settings.networks_dir / settings.network)
    with pytest.MonkeyPatch.context() as patch, opened_app(settings) as app, app.app_context():
        patch.setattr(clock, "utc_now", lambda: NOW)
        with opened(app) as made:
            yield made


@pytest.mark.filterwarnings("ignore::Warning")  # of the library about its own matters
def test_no_made_up_call_breaks_the_document(walker) -> None:
    found = fuzz_all(walker, cases=CASES, seed=SEED, told=lambda _done, _label: None)

    assert not found.faults, "\n\n".join(f"## {name}\n{call}" for name, call in found.faults.items())
    assert found.cases >= 0.95 * CASES  # an operation that takes next to nothing has fewer calls than its share
    # it gets in, is refused for each kind of reason, and makes something
    assert {200, 201, 204, 400, 404, 412, 422} <= set(found.statuses)


def test_the_whole_share_asks_for_every_operation_as_each_that_may(walker) -> None:
    fuzzer = Fuzzer(walker)
    asked = {
        (operation.label, caller.name if caller else None)
        for operation, caller, _ in plan(fuzzer, cases=20_000, seed=1)
    }

    labels = {
        f"{method.upper()} {path}"
        for path, methods in walker.document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert {label for label, _ in asked} == labels - {"GET /openapi.json"}  # the library leaves out what it reads
    assert {name for _, name in asked} == {*walker.world.callers, None}


@pytest.mark.filterwarnings("ignore::Warning")
def test_an_answer_that_breaks_the_document_is_found(walker, monkeypatch) -> None:
    def broken() -> flask.Response:
        return flask.Response("no", status=500, mimetype="text/plain")

    fuzzer, found = Fuzzer(walker), Found()
    operation = next(each for each in fuzzer.operations if each.path == "/livez")
    monkeypatch.setitem(walker.app.view_functions, fuzzer.endpoint_of(operation), broken)

    fuzzer.fuzz(operation, caller=None, cases=2, seed=1, found=found)

    assert {name.rpartition(": ")[2] for name in found.faults} >= {"ServerError", "UndefinedContentType"}
