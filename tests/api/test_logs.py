"""Logs: JSON lines that say which request and what went wrong, and nothing about a person."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING

import pytest

from dispatch import app as application
from dispatch import cli, logs
from dispatch.jobs import task as jobs_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME, PHONE, ID_NO = "欧阳慕莲", "13812345678", "120103194405060018"
PLANTED = (NAME, PHONE, ID_NO, "%E6%AC%A7", "\\u6b27")  # also as an address or JSON writes the name
ELDER = "01890000-0000-7000-8000-00000000abcd"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict]]]:
    """Read what is logged meanwhile, at every level, by everybody."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Formatter())
    ours = logging.getLogger("dispatch")
    before = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before[0])
    ours.setLevel(before[1])
    told = stream.getvalue()
    assert told, "nothing was logged: this shows nothing"
    assert [each for each in PLANTED if each in told] == []


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", f"/v1/services?near={NAME}&phone={PHONE}", {}),
        ("GET", f"/v1/elders/{NAME}", {}),
        ("GET", f"/{PHONE}/{ID_NO}", {}),
        ("GET", "/v1/elders", {"headers": {"Authorization": f"Bearer {ID_NO}", "User-Agent": PHONE, "Referer": PHONE}}),
        ("GET", "/livez", {"headers": {"X-Request-Id": PHONE}}),
        ("POST", "/v1/auth/tokens", {"json": {"username": PHONE, "password": NAME + ID_NO}}),
        ("POST", "/v1/auth/tokens", {"data": f'{{"username": "{NAME}', "content_type": "application/json"}),
        (PHONE, "/livez", {}),
        ("GET", f"/v1/things/fault?text={NAME}", {}),
        ("GET", "/v1/things/database-fault", {}),
    ],
)
def test_a_request_leaves_one_line_without_what_was_in_it(things, lines, method, path, options):
    things.application.test_client().open(path, method=method, **options)

    requests = [line for line in lines() if line["event"] == "request"]
    assert len(requests) == 1
    assert {"method", "route", "status", "ms", "request_id", "account_id", "timestamp", "level"} <= set(requests[0])


def test_a_request_keeps_the_id_that_a_proxy_gave_it(app, lines):
    client = app.test_client()

    reply = client.get(f"/v1/elders/{ELDER}", headers={"X-Request-Id": "proxy-4711-abc"})
    other = client.get("/livez", headers={"X-Request-Id": "two\twords"})

    assert reply.headers["X-Request-Id"] == "proxy-4711-abc"
    assert re.fullmatch(r"[0-9a-f]{32}", other.headers["X-Request-Id"])
    first, second = (line for line in lines() if line["event"] == "request")
    assert (first["request_id"], first["route"], first["status"]) == (
        "proxy-4711-abc",
        "/v1/elders/<uuid:elder_id>",
        401,
    )
    assert second["request_id"] == other.headers["X-Request-Id"]
    assert ELDER not in json.dumps([first, second])


def test_a_fault_is_told_by_kind_and_place_under_the_id_of_its_request(things, lines):
    reply = things.get("/v1/things/fault")

    fault = next(line for line in lines() if "fault" in line)
    request = next(line for line in lines() if line["event"] == "request")
    assert fault["event"] == f"Unhandled fault {reply.get_json()['facts']['reference']}"
    assert fault["fault"] == "RuntimeError"
    assert any("things.py" in place for place in fault["trace"])
    assert fault["request_id"] == request["request_id"] == reply.headers["X-Request-Id"]
    assert (request["level"], request["status"]) == ("error", 500)


def test_a_command_that_fails_says_kind_and_place(monkeypatch, capfd):
    root, ours = logging.getLogger(), logging.getLogger("dispatch")
    before = list(root.handlers), root.level, ours.level

    def fail(*_args, **_kwargs):
        raise ValueError(f"{NAME} {PHONE}") from KeyError(ID_NO)

    monkeypatch.setattr(cli, "run", fail)
    with pytest.raises(SystemExit) as ended:
        application.main()

    root.handlers, level, ours_level = before
    root.setLevel(level)
    ours.setLevel(ours_level)
    logging.captureWarnings(capture=False)
    told = capfd.readouterr().err
    line = json.loads(told)
    assert ended.value.code == 70
    assert (line["event"], line["fault"]) == ("The command failed", "ValueError < KeyError")
    assert [each for each in PLANTED if each in told] == []


@pytest.mark.usefixtures("db")
def test_a_job_that_fails_says_kind_and_place(lines, monkeypatch):
    class Job:
        id = ELDER

    class Given:
        job = Job()

    def fail(_task):
        raise ValueError(f"{NAME} {PHONE} {ID_NO}")

    monkeypatch.setattr(jobs_task, "_fail", lambda *_job, **_error: None)
    jobs_task.run_task(Given(), handler=fail)

    line = lines()[-1]
    assert line["event"] == f"Job {ELDER} failed"
    assert line["fault"] == "ValueError"


def test_lines_of_other_libraries_keep_their_constant_part(lines):
    other = logging.getLogger("some.library")

    other.warning("Row %s refused", NAME)
    other.warning(f"Step failed: {NAME}")
    other.warning("Worker %d left after %.1f s", 7, 2.5)
    try:
        raise ValueError(NAME)
    except ValueError:
        other.exception("It failed")

    told = [line["event"] for line in lines()]
    assert told == ["Row … refused", "Step failed", "Worker 7 left after 2.5 s", "It failed"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("call 13812345678 now", "call … now"),
        ("+86 138 1234 5678", "…"),
        ("tel022-23456789x", "tel…x"),
        ("120103194405060018", "…"),
        ("11010519491231002X", "…"),
        ("340524800101001", "…"),
        ("01890000-0000-7000-8000-00000000abcd", "01890000-0000-7000-8000-00000000abcd"),
        ("2026-11-27T03:54:52.163103Z", "2026-11-27T03:54:52.163103Z"),
        ("120103001001", "120103001001"),
    ],
)
def test_what_looks_like_a_phone_or_id_number_is_blotted_out(lines, text, told):
    logging.getLogger("dispatch.test").info("x", extra={"deep": {"list": [text]}})

    assert lines()[0]["deep"] == {"list": [told]}
