"""Rules that every file of the package keeps: size, shape, no clock, no machine's paths."""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
LONGEST = 400  # lines
PLACES = ("dispatch", "tests", "seed", "benchmarks", "migrations", "docs")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


SOURCES = sorted(path for place in PLACES for path in (ROOT / place).rglob("*.py"))
PACKAGE = [path for path in SOURCES if path.is_relative_to(ROOT / "dispatch")]
CLOCK = re.compile(r"\b(?:datetime\.now|datetime\.utcnow|datetime\.today|date\.today|time\.time)\(")
MACHINE = re.compile(r"""["'(\s](?:/home/|/root/|/Users/|/work/|/farm/|[A-Z]:\\\\)""")
ENGINES = {"streets", "geo"}  # they pass points and arrays by place, as numpy does
CLAUSES = {"as_known", "in_force", "one_of", "unique_now"}  # of storage: read like the SQL that they become
BY_PLACE = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
UNWANTED_NAMES = {"utils", "util", "common", "helpers", "helper", "misc"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _code(path: Path) -> str:
    """The program without its comments and sentences."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return "".join(one.string for one in tokens if one.type not in {tokenize.STRING, tokenize.COMMENT})


def _matching(pattern: re.Pattern[str], texts: Iterable[tuple[Path, str]]) -> list[str]:
    return [f"{_name(path)}: {text.strip()}" for path, text in texts if pattern.search(text)]


def test_files_have_at_most_400_lines():
    assert [f"{_name(path)}: {len(_lines(path))}" for path in SOURCES if len(_lines(path)) > LONGEST] == []


def test_every_module_says_what_it_is():
    assert [_name(path) for path in PACKAGE if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_code_lives_where_its_noun_lives():
    assert [_name(path) for path in PACKAGE if UNWANTED_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)] == []


def test_only_the_clock_asks_what_time_it_is():
    assert _matching(CLOCK, ((path, _code(path)) for path in PACKAGE if path.name != "clock.py")) == []
    assert CLOCK.search("at = datetime.now(UTC)")


def test_no_file_holds_a_path_of_a_machine():
    texts = ((path, line) for path in SOURCES if path != Path(__file__) for line in _lines(path))

    assert _matching(MACHINE, texts) == []
    assert MACHINE.search('open("/ho' + 'me/somebody/x")')


def test_a_todo_names_an_issue():
    texts = ((path, line) for path in PACKAGE for line in _lines(path))

    assert _matching(re.compile(r"\bTODO\b(?!.*(?:#\d|issue \d))"), texts) == []


def test_every_silenced_check_gives_a_reason():
    silenced = re.compile(r"#\s*(?:noqa(?::[^-#]*)?|type: ignore(?:\[[^\]]*\])?)(.*)")
    bare = [
        f"{_name(path)}: {line.strip()}"
        for path in PACKAGE
        for line in _lines(path)
        for found in silenced.finditer(line)
        if not re.search("[a-z]{3}", found[1])
    ]

    assert bare == []


def _rooms() -> list[Path]:
    return sorted(path.parent for path in (ROOT / "dispatch").glob("*/__init__.py"))


@pytest.mark.parametrize("room", _rooms(), ids=lambda room: room.name)
class TestEachRoom:
    def test_says_what_is_behind_its_front_door(self, room):
        door = import_module(f"dispatch.{room.name}")

        assert door.__doc__
        assert len(set(door.__all__)) == len(door.__all__)
        assert [name for name in door.__all__ if not hasattr(door, name)] == []

    def test_public_functions_take_at_most_one_argument_by_place(self, room):
        if room.name in ENGINES:
            return
        door = import_module(f"dispatch.{room.name}")
        many = {}
        for name in door.__all__:
            found = getattr(door, name)
            if inspect.isfunction(found) and name not in CLAUSES:
                by_place = [one.name for one in inspect.signature(found).parameters.values() if one.kind in BY_PLACE]
                if len(by_place) > 1:
                    many[name] = by_place

        assert many == {}

    def test_exports_the_errors_that_it_raises(self, room):
        """Whoever catches an error of a room must be able to name it."""
        inside = {
            node.name
            for path in room.rglob("*.py")
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and not node.name.startswith("_")
        }

        if room.name not in {"api", "cli"}:  # nobody calls these
            assert inside - set(import_module(f"dispatch.{room.name}").__all__) == set()
