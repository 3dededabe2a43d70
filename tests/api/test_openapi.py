"""The document is valid, complete, and kept: what it does not promise, no test accepts."""

from __future__ import annotations

import re

import pytest
from flask import Response
from openapi_spec_validator import OpenAPIV31SpecValidator

from dispatch.actor import Role
from tests.openapi import Contract, contract_of

DOCUMENTED_ELSEWHERE = {"OPTIONS", "HEAD"}


@pytest.fixture
def document(client):
    return client.get("/openapi.json").get_json()


@pytest.mark.feature("M6")
def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


@pytest.mark.feature("M6")
def test_every_route_of_the_application_is_in_the_document(app, document):
    documented = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    routes = {
        (method, re.sub(r"<(?:[^:<>]*:)?([^<>]*)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - DOCUMENTED_ELSEWHERE
    }

    assert routes - documented == set()
    assert {path for _, path in routes} == set(document["paths"])


def test_chinese_is_written_as_chinese(client):
    assert "坐标为 WGS 84" in client.get("/openapi.json").get_data(as_text=True)


def test_the_document_is_sent_again_only_when_it_changed(client):
    tag = client.get("/openapi.json").headers["ETag"]

    assert client.get("/openapi.json", headers={"If-None-Match": tag}).status_code == 304


def test_every_call_says_to_whom_it_is_open_and_asks_them_to_sign_in(document):
    roles = {role.value for role in Role}
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            if method == "parameters":
                continue
            open_to = set(call["x-open-to"])
            assert open_to, f"{method} {path}"
            assert open_to == {"anyone"} or open_to <= roles
            assert ("security" in call) == (open_to != {"anyone"}), f"{method} {path}"
    scheme = document["components"]["securitySchemes"]["bearer"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert "dk_test_" in scheme["description"]


def test_every_error_is_documented_as_a_problem(document):
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            if method != "parameters":
                assert call["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}, path
    assert set(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == {"application/problem+json"}


def test_words_of_json_schema_that_the_generator_does_not_know_reach_the_document(things):
    schemas = things.get("/openapi.json").get_json()["components"]["schemas"]

    coordinates = schemas["ThingPosition"]["properties"]["coordinates"]
    assert coordinates["prefixItems"] == [{"type": "number"}, {"type": "number"}]
    assert coordinates["items"] == {"type": "number"}


class TestTheJudge:
    """The test client that judges all replies is itself able to find fault."""

    @pytest.mark.parametrize(
        ("status", "content_type", "body", "fault"),
        [
            (200, "application/json", '{"status": "ok"}', None),
            (200, "application/json", '{"status": 1}', "is not of type 'string'"),
            (200, "application/json", "{}", "is a required property"),
            (200, "application/json", '{"status": "ok", "more": 1}', "Additional properties"),
            (200, "text/html", "ok", "content type text/html is not documented"),
            (201, "application/json", '{"status": "ok"}', "status 201 is not documented"),
            (200, "application/json", "", "there is none"),
            (500, "application/json", "{}", "content type application/json is not documented"),
            (500, "application/problem+json", '{"type": "x"}', "is a required property"),
        ],
    )
    def test_it_finds_what_differs(self, app, client, status, content_type, body, fault):  # noqa: ARG002 - the database
        contract = contract_of(app)
        reply = Response(body, status=status, content_type=content_type)

        faults = contract.faults("GET", "/livez", reply)

        assert (not faults) if fault is None else any(fault in found for found in faults)

    def test_a_route_that_nobody_documented_is_found(self):
        contract = Contract({"paths": {}, "components": {"responses": {"DEFAULT_ERROR": {}}}})

        assert contract.faults("GET", "/secret", Response("{}", content_type="application/json"))
