"""Reports on the wire: which file, in which language."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import reports
from dispatch.words import Locale

UNIT_MOST = 80


class ReportQuery(Schema):
    """How a report is wanted."""

    format = fields.Enum(
        reports.Format,
        by_value=True,
        load_default=reports.Format.PDF,
        metadata={"description": "pdf to print, xlsx to go on working with"},
    )
    lang = fields.Enum(
        Locale,
        by_value=True,
        load_default=None,
        metadata={"description": "language of the report; without it Accept-Language decides"},
    )
    unit = fields.String(
        load_default="",
        validate=validate.Length(max=UNIT_MOST),
        metadata={"description": "who answers for the report, as it stands on the cover"},
    )
