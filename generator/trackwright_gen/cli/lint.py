"""`trackwright lint`: find untracked tasks and legacy tracking."""

from pathlib import Path

import click

from trackwright_gen.cli.exit_codes import DONE, FAILED, FINDINGS
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.source_options import paths_argument, read
from trackwright_gen.config import LintSettings
from trackwright_gen.lint.catalog import select_rules
from trackwright_gen.lint.engine import LintResult, lint
from trackwright_gen.lint.rule import Rule
from trackwright_gen.report.formats import FORMATS
from trackwright_gen.report.text import statistics


@click.command("lint")
@paths_argument
@click.option("--select", multiple=True, metavar="CODES", help="Use these rules only (TW1, TW101, ALL).")
@click.option("--extend-select", multiple=True, metavar="CODES", help="Use these rules too.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Leave these rules out.")
@click.option("--output-format", type=click.Choice(list(FORMATS)), default="full", show_default=True)
@click.option("--statistics", "counts_only", is_flag=True, help="Only count the findings of each rule.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if there are findings.")
@project_folder
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    output_format: str,
    counts_only: bool,
    exit_zero: bool,
    folder: Path,
) -> None:
    """Find untracked tasks and code that still uses legacy tracking.

    Reads source only; runs none of it. Exits 1 if there are findings, 2 if a file could not be linted.
    """
    reading = read(paths, folder)
    rules = _rules(reading.settings, select=select, extend_select=extend_select, ignore=ignore)
    result = lint(reading.project, rules, reading.today)
    text = statistics(result) if counts_only else FORMATS[output_format](result, reading.folder)
    if text:
        click.echo(text)
    ctx.exit(_exit_code(result, exit_zero=exit_zero))


def _rules(
    settings: LintSettings,
    *,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> tuple[Rule, ...]:
    """The rules of the settings, changed by the command line; `--select` starts afresh."""
    if select:
        return select_rules(select=_split(select), extend_select=_split(extend_select), ignore=_split(ignore))
    return select_rules(
        select=settings.select,
        extend_select=(*settings.extend_select, *_split(extend_select)),
        ignore=(*settings.ignore, *_split(ignore)),
    )


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    """Codes may be given apart or with commas between them."""
    return tuple(code.strip() for value in values for code in value.split(",") if code.strip())


def _exit_code(result: LintResult, *, exit_zero: bool) -> int:
    if result.problems:
        return FAILED
    return FINDINGS if result.diagnostics and not exit_zero else DONE
