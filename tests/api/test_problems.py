"""Every error of the house has its own code and short sentences in both languages, and leaves as a problem."""

from __future__ import annotations

import pkgutil
import re
import string
from importlib import import_module

import pytest

import dispatch
from dispatch import errors
from dispatch.api.docs_model import all_errors
from dispatch.api.problems import OF_STATUS, status_of
from dispatch.words import Words

KINDS = {
    errors.NotFoundError: 404,
    errors.NotAllowedError: 403,
    errors.InvalidError: 422,
    errors.ConflictError: 409,
    errors.UnavailableError: 503,
}
for _, module, _ in pkgutil.walk_packages(dispatch.__path__, "dispatch."):  # an error is known once its module is
    if not module.endswith("__main__"):
        import_module(module)
OF_THE_HOUSE = [kind for kind in all_errors() if kind.__module__.startswith("dispatch.")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# words that stay as they are in a Chinese sentence: names of headers, formats, fields and commands
LATIN_ALLOWED = re.compile(
    r"/v1/[\w/{}…-]+|is_system: true|\{\w+(?::,)?\}|XLSX|MiB|PostgreSQL|postgresql-client|\.csv|\.xlsx|"
    r"application/json|If-Match|Idempotency-Key|UUID|WGS ?84|CRS|crs|ETag|GeoJSON|JSON|CSV|dispatch [a-z ]+|"
    r"\.pdf|pip install|PUT|POST|Mo-Fr|PH|off|urban|rural|"  # methods, OpenStreetMap hours, codes
    r"[a-z]+[_./][\w./<>-]+|wgs84|cgcs2000|gcj02|bd09|0,0|GB18030|UTF-8|DISPATCH_[A-Z_]+|OSM|PBF|pbf|GET|GeoPackage|--[a-z-]+|lon|lat|point|https?|H3"
)


def test_there_are_errors_to_look_at():
    assert len(OF_THE_HOUSE) > 15


@pytest.mark.parametrize("kind", OF_THE_HOUSE, ids=lambda kind: kind.__name__)
class TestEachError:
    def test_has_a_code_of_its_own(self, kind):
        sharing = [other.__name__ for other in OF_THE_HOUSE if other.slug == kind.slug]

        assert sharing == [kind.__name__]
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", kind.slug)

    def test_has_short_titles_in_both_languages(self, kind):
        assert 2 <= len(kind.title.zh) <= 40
        assert CHINESE.search(kind.title.zh)
        assert kind.title.en
        assert not CHINESE.search(kind.title.en)

    def test_has_the_same_blanks_in_both_details(self, kind):
        if kind.detail:
            blanks = [
                {name for _, name, _, _ in string.Formatter().parse(text) if name}
                for text in (kind.detail.zh, kind.detail.en)
            ]
            # a sentence that comes ready made in both languages fills one blank each
            assert {re.sub("_(zh|en)$", "", name) for name in blanks[0]} == {
                re.sub("_(zh|en)$", "", n) for n in blanks[1]
            }

    def test_has_no_stray_english_in_chinese(self, kind):
        for text in (kind.title.zh, kind.detail.zh if kind.detail else ""):
            left = LATIN_ALLOWED.sub("", text)
            assert not re.search("[A-Za-z]{3,}", left), left

    def test_is_one_of_the_five_kinds(self, kind):
        assert sum(issubclass(kind, one) for one in KINDS) == 1
        assert 400 <= status_of(kind) < 600

    def test_is_raised_and_caught_as_error(self, kind):
        assert kind.__name__.endswith("Error")


@pytest.mark.parametrize(("kind", "status"), KINDS.items())
def test_each_kind_has_its_status(kind, status):
    assert status_of(kind) == status


@pytest.mark.parametrize(("status", "entry"), OF_STATUS.items())
def test_each_status_has_short_words_in_both_languages(status, entry):
    code, title = entry

    assert 400 <= status < 600
    assert re.fullmatch("[a-z]+(-[a-z]+)*", code)
    assert isinstance(title, Words)
    assert CHINESE.search(title.zh)
    assert len(title.zh) <= 40
    assert not CHINESE.search(title.en)
