"""What all commands share that bring files in and out: progress, the report in both languages, the export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from dispatch import sheets, storage
from dispatch.words import Locale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from dispatch.errors import DispatchError
    from dispatch.sheets import ImportReport

LANGUAGES = ("both", "zh", "en")
lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="both", show_default=True, help="Language of the report."
)
dry_run_option = click.option("--dry-run", "is_dry_run", is_flag=True, help="Only report; nothing is stored.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")


def unit_of(*, is_dry_run: bool) -> sheets.Unit:
    """Give what opens an import's transactions."""
    return storage.rehearsal if is_dry_run else storage.transaction


def show_progress(done: int, /, *, total: int) -> None:
    """Say on standard error how far it is."""
    click.echo(f"{done:,}/{total:,} 行 rows", err=True)


def stop(error: DispatchError) -> click.ClickException:
    """Give what ends the command with one line in both languages and status 1."""
    words = {error.text(Locale.ZH): None, error.text(Locale.EN): None}
    for sentences in error.fields.values():
        for sentence in sentences:
            words |= {sentence: None} if isinstance(sentence, str) else {sentence.zh: None, sentence.en: None}
    return click.ClickException(" / ".join(words))


def tell(report: ImportReport, *, is_dry_run: bool, as_json: bool, lang: str) -> None:
    """Print what became of a file's rows."""
    if as_json:
        click.echo(json.dumps(report.plain(lang=lang), ensure_ascii=False, indent=1))
        return
    if report.errors:
        table = Table("line 行", "column 列", "code 代码")
        table.add_column("what is wrong 问题", overflow="fold")
        for fault in report.errors:
            table.add_row(
                str(fault.row), fault.column, fault.code, _in(lang, zh=fault.message.zh, en=fault.message.en, glue="\n")
            )
        Console().print(table)
    unlisted = report.error_count - len(report.errors)
    zh = (
        f"读取 {report.rows} 行，新增 {report.created}，更新 {report.changed}，未变 {report.unchanged}，"
        f"未导入 {report.refused} 行，问题 {report.error_count}"
    )
    en = (
        f"{report.rows} rows, {report.created} created, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.refused} rows refused, {report.error_count} errors"
    )
    if unlisted:
        zh, en = f"{zh}（另有 {unlisted} 个没有列出）", f"{en} ({unlisted} not listed)"
    if is_dry_run:
        zh, en = f"试导入，没有保存：{zh}", f"dry run, nothing stored: {en}"
    click.echo(_in(lang, zh=zh, en=en))


def export(
    path: Path,
    *,
    layout: sheets.Layout,
    rows: Callable[[], Iterable[Mapping[str, sheets.Cell]]],
    template_file: Path | None,
    lang: str,
) -> int:
    """Write a register to a file; call it inside a transaction or reading."""
    if not path.parent.is_dir():  # before anything is read, and told in the journal
        raise sheets.NoSuchFolderError(folder=path.parent.name)
    template = sheets.read_template(template_file, layout=layout) if template_file else None
    locale = Locale.EN if lang == "en" else Locale.ZH
    return sheets.write_sheet(path, layout=layout, rows=rows(), template=template, locale=locale)


def _in(lang: str, *, zh: str, en: str, glue: str = " / ") -> str:
    return {"zh": zh, "en": en}.get(lang, f"{zh}{glue}{en}")
