"""The pages that people read: complete, in both languages, with no script and nothing from elsewhere."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dispatch.api.docs import STYLE_SHA256, VERSION
from dispatch.api.docs_model import error_lines
from dispatch.api.docs_purposes import CHINESE_PURPOSES
from tests.factories.accounts import make_account, sign_in

ROOT = Path(__file__).parents[2]
PAGES = ("/", "/docs")
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.curls: list[str] = []
        self.feed(text)
        assert self.open == [], f"tags that were never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-2:] == ["pre", "code"]:
            self.curls.append(data)


def _page(client, url):
    reply = client.get(url)
    assert reply.status_code == 200
    return Page(reply.get_data(as_text=True))


@pytest.mark.parametrize("url", PAGES)
class TestEveryPage:
    def test_runs_no_script_and_loads_nothing(self, client, url):
        page = _page(client, url)

        assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "style"}]
        assert all(value.startswith(("/", "#", "?")) for name, value in page.attributes if name == "href")

    def test_forbids_what_it_does_not_need(self, client, url):
        policy = client.get(url).headers["Content-Security-Policy"]

        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{STYLE_SHA256}'")
        assert "unsafe" not in policy

    def test_is_chinese_unless_english_is_wanted(self, client, url):
        for ask, language in (
            (lambda: client.get(url), "zh"),
            (lambda: client.get(url, headers={"Accept-Language": "en"}), "en"),
            (lambda: client.get(f"{url}?lang=en"), "en"),
            (lambda: client.get(f"{url}?lang=zh", headers={"Accept-Language": "en"}), "zh"),
        ):
            reply = ask()
            text = reply.get_data(as_text=True)
            assert reply.headers["Content-Language"] == language
            assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in text
            assert reply.headers["Content-Type"] == "text/html; charset=utf-8"

    def test_another_language_is_400(self, client, url):
        assert client.get(f"{url}?lang=fr").status_code == 400

    def test_links_within_the_page_lead_somewhere(self, client, url):
        page = _page(client, url)

        anchors = {value[1:] for name, value in page.attributes if name == "href" and value.startswith("#")}
        assert anchors <= set(page.ids)
        assert len(page.ids) == len(set(page.ids))


def test_doors_lead_to_jobs_of_the_documentation(client):
    start, docs = _page(client, "/"), _page(client, "/docs")

    doors = {value.partition("#")[2] for name, value in start.attributes if name == "href" and "#" in value}
    assert len(doors) == 4
    assert doors <= set(docs.ids)


def test_start_page_says_version_and_what_is_missing(app, make_sibling):
    nowhere = make_sibling(app, network="never-imported")  # other tests import the one that is named

    text = nowhere.test_client().get("/").get_data(as_text=True)

    assert VERSION in text
    assert "没有这个路网" in text  # no network of that name was imported


def test_version_is_that_of_the_package():
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert package["project"]["version"] == VERSION


def test_every_call_has_its_purpose_in_chinese(app, client):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert endpoints - set(CHINESE_PURPOSES) == set()
    assert all(re.search(r"[\u4e00-\u9fff]", words) for words in CHINESE_PURPOSES.values())
    assert client.get("/docs").status_code == 200


def test_every_parameter_and_field_is_explained_in_chinese(client):
    page = client.get("/docs").get_data(as_text=True)

    meanings = re.findall(r"<tr>.*?<td>([^<]*)</td></tr>", page)
    # codes, roles, formats and limits stay as they are; sentences do not
    english = {text for text in meanings if re.search(r"[a-z]+ [a-z]+ [a-z]+", text.replace("&lt;", "<"))}
    assert {text for text in english if not re.search(r"[\u4e00-\u9fff]", text)} == set()


def test_every_call_is_on_the_page_with_its_command(client):
    document = client.get("/openapi.json").get_json()
    calls = sum(len([m for m in one if m != "parameters"]) for one in document["paths"].values())

    page = _page(client, "/docs")

    assert page.tags.count("article") == calls
    assert len(page.curls) == calls + 1  # and the one that signs in


def test_every_error_code_is_on_the_page_in_both_languages(client):
    text = client.get("/docs?lang=en").get_data(as_text=True)

    for line in error_lines():
        assert f'id="error-{line.code}"' in text
        assert line.zh in text


def test_the_line_that_signs_in_finds_the_token_in_the_answer(client):
    make_account(client.application, role="planner", username="planner1", password="demo-planner-2026")  # noqa: S106 - the demo's
    command = _page(client, "/docs").curls[0]
    curl, _, rest = command.removeprefix("TOKEN=$(").removesuffix(")").partition(" | ")
    method, url, headers, body = _read_curl(curl)

    reply = client.open(url, method=method, headers=headers, data=body)
    found = subprocess.run(
        ["sh", "-c", rest], input=reply.get_data(as_text=True), capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == reply.get_json()["access_token"]


@pytest.mark.parametrize("role", ["district_officer", "coordinator", "family", "planner", "carer"])
def test_commands_work_when_pasted(client, role):
    """Each is well formed: it may meet no record or a rule, never a malformed request."""
    headers = sign_in(client, role=role)
    for command in _page(client, "/docs").curls[1:]:
        method, url, given, body = _read_curl(command)
        if role == "carer" and url.startswith("/v1/visits/logs"):
            continue  # carers see their own: the elder of the example is for all others
        if "Authorization" in given:
            given |= headers

        reply = client.open(url, method=method, headers=given, data=body)

        assert reply.status_code not in {400, 405, 415, 500}, (command, reply.get_json())


def _read_curl(command):
    words = shlex.split(command.replace("$(date +%s)", "key-1"))
    assert words[:2] == ["curl", "-s"]
    method, headers, body, url, rest = "GET", {}, None, "", iter(words[2:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body, method = next(rest), "POST" if method == "GET" else method
            json.loads(body)
        else:
            url = word
    return method, url.removeprefix("http://localhost"), headers, body
