"""Who is told what, in which words: the tables of notices and short texts."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dispatch import intake, notices
from dispatch.config import SIGNATURE_MAX, TEXTS
from dispatch.directory.rules.known import known_codes
from dispatch.jobs.notices import REACTIONS
from dispatch.notices import Addressee, Template
from dispatch.notices.rules.sentences import SENTENCES
from dispatch.notices.rules.templates import SENTENCES as TEXT_SENTENCES
from dispatch.words import Locale

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
LATEST = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 on 31 December in Tianjin: the longest time
REGISTER = "the register, the directory or the map changed: those who work with it read it there"
SIGNING_IN = "accounts and keys: the one who did it knows, and the access log or journal shows it"
FIGURES = "figures and files: whoever asked sees the job"
OWN_LIST = "officers have a list of their own"
# kinds that tell nobody, by their beginning, each with the reason
NOBODY = {
    **dict.fromkeys(
        ("absence.", "assessment.", "beds.", "calendar.", "caseload.", "category_set.", "closures.", "codes."), REGISTER
    ),
    **dict.fromkeys(("compound", "consent.", "elder.", "membership.", "need.", "risk_level.", "subsidy"), REGISTER),
    **dict.fromkeys(("area", "offers.", "organization", "place", "site", "service", "preference.", "carer."), REGISTER),
    **dict.fromkeys(("account.", "code.", "grant.", "key.", "session", "calendar_feed.", "webhook"), SIGNING_IN),
    **dict.fromkeys(
        ("coverage", "scenario.", "network_edit.", "roster.", "upload.", "siting", "job.", "targets."), FIGURES
    ),
    **dict.fromkeys(("access.", "access_log.", "retention.", "supervisor_task.closed"), OWN_LIST),
    "call.": "the operator on the line did it",
    "care_request.drafted": "a draft is its writer's own",
    "plan.": "whoever signs a plan looks at it; its visits tell the carers",
    "quote.": "whoever asks for a price sees it",
    "visit.started": "the request says that it has begun",
    "visit.finished": "the request says that it is completed",
    "visit.planned": "nobody is to go yet",
    "visit_log.": "the request or the rate says it",
    "care_series.": "each of its requests tells",
    "unmet.": "figures of planners",
}


def journal_kinds() -> set[str]:
    """Find the kinds that the package writes, as far as they stand there as constants, and those of the moves."""
    found = {move.kind for move in intake.MOVES}
    for path in (ROOT / "dispatch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
                first = node.args[0]
                is_entry = node.func.attr == "append" and any(each.arg == "subject_id" for each in node.keywords)
                if is_entry and isinstance(first, ast.Constant):
                    found.add(first.value)
    return found


def test_every_kind_of_the_journal_tells_somebody_or_has_a_reason_not_to():
    kinds = journal_kinds()

    assert len(kinds) > 40
    silent = {kind for kind in kinds if kind not in notices.TOLD}
    assert sorted(kind for kind in silent if not any(kind.startswith(one) for one in NOBODY)) == []
    assert not [one for one in NOBODY if any(kind.startswith(one) for kind in notices.TOLD)]


def test_every_kind_that_is_told_has_a_sentence_and_a_follower():
    assert set(SENTENCES) == set(notices.TOLD)
    assert set(REACTIONS) == set(notices.TOLD) | set(notices.TEXTED) | {"grant.ended"}
    assert set(notices.TEXTED) <= set(notices.TOLD)


def test_the_documentation_has_the_same_table():
    page = (ROOT / "docs" / "notices.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| ([^|]*) \|", page, re.MULTILINE))

    assert set(rows) == set(notices.TOLD)
    for kind, cell in rows.items():
        assert {one.strip() for one in cell.split(",")} == {each.value for each in notices.TOLD[kind]}, kind


@pytest.mark.feature("R1")
@pytest.mark.parametrize("template", Template)
def test_every_short_text_is_one_message_with_the_longest_values(template):
    labels = [code.label_zh for code in known_codes() if code.list_name == "service"]
    assert len(labels) > 30

    for label in labels:
        for addressee in Addressee:
            values = notices.make_values(
                addressee=addressee, name="欧阳慕莲", label=label, starts_at=LATEST, zone=ZONE, locale=Locale.ZH
            )
            text = notices.render(template, values=values, locale=Locale.ZH)
            # with 【signature】 before it
            assert SIGNATURE_MAX + 2 + len(text) <= notices.ONE_MESSAGE, text
            assert "慕莲" not in text


@pytest.mark.parametrize("template", Template)
def test_staff_are_told_of_no_elder(template):
    values = notices.make_values(
        addressee=Addressee.STAFF, name="欧阳慕莲", label="助浴", starts_at=LATEST, zone=ZONE, locale=Locale.ZH
    )

    assert "欧阳" not in notices.render(template, values=values, locale=Locale.ZH)
    assert "{" not in notices.render(template, values=values, locale=Locale.EN)


def test_settings_and_texts_know_the_same_templates():
    assert sorted(TEXTS) == sorted(Template)
    assert set(TEXT_SENTENCES) == set(Template)
    assert SIGNATURE_MAX == notices.SIGNATURE_MAX


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("王秀英", "王"),
        ("欧阳慕莲", "欧阳"),
        ("欧阳", "欧"),
        ("司马光", "司马"),
        ("阿依古丽·买买提", ""),
        ("Smith", ""),
        ("", ""),
    ],
)
def test_an_elder_stands_in_a_text_by_the_surname(name, surname):
    assert notices.surname_of(name) == surname


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-31 20:59", "2026-03-31 20:59"),
        ("2026-03-31 21:00", "2026-04-01 08:00"),
        ("2026-03-31 23:59", "2026-04-01 08:00"),
        ("2026-04-01 00:00", "2026-04-01 08:00"),
        ("2026-04-01 07:59", "2026-04-01 08:00"),
        ("2026-04-01 08:00", "2026-04-01 08:00"),
    ],
)
def test_quiet_hours_end_at_eight(at, expected):
    assert notices.end_quiet(local(at), zone=ZONE) == local(expected)


def test_quiet_hours_within_a_day_and_none_at_all():
    assert notices.end_quiet(local("2026-04-01 13:00"), zone=ZONE, from_h=12, to_h=14) == local("2026-04-01 14:00")
    assert notices.end_quiet(local("2026-04-01 03:00"), zone=ZONE, from_h=8, to_h=8) == local("2026-04-01 03:00")


def test_waits_double_up_to_half_an_hour():
    assert [notices.wait_after(tries).total_seconds() for tries in range(1, 9)] == [
        *(30, 60, 120, 240, 480, 960, 1800, 1800),
    ]


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
