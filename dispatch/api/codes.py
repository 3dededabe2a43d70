"""The code lists that the product speaks in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import directory, storage
from dispatch.api.access import open_to_anyone
from dispatch.api.language import say
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.directory import CodeListSchema, CodeListsSchema
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.directory import Code

bp = Blueprint("codes", __name__, url_prefix="/v1", description="Code lists, each code with the clause it comes from")


@bp.get("/codes")
@open_to_anyone
@conditional
@bp.response(200, CodeListsSchema)
def list_code_lists() -> dict[str, Any]:
    """List the code lists."""
    with storage.reading():
        return {"items": [{"list": name, "codes": count} for name, count in directory.list_code_lists()]}


@bp.get("/codes/<string:list_name>")
@open_to_anyone
@conditional
@bp.response(200, CodeListSchema)
def get_code_list(list_name: str) -> dict[str, Any]:
    """Give the codes of one list in their order, in both languages, with source and clause."""
    with storage.reading():
        return {"list": list_name, "items": [_code(code) for code in directory.list_codes(list_name)]}


def _code(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "parent": code.parent,
        "label": say(Words(code.label_zh, code.label_en)),
        "label_zh": code.label_zh,
        "label_en": code.label_en,
        "source_file": code.source_file,
        "clause": code.clause,
        "facts": code.facts,
    }
