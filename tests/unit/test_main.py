"""A command that is refused says what is wrong, field by field, in both languages."""

from __future__ import annotations

import pytest

from dispatch import app, cli, jobs
from dispatch.errors import InvalidError
from dispatch.words import Words


def test_refusal_names_each_field_with_its_bound(monkeypatch, capsys):
    def refuse(_create_app, *, run_worker):
        assert run_worker is jobs.run_worker
        raise InvalidError(
            fields={"limit_min": [Words("应在 1 到 60 之间。", "Must lie between 1 and 60.")], "_": ["x"]}
        )

    monkeypatch.setattr(cli, "run", refuse)

    with pytest.raises(SystemExit) as stopped:
        app.main()

    assert stopped.value.code == 1
    lines = ["error: The content is not valid", "  limit_min: 应在 1 到 60 之间。 Must lie between 1 and 60.", "  _: x"]
    assert capsys.readouterr().err.splitlines() == lines
